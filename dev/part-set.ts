import { type Exit, type Part, PartError } from "./part.ts";
import { signalGroup } from "./process-group.ts";
import type { Progress } from "./progress.ts";

export interface Crash {
  part: string;
  reason: string;
}

/** The parts of one stack: started together, stopped in the opposite order, and each by itself for tests. */
export class PartSet {
  readonly #progress: Progress;
  readonly #onStart: (part: Part) => void;
  readonly #starters = new Map<string, () => Promise<Part>>();
  readonly #running = new Map<string, Part>();
  readonly #pending = new Set<Promise<unknown>>();
  readonly #meantToEnd = new Set<string>();
  #onCrash: (crash: Crash) => void = () => undefined;
  #isStopping = false;

  constructor(progress: Progress, onStart: (part: Part) => void) {
    this.#progress = progress;
    this.#onStart = onStart;
  }

  /** Who is told when a part has ended that nobody asked to. */
  onCrash(listener: (crash: Crash) => void): void {
    this.#onCrash = listener;
  }

  /** Those that run, in the order in which they were ready. */
  get parts(): Part[] {
    return [...this.#running.values()];
  }

  /** Starts a part, and remembers how. Work that waits for other parts does so in `start`. */
  async begin<T extends Part>(name: string, start: () => Promise<T>): Promise<T> {
    this.#starters.set(name, start);
    return await this.#follow(name, start());
  }

  /** Something to be done on the way that is no part. */
  async step<T>(name: string, work: () => Promise<T>): Promise<T> {
    return await this.#follow(name, work());
  }

  /** Ends a part's process as an accident would. */
  async kill(name: string, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const part = this.#get(name);
    if (part.pid === undefined) throw new Error(`${name} is not a process of this stack`);
    this.#meantToEnd.add(name);
    signalGroup(part.pid, signal);
    if (signal === "SIGKILL") await part.exited;
  }

  /** Starts a part again that has ended, where it was. Throws `PartError` when its address is taken meanwhile. */
  async restart(name: string): Promise<Part> {
    const before = this.#get(name);
    const start = this.#starters.get(name);
    if (start === undefined) throw new Error(`${name} cannot be started`);
    this.#meantToEnd.add(name);
    await before.stop();
    const part = await start();
    this.#meantToEnd.delete(name);
    this.#add(name, part);
    if (part.where === before.where) return part;
    throw new PartError(`${name} came back at ${part.where}, the others look for ${before.where}`);
  }

  /** Stops everything, the users of a part before the part; what is still starting is stopped once it has. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#stopRunning();
    // Work that waits for a part ends now that the part has gone.
    await Promise.allSettled(this.#pending);
    await this.#stopRunning();
  }

  async #stopRunning(): Promise<void> {
    for (const [name, part] of [...this.#running].toReversed()) {
      await part.stop();
      this.#running.delete(name);
    }
  }

  async #follow<T>(name: string, work: Promise<T>): Promise<T> {
    const followed = this.#progress.follow(name, work);
    const added = followed.then((result) => {
      if (isPart(result)) this.#add(name, result);
      return result;
    });
    this.#pending.add(added);
    void added.catch(() => undefined).finally(() => this.#pending.delete(added));
    return await added;
  }

  #add(name: string, part: Part): void {
    this.#running.set(name, part);
    this.#onStart(part);
    void this.#reportCrash(name, part);
  }

  async #reportCrash(name: string, part: Part): Promise<void> {
    const exit = await part.exited;
    const isCurrent = this.#running.get(name) === part;
    if (exit === undefined || !isCurrent) return;
    if (this.#isStopping || this.#meantToEnd.has(name)) return;
    this.#onCrash({ part: name, reason: describe(exit) });
  }

  #get(name: string): Part {
    const part = this.#running.get(name);
    if (part === undefined) throw new Error(`${name} does not run`);
    return part;
  }
}

function isPart(result: unknown): result is Part {
  return typeof result === "object" && result !== null && "stop" in result && "where" in result;
}

function describe({ code, signal }: Exit): string {
  return signal === null ? `exit code ${code}` : `killed by ${signal}`;
}
