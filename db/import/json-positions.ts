/**
 * Where the elements of an array, or the values of an object, begin. Reads text that `JSON.parse` has accepted: it
 * keeps track of strings and nesting, and checks nothing. Needs no stack, however deep the nesting.
 * @param text the whole document
 * @param start offset of the `[` or `{`
 * @returns offsets in order; for an object with its keys
 */
export function childPositions(
  text: string,
  start: number,
): { readonly key: string | undefined; readonly offset: number }[] {
  const inObject = text[start] === "{";
  const children: { key: string | undefined; offset: number }[] = [];
  let key: string | undefined;
  let depth = 0;
  let valueNext = !inObject;
  for (let at = start; at < text.length; at++) {
    const char = text[at] ?? "";
    if (/\s/.test(char)) continue;
    const opens = char === "[" || char === "{";
    if (depth === 1 && valueNext && char !== "]" && char !== "}") {
      children.push({ key, offset: at });
      valueNext = false;
    }
    if (char === '"') {
      const end = stringEnd(text, at);
      if (depth === 1 && inObject && children.at(-1)?.offset !== at) {
        key = JSON.parse(text.slice(at, end + 1)) as string;
      }
      at = end;
    } else if (opens) depth++;
    else if (char === "]" || char === "}") depth--;
    else if (depth === 1 && (inObject ? char === ":" : char === ",")) valueNext = true;
    if (depth === 0) break;
  }
  return children;
}

/** Offset of the quote that ends the string beginning at `start`. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}

/**
 * Makes a function that tells the line, counted from 1, of an offset. Offsets must be asked in rising order.
 */
export function lineCounter(text: string): (offset: number) => number {
  let line = 1;
  let counted = 0;
  return (offset) => {
    for (let next = text.indexOf("\n", counted); next >= 0 && next < offset;) {
      line++;
      counted = next + 1;
      next = text.indexOf("\n", counted);
    }
    return line;
  };
}
