import type { Redis } from "@upstash/redis";
import * as z from "zod";
import { keptHours } from "../idempotency/read-stored-answer.ts";
import { locksDown } from "./locks-down.ts";
import { readScript, runScript, type Script } from "./script.ts";
import type { KeyUse } from "./ticket-locks.ts";

/** Longest that a try holds its key, in milliseconds: a process that died in the middle keeps nobody waiting longer. */
export const tryMsMax = 30_000;
/** Keys are known a little longer than Postgres keeps their answers, in milliseconds. */
export const knownMs = keptHours * 3_600_000 + 10 * tryMsMax;
/** What a process that began to get to know the keys and died leaves behind lasts so long, in milliseconds. */
const beginningMs = 4 * tryMsMax;

const scripts = {
  endTry: readScript("end-try"),
  lookUp: readScript("look-up-key"),
  know: readScript("know-keys"),
};

const Use = z.enum(["yes", "no", "unknown"]);

/** A key of a user for an event; the booking's id stands for it. */
export interface KeyName {
  readonly eventId: string;
  readonly bookingId: string;
}

/**
 * What Redis knows of idempotency keys: which try holds one, and which of them came with free tickets before. Beside
 * the locks, in the same slot, so that one script sees both, and what loses one loses the other. Every call throws
 * `DomainError` `service-unavailable` when Redis does not answer.
 */
export interface KeyRegistry {
  /** After a try that failed: the next one need not wait for its time to be over. */
  endTry(name: KeyName, tryId: string): Promise<void>;
  lookUp(name: KeyName): Promise<KeyUse>;
  /** First step towards knowing all keys of an event. @returns whether nobody else does it */
  beginToKnow(eventId: string, attempt: string): Promise<boolean>;
  /**
   * Second step. @param inMs when every key of the last day will have been written here; 0: they are
   * @returns false when something was lost since the first step
   */
  know(eventId: string, attempt: string, inMs: number): Promise<boolean>;
}

export function createKeyRegistry(redis: Redis): KeyRegistry {
  const run = (script: Script, keys: string[], args: string[]) =>
    runScript(redis, script, keys, args).catch((error: unknown) => {
      throw locksDown(script, error);
    });
  const know = async (eventId: string, args: string[]) =>
    (await run(scripts.know, [sinceKey(eventId)], args)) === 1;
  return {
    async endTry({ eventId, bookingId }, tryId) {
      await run(scripts.endTry, keyKeysOf(eventId, bookingId).slice(0, 1), [tryId]);
    },
    lookUp: async ({ eventId, bookingId }) =>
      Use.parse(await run(scripts.lookUp, keyKeysOf(eventId, bookingId), [])),
    beginToKnow: (eventId, attempt) => know(eventId, [attempt, "", String(beginningMs)]),
    know: (eventId, attempt, inMs) => know(eventId, [attempt, String(inMs), String(2 * knownMs)]),
  };
}

/** In the slot of the event's locks. */
export function keyKeysOf(eventId: string, bookingId: string): [key: string, since: string] {
  return [`{${eventId}}:key:${bookingId}`, sinceKey(eventId)];
}

function sinceKey(eventId: string): string {
  return `{${eventId}}:keys-since`;
}
