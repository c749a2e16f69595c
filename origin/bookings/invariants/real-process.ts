import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Fault } from "./commands.ts";
import { openPostgresWall } from "./postgres-wall.ts";
import { openRedisWall } from "./redis-wall.ts";
import type { TestedProcess } from "./tested-process.ts";
import type { Wall, WireStep } from "./wire-step.ts";

/** What a fault needs to be done to the stores. */
export interface WireHazards {
  flush(): Promise<void>;
  /** Sends a step on and has the server end its backend in the middle. */
  endBackend(backend: number, send: () => Promise<void>): Promise<void>;
}

export interface RealProcessOptions {
  readonly databaseUrl: string;
  readonly upstashUrl: string;
  /** What else the origin needs to know. */
  readonly env: Readonly<Record<string, string>>;
  readonly onError: (line: string) => void;
}

const program = join(import.meta.dirname, "../../server.ts");

/**
 * A real process of the origin behind a wall that every byte to Postgres and Redis passes. It is killed with SIGKILL,
 * which leaves it no moment to tidy up, and can be started again behind the same wall.
 */
export class RealProcess implements TestedProcess {
  isDead = true;
  killed: Promise<"killed"> = new Promise(() => {});
  hazards: WireHazards | undefined;
  readonly #options: RealProcessOptions;
  #walls: readonly Wall[] = [];
  #child: ChildProcess | undefined;
  #exited: Promise<unknown> = Promise.resolve();
  #base = "";
  #fault: Fault | undefined;
  #steps = 0;
  #die: (why: "killed") => void = () => {};

  constructor(options: RealProcessOptions) {
    this.#options = options;
  }

  /** Starts it, or starts it again; resolves once it listens. */
  async start(): Promise<void> {
    const { databaseUrl, upstashUrl, env, onError } = this.#options;
    const onStep = (step: WireStep) => this.#step(step);
    if (this.#walls.length === 0) {
      this.#walls = await Promise.all([
        openPostgresWall(databaseUrl, onStep),
        openRedisWall(upstashUrl, onStep),
      ]);
    }
    const [postgres, redis] = this.#walls;
    const walled = new URL(databaseUrl);
    walled.host = `127.0.0.1:${postgres?.port}`;
    const child = spawn(process.execPath, [program], {
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        PATH: process.env["PATH"],
        NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
        ...env,
        PORT: "0",
        DATABASE_URL: walled.href,
        UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${redis?.port}`,
      },
    });
    this.#child = child;
    // It talks to its stores before it listens, and nothing of what was armed for the one before is meant for that.
    this.#fault = undefined;
    this.isDead = false;
    this.#exited = once(child, "exit");
    this.killed = new Promise((resolve) => {
      this.#die = resolve;
    });
    const port = await new Promise<number>((resolve, reject) => {
      child.once("exit", () => reject(new Error("the origin ended while it started")));
      createInterface(child.stdout).on("line", (line) => {
        const said = JSON.parse(line) as { level: string; msg: string; port?: number };
        if (said.msg === "listening" && said.port) resolve(said.port);
        if (said.level === "error") onError(line);
      });
    });
    this.#base = `http://127.0.0.1:${port}`;
  }

  async fetch(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const body = request.body === null ? null : await request.arrayBuffer();
    const { method, headers } = request;
    return fetch(new Request(this.#base + pathname + search, { method, headers, body })).catch(
      async (error: unknown) => {
        if (this.isDead) await new Promise(() => {});
        throw error;
      },
    );
  }

  arm(fault: Fault | undefined): void {
    this.#fault = fault;
    this.#steps = 0;
  }

  async settled(): Promise<void> {
    if (this.isDead) await this.#exited;
    await Promise.all(this.#walls.map((wall) => wall.settled()));
  }

  async sweep(): Promise<void> {}

  async settle(): Promise<void> {}

  async endCancelled(): Promise<void> {}

  async stop(): Promise<void> {
    this.#kill();
    await this.#exited;
    await Promise.all(this.#walls.map((wall) => wall.close()));
  }

  async #step(step: WireStep): Promise<void> {
    if (this.isDead) return step.cut();
    const fault = this.#steps === this.#fault?.step ? this.#fault.kind : undefined;
    this.#steps += 1;
    switch (fault) {
      case undefined:
        await step.send();
        return step.pass();
      case "fails":
        return step.cut();
      case "reply-lost":
        await step.send();
        return step.cut();
      case "killed-before":
        this.#kill();
        return step.cut();
      case "killed-after":
        await step.send();
        this.#kill();
        return step.cut();
      case "flushed":
        await this.hazards?.flush();
        await step.send();
        return step.pass();
      case "backend-ended": {
        const { backend } = step;
        const send = () => step.send();
        await (backend === undefined ? send() : this.hazards?.endBackend(backend, send));
        return step.pass();
      }
      default:
        return fault satisfies never;
    }
  }

  #kill(): void {
    if (this.isDead) return;
    this.isDead = true;
    this.#child?.kill("SIGKILL");
    this.#die("killed");
  }
}
