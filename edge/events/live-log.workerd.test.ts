import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { packStatuses } from "../../contracts/availability-bits.ts";
import { readEnv } from "../env.ts";
import { newId } from "../testing/neighbours.ts";
import { keptMax, LiveLog } from "./live-log.ts";

const free = packStatuses(["available", "available"]);
const held = packStatuses(["held", "available"]);

/** A log on a disk of its own. */
async function inLog<T>(use: (log: LiveLog) => T): Promise<T> {
  const { EVENT_VIEWS } = readEnv(env);
  const stub = EVENT_VIEWS.get(EVENT_VIEWS.idFromName(`log/${newId()}`));
  return runInDurableObject(stub, (_, state) => use(new LiveLog(state.storage.sql)));
}

/** The first message to a viewer. */
function first(log: LiveLog, seen: Parameters<LiveLog["welcome"]>[0]) {
  return log.welcome(seen)?.messages.map((text) => JSON.parse(text) as Record<string, unknown>);
}

function fill(log: LiveLog, messages: number): string {
  for (let turn = 0; turn < messages; turn++) log.record(turn % 2 === 0 ? free : held);
  return String(first(log, undefined)?.[0]?.["log"]);
}

test("before anything was recorded there is nothing to say", async () => {
  expect(await inLog((log) => log.welcome(undefined))).toBeUndefined();
});

test("who missed some messages is sent these, as many as are kept and are little", async () => {
  await inLog((log) => {
    const id = fill(log, keptMax + 2);
    const missed = first(log, { log: id, seq: keptMax - 98 });
    expect(missed).toHaveLength(100);
    expect(missed?.[0]).toEqual({ seq: keptMax - 97, changes: [[0, 0]] });
  });
});

test("who was away for longer than messages are kept is sent everything, at its number", async () => {
  await inLog((log) => {
    const id = fill(log, keptMax + 2);
    const seq = keptMax + 2;
    expect(first(log, { log: id, seq: 1 })).toEqual([{ seq, log: id, statuses: held }]);
  });
});

test("who missed more than all statuses take is sent these instead", async () => {
  await inLog((log) => {
    const statuses = (bits: number) => btoa(String.fromCharCode(bits).repeat(2_000));
    for (let turn = 0; turn < 20; turn++) log.record(statuses(turn % 2 === 0 ? 0 : 0x55));
    const id = String(first(log, undefined)?.[0]?.["log"]);
    expect(first(log, { log: id, seq: 2 })).toEqual([
      { seq: 20, log: id, statuses: statuses(0x55) },
    ]);
  });
});

test("a log keeps its name when it is opened again", async () => {
  const { EVENT_VIEWS } = readEnv(env);
  const stub = EVENT_VIEWS.get(EVENT_VIEWS.idFromName(`log/${newId()}`));
  const nameOf = () =>
    runInDurableObject(stub, (_, state) => fill(new LiveLog(state.storage.sql), 1));
  expect(await nameOf()).toBe(await nameOf());
});
