/** Reads the fields of a parsed JSON object, each by its kind; every reader throws TypeError where it is another one. */
export interface Fields {
  value(name: string): unknown;
  text(name: string): string;
  texts(name: string): readonly string[];
  integer(name: string): number;
  optionalInteger(name: string): number | undefined;
  oneOf<const Option extends string>(name: string, options: readonly Option[]): Option;
}

/** @throws TypeError when it is no object */
export function readFields(value: unknown): Fields {
  const fields = toRecord(value);
  const text = (name: string) => {
    const found = fields[name];
    if (typeof found !== "string") throw notA("text", name);
    return found;
  };
  const integer = (name: string) => {
    const found = fields[name];
    if (!Number.isSafeInteger(found)) throw notA("whole number", name);
    return Number(found);
  };
  return {
    value: (name) => fields[name],
    text,
    texts(name) {
      const found = fields[name];
      if (!Array.isArray(found) || !found.every((it) => typeof it === "string")) {
        throw notA("list of texts", name);
      }
      return found;
    },
    integer,
    optionalInteger: (name) => (fields[name] === undefined ? undefined : integer(name)),
    oneOf(name, options) {
      const found = text(name);
      const option = options.find((it) => it === found);
      if (option === undefined) throw notA(options.join(" or "), name);
      return option;
    },
  };
}

/** Any object that is not null may be asked for fields by name. */
function toRecord(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) throw new TypeError("it is no object");
  return value as Readonly<Record<string, unknown>>;
}

function notA(kind: string, name: string): TypeError {
  return new TypeError(`${name} is no ${kind}`);
}
