import type { Command } from "./command.ts";
import type { Reply } from "./reply.ts";

/** What stands behind the gateway. Errors that Redis answers with are replies; an engine throws `EngineDown` alone. */
export interface Engine {
  run: (command: Command) => Promise<Reply>;
  /** All commands in order, answers in order; other clients' commands may come between. */
  runAll: (commands: readonly Command[]) => Promise<Reply[]>;
  /** All commands as one transaction; an `Error` where Redis refused the whole of it. */
  transact: (commands: readonly Command[]) => Promise<Reply[] | Error>;
  close: () => Promise<void>;
}

/** No answer to be had; whether a command in flight was carried out is not known. */
export class EngineDown extends Error {
  override name = "EngineDown";
}
