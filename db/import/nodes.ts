/** Deeper than any event is described; what lies below is left out, so that hostile nesting costs nothing. */
const depthMax = 8;

type Node = Readonly<Record<string, unknown>>;

/**
 * The nodes of a file by their `@id`, for others to refer to. Of several with one id the fullest counts.
 * @param roots the items of the file
 */
export function indexNodes(roots: readonly unknown[]): ReadonlyMap<string, Node> {
  const nodes = new Map<string, Node>();
  const todo = roots.map((value) => ({ value, depth: 0 }));
  for (let next = todo.pop(); next; next = todo.pop()) {
    const { value, depth } = next;
    if (typeof value !== "object" || value === null || depth > depthMax) continue;
    for (const child of Object.values(value)) todo.push({ value: child, depth: depth + 1 });
    if (Array.isArray(value)) continue;
    const node = value as Node;
    const id = node["@id"];
    if (typeof id !== "string") continue;
    const known = nodes.get(id);
    if (!known || Object.keys(known).length < Object.keys(node).length) nodes.set(id, node);
  }
  return nodes;
}

/**
 * Brings the ways of writing JSON-LD down to one: `null` is absent, `{"@value": x}` is x, `{"@set": […]}` and
 * `{"@list": […]}` are the list, `schema:name` and `https://schema.org/name` are `name`, and `{"@id": …}` alone is the
 * node that it refers to.
 */
export function plainNode(value: unknown, nodes: ReadonlyMap<string, Node>, depth = 0): unknown {
  if (typeof value !== "object" || value === null) return value ?? undefined;
  if (depth > depthMax) return undefined;
  if (Array.isArray(value)) {
    return value.map((child: unknown) => plainNode(child, nodes, depth + 1));
  }
  const node = value as Node;
  for (const wrapper of ["@value", "@set", "@list"]) {
    if (Object.hasOwn(node, wrapper)) return plainNode(node[wrapper], nodes, depth + 1);
  }
  const keys = Object.keys(node);
  const id = node["@id"];
  const referred = keys.length === 1 && typeof id === "string" ? nodes.get(id) : undefined;
  if (referred && referred !== node) return plainNode(referred, nodes, depth + 1);
  return Object.fromEntries(
    keys
      .map((key) => [withoutPrefix(key), plainNode(node[key], nodes, depth + 1)] as const)
      .filter(([, child]) => child !== undefined),
  );
}

/** "https://schema.org/SportsEvent" and "schema:SportsEvent" → "SportsEvent". */
export function withoutPrefix(name: string): string {
  return name.replace(/^(?:https?:\/\/schema\.org\/|schema:)/, "");
}

/** The types of a node, without prefixes; none when it names none. */
export function typesOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const type = (value as Node)["@type"];
  return (Array.isArray(type) ? type : [type])
    .filter((it) => typeof it === "string")
    .map(withoutPrefix);
}
