import { prepareSlot } from "./begin-session.ts";
import { demandRebuild } from "./checkpoint.ts";
import { backoffMs } from "./clock.ts";
import { SchemaDriftError } from "./collator.ts";
import type { ServiceDeps } from "./deps.ts";
import {
  codeOf,
  CollectionMissingError,
  HaltError,
  SinkUnavailableError,
  sqlState,
} from "./errors.ts";
import { openRequests } from "./requests.ts";
import { Session } from "./session.ts";
import { dropSlot } from "./slot.ts";
import { validateDatabase } from "./validate.ts";

/** What to do after a session has ended. */
type Next = { do: "stand-by" } | { do: "back-off" } | { do: "halt"; error: HaltError };

/**
 * The indexer: one session after another until it is stopped. Several may run; the slot lets one stream, the others
 * stand by.
 */
export class IndexerService {
  readonly #deps: ServiceDeps;
  readonly #stopping = new AbortController();
  #failures = 0;

  constructor(deps: ServiceDeps) {
    this.#deps = deps;
  }

  /** Ends `run` after what was received is written. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Returns when stopped; everything else it survives. */
  async run(): Promise<void> {
    const { status, log, metrics } = this.#deps;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await this.#attempt();
      } catch (error) {
        const next = await this.#judge(error);
        if (next.do !== "stand-by") {
          metrics.reconnects.inc();
          log.warn({ err: error, next: next.do }, "session ended");
        }
        await this.#follow(next);
      }
    }
    status.enter({ name: "stopped" });
  }

  async #attempt(): Promise<void> {
    const { status, pool, config } = this.#deps;
    if (status.state.name !== "standby") status.enter({ name: "validating" });
    await validateDatabase(pool, config.PUBLICATION);
    await prepareSlot(this.#deps);
    await Session.run(this.#deps, this.#stopping.signal);
  }

  async #judge(error: unknown): Promise<Next> {
    if (error instanceof HaltError) {
      // What a table lost from the publication changes meanwhile is never streamed.
      if (error.reason === "publication") await this.#demand("publication");
      return { do: "halt", error };
    }
    if (error instanceof SchemaDriftError) {
      // What was logged with that shape comes with that shape for ever: a new slot begins after it.
      await this.#demand("publication");
      await this.#dropSlot();
      return { do: "halt", error: new HaltError("schema-drift", error.message) };
    }
    if (error instanceof CollectionMissingError) {
      await this.#demand("collection-missing");
      return { do: "back-off" };
    }
    if (error instanceof SinkUnavailableError) return { do: "back-off" };
    switch (codeOf(error)) {
      case sqlState.objectInUse:
        return { do: "stand-by" };
      case sqlState.invalidPassword:
      case sqlState.invalidAuthorization:
      case sqlState.insufficientPrivilege:
        return { do: "halt", error: new HaltError("database-refused", codeOf(error)) };
      case sqlState.undefinedObject:
        // The publication was dropped and made again: the slot's history never knew the new one.
        await this.#demand("publication");
        await this.#dropSlot();
        return { do: "back-off" };
      default:
        return { do: "back-off" };
    }
  }

  async #follow(next: Next): Promise<void> {
    const { status, clock, config } = this.#deps;
    const { signal } = this.#stopping;
    if (signal.aborted) return;
    switch (next.do) {
      case "stand-by":
        this.#failures = 0;
        status.enter({ name: "standby" });
        return clock.sleep(config.STANDBY_MS, signal);
      case "back-off": {
        status.enter({ name: "backoff" });
        const { RECONNECT_MS, RECONNECT_MAX_MS } = config;
        const waitMs = backoffMs(this.#failures, RECONNECT_MS, RECONNECT_MAX_MS, clock.random);
        this.#failures += 1;
        return clock.sleep(waitMs, signal);
      }
      case "halt":
        this.#deps.log.error({ reason: next.error.reason }, next.error.message);
        status.enter({ name: "halted", reason: next.error.reason, detail: next.error.message });
        return this.#waitHalted();
      default:
        return next satisfies never;
    }
  }

  /** Looks again after a while, or as soon as an operator asks for a rebuild. */
  async #waitHalted(): Promise<void> {
    const { clock, config, pool } = this.#deps;
    const { signal } = this.#stopping;
    const untilMs = clock.now() + config.HALT_PROBE_MS;
    while (clock.now() < untilMs && !signal.aborted) {
      await clock.sleep(Math.min(config.REQUEST_MS, config.HALT_PROBE_MS), signal);
      const asked = await openRequests(pool, config.SLOT_NAME).catch(() => []);
      if (asked.some((request) => request.kind === "rebuild" && request.status === "waiting"))
        return;
    }
  }

  async #dropSlot(): Promise<void> {
    try {
      await dropSlot(this.#deps.pool, this.#deps.config.SLOT_NAME);
    } catch (error) {
      this.#deps.log.warn({ err: error }, "the slot was not dropped");
    }
  }

  async #demand(reason: "publication" | "collection-missing"): Promise<void> {
    const { pool, config, log } = this.#deps;
    await demandRebuild(pool, config.SLOT_NAME, reason).catch((error: unknown) =>
      log.error({ err: error }, "the demand for a rebuild was not noted"),
    );
  }
}
