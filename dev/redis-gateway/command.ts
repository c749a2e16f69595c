/** A command and its arguments. */
export type Command = [string, ...(string | Buffer)[]];

/** The request does not hold a command that may run here; the message is for the client. */
export class CommandError extends Error {
  override name = "CommandError";
}

/** Commands that change the state of the one shared connection, or block it for everybody. */
const refused = new Set(
  `auth blmove blmpop blpop brpop brpoplpush bzmpop bzpopmax bzpopmin client discard exec hello monitor multi
   psubscribe psync punsubscribe quit replicaof reset select shutdown slaveof ssubscribe subscribe sunsubscribe sync
   unsubscribe unwatch wait waitaof watch`.split(/\s+/),
);

/** One command from the body of `POST /`: a JSON list whose first item is the name. Throws `CommandError`. */
export function parseCommand(body: Buffer): Command {
  return toCommand(parseJson(body));
}

/** The commands from the body of `/pipeline` and `/multi-exec`: a JSON list of lists. Throws `CommandError`. */
export function parseCommands(body: Buffer): Command[] {
  const lists = parseJson(body);
  if (!Array.isArray(lists) || lists.length === 0) {
    throw new CommandError("ERR failed to parse pipeline request: expected a list of commands");
  }
  return lists.map(toCommand);
}

/** A command written as a path, `/set/key/value?EX=100`; a body becomes the last argument, as the bytes it is.
 * Throws `CommandError`. */
export function parsePath(url: URL, body: Buffer): Command {
  const parts = url.pathname.slice(1).split("/").map(decode);
  const [name, ...args] = parts;
  if (name === undefined || name === "") throw new CommandError("ERR empty command");
  const command: Command = [name, ...args];
  if (body.length > 0) command.push(body);
  for (const [key, value] of url.searchParams) {
    if (key === "_token") continue;
    command.push(key);
    if (value !== "") command.push(value);
  }
  return allowed(command);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new CommandError("ERR failed to parse request: the body is not JSON");
  }
}

function toCommand(list: unknown): Command {
  if (!Array.isArray(list) || list.length === 0) throw new CommandError("ERR empty command");
  const [name, ...args] = list.map(toArgument);
  if (name === undefined || name === "") throw new CommandError("ERR empty command");
  return allowed([name, ...args]);
}

/** Text stays, numbers and booleans are written out, objects go as JSON: what the SDK itself sends. */
function toArgument(value: unknown): string {
  if (typeof value === "string") return value;
  return value === null ? "null" : JSON.stringify(value);
}

function allowed(command: Command): Command {
  if (refused.has(command[0].toLowerCase())) {
    throw new CommandError(`ERR Command is not available: '${command[0]}'`);
  }
  return command;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new CommandError("ERR the path is not correctly percent-encoded");
  }
}
