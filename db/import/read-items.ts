import { childPositions, lineCounter } from "./json-positions.ts";

/** Lists within lists that are still looked into: a file made of brackets would take time by its square. */
const depthMax = 4;

/** One candidate for an event, and where it stands in the file. */
export interface SourceItem {
  readonly value: unknown;
  /** Counted from 1. */
  readonly line: number;
  /** JSON path within its document: the file, or the line when each line is a document of its own. */
  readonly path: string;
  /** In a `@graph`, nodes that are no events are there for others to refer to. */
  readonly inGraph: boolean;
}

/** A part of the file that is not JSON. */
export interface Unreadable {
  readonly line: number;
  readonly path: string;
  readonly message: string;
}

export interface SourceItems {
  readonly items: readonly SourceItem[];
  readonly unreadable: readonly Unreadable[];
}

/**
 * Finds the items of a file: one object, an array, a `@graph`, or one object per line. Where the file as a whole is
 * not JSON, each line counts for itself, so that one broken line of an array does not cost the others.
 */
export function readItems(file: string): SourceItems {
  const text = file.replace(/^\uFEFF/, "");
  const whole = parse(text);
  if (whole.ok) {
    return { items: itemsOf(text, whole.value, lineCounter(text)), unreadable: [] };
  }
  const lines = readLines(text);
  const error = { line: lineOfError(whole.message), path: "$", message: whole.message };
  return lines.items.length > 0 ? lines : { items: [], unreadable: [error] };
}

function readLines(text: string): SourceItems {
  const items: SourceItem[] = [];
  const unreadable: Unreadable[] = [];
  const lines = text.split(/\r?\n/);
  for (const [index, content] of lines.entries()) {
    const line = index + 1;
    const json = withoutListMarks(content, index, lines.length);
    if (json === "") continue;
    const parsed = parse(json);
    if (!parsed.ok) unreadable.push({ line, path: "$", message: withoutLine(parsed.message) });
    // A line of an indented object (`"name": "x"`) may be JSON, too: only objects are records.
    else if (isObject(parsed.value)) items.push(...itemsOf(json, parsed.value, () => line));
    else unreadable.push({ line, path: "$", message: "must be an object" });
  }
  return { items, unreadable };
}

/** The engine counts the lines of what it was given, which here is one. */
function withoutLine(message: string): string {
  return message.replace(/\(line 1 column (\d+)\)/, "(column $1)");
}

/** Cuts off what makes the lines of an array one document. */
function withoutListMarks(content: string, index: number, lines: number): string {
  let json = content.trim();
  if (index === 0) json = json.replace(/^\[/, "");
  if (index >= lines - 2 && !json.startsWith("[")) json = json.replace(/\]$/, "");
  return json.replace(/,$/, "").trim();
}

/** The items of one document. Arrays and graphs may stand within arrays: each list is looked into once, in order. */
function itemsOf(text: string, root: unknown, lineAt: (offset: number) => number): SourceItem[] {
  const items: SourceItem[] = [];
  const start = text.search(/\S/);
  const todo = [{ value: root, offset: start, path: "$", inGraph: false, depth: 0 }];
  for (let next = todo.pop(); next; next = todo.pop()) {
    const { value, offset, path, inGraph, depth } = next;
    const list = depth < depthMax;
    const graph = isObject(value) && Object.hasOwn(value, "@graph") ? value["@graph"] : undefined;
    if (list && Array.isArray(value)) {
      const positions = childPositions(text, offset);
      const children = value.map((child: unknown, index) => ({
        value: child,
        offset: positions[index]?.offset ?? offset,
        path: `${path}[${index}]`,
        inGraph,
        depth: depth + 1,
      }));
      todo.push(...children.reverse());
    } else if (list && graph !== undefined) {
      // The last one counts when a key comes twice, as for JSON.parse.
      const found = childPositions(text, offset).findLast(({ key }) => key === "@graph");
      const at = found?.offset ?? offset;
      const graphPath = `${path}['@graph']`;
      todo.push({ value: graph, offset: at, path: graphPath, inGraph: true, depth: depth + 1 });
    } else {
      items.push({ value, line: lineAt(offset), path, inGraph });
    }
  }
  return items;
}

function parse(text: string): { ok: true; value: unknown } | { ok: false; message: string } {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

/** The engine tells people the line in its message; without one the file as a whole is meant. */
function lineOfError(message: string): number {
  return Number(/\(line (\d+) column/.exec(message)?.[1] ?? 1);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
