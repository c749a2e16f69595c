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
    const code = text.charCodeAt(at);
    if (code <= 0x20) continue;
    const closes = code === 0x5d || code === 0x7d; // ] }
    const begins = depth === 1 && valueNext && !closes;
    if (begins) {
      children.push({ key, offset: at });
      valueNext = false;
    }
    if (code === 0x22) {
      const end = stringEnd(text, at);
      if (depth === 1 && inObject && !begins) key = JSON.parse(text.slice(at, end + 1)) as string;
      at = end;
    } else if (code === 0x5b || code === 0x7b) depth++;
    else if (closes) depth--;
    else if (depth === 1 && code === (inObject ? 0x3a : 0x2c)) valueNext = true; // : or ,
    if (depth === 0) break;
  }
  return children;
}

/** Offset of the quote that ends the string beginning at `start`: the first that no odd number of `\\` precedes. */
function stringEnd(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let before = quote;
    while (text.charCodeAt(before - 1) === 0x5c) before--;
    if ((quote - before) % 2 === 0) return quote;
  }
  return text.length;
}

/**
 * Makes a function that tells the line, counted from 1, of an offset. Offsets must be asked in rising order.
 */
export function lineCounter(text: string): (offset: number) => number {
  let line = 1;
  let nextBreak = text.indexOf("\n");
  return (offset) => {
    while (nextBreak >= 0 && nextBreak < offset) {
      line++;
      nextBreak = text.indexOf("\n", nextBreak + 1);
    }
    return line;
  };
}
