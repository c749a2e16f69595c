/** A parsed JSON object; each reader takes a field by its name and throws TypeError where it is of another kind. */
export type Fields = Readonly<Record<string, unknown>>;

/** Any object that is not null may be asked for fields by name. */
export function fieldsOf(value: unknown): Fields {
  if (typeof value !== "object" || value === null) throw new TypeError("it is no object");
  return value as Fields;
}

export function text(fields: Fields, name: string): string {
  const found = fields[name];
  if (typeof found !== "string") throw notA("text", name);
  return found;
}

export function list(fields: Fields, name: string): readonly unknown[] {
  const found = fields[name];
  if (!Array.isArray(found)) throw notA("list", name);
  return found;
}

export function integer(fields: Fields, name: string): number {
  const found = fields[name];
  if (!Number.isSafeInteger(found)) throw notA("whole number", name);
  return Number(found);
}

export function optionalBoolean(fields: Fields, name: string): boolean {
  const found = fields[name];
  if (found === undefined) return false;
  if (typeof found !== "boolean") throw notA("yes or no", name);
  return found;
}

function notA(kind: string, name: string): TypeError {
  return new TypeError(`${name} is no ${kind}`);
}
