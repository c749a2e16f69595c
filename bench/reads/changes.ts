import { setTimeout as sleep } from "node:timers/promises";
import type { Booking } from "../../contracts/bookings.ts";
import type { EventView } from "../../contracts/events.ts";
import { openApi } from "../../e2e/api.ts";
import { openClient } from "../load.ts";
import { percentiles } from "../percentiles.ts";
import type { BenchReport } from "../report.ts";
import type { Lab } from "./lab.ts";

const readersPerSecond = 100;
/** Events that are read and changed at a time, each by its own user. */
const lanes = 4;
const pollMs = 20;

/** How long it takes until a change shows in the view, while the events are being read. */
export async function benchChanges(lab: Lab, samples: number): Promise<BenchReport> {
  const eventIds = await Promise.all(Array.from({ length: lanes }, () => lab.makeEvent(500)));
  const load = readers(lab.stack.edgeUrl, eventIds);
  const booked = percentiles(await times(eventIds, samples, (...it) => bookAndLook(lab, ...it)));
  const renamed = percentiles(await times(eventIds, samples, (...it) => renameAndLook(lab, ...it)));
  const statuses = await load.stop();
  return {
    name: "reads: changes",
    settings: { samples, lanes, readersPerSecond, readers: JSON.stringify(statuses) },
    rows: [
      { case: "a confirmed seat in the view, ms", ...booked },
      { case: "an edited name in the view, ms", ...renamed },
    ],
    bars: [
      { bar: "confirmed seat p99 < 2 s", measured: booked.p99, met: booked.p99 < 2_000 },
      { bar: "edited name p99 < 2 s", measured: renamed.p99, met: renamed.p99 < 2_000 },
    ],
  };
}

async function times(
  eventIds: readonly string[],
  count: number,
  measure: (eventId: string, turn: number) => Promise<number>,
): Promise<number[]> {
  const measured: number[] = [];
  let turn = 0;
  const lane = async (eventId: string) => {
    while (turn < count) {
      const mine = turn++;
      await sleep(Math.random() * 1_000); // anywhere in the life of a copy
      measured.push(await measure(eventId, mine));
    }
  };
  await Promise.all(eventIds.map(lane));
  return measured;
}

async function bookAndLook({ stack }: Lab, eventId: string, turn: number): Promise<number> {
  const api = openApi(stack.edgeUrl);
  const token = await stack.token(`booker-${turn}`);
  const body = { bestAvailable: { quantity: 1 } };
  const held = await api<Booking>("POST", `/bookings/${eventId}`, { token, body });
  const [ticket] = held.body.tickets ?? [];
  if (!ticket) throw new Error(`no hold: ${held.status}`);
  const confirmed = await api("POST", `/bookings/${held.body.id}/confirm`, { token });
  if (confirmed.status !== 200) throw new Error(`not confirmed: ${confirmed.status}`);
  return untilSeen(async () => {
    const { body: view } = await api<EventView>("GET", `/events/${eventId}`);
    return view.tickets?.find(({ id }) => id === ticket.id)?.status === "booked";
  });
}

async function renameAndLook({ stack }: Lab, eventId: string, turn: number): Promise<number> {
  const api = openApi(stack.edgeUrl);
  const token = await stack.token("root", ["admin"]);
  const name = `Renamed ${turn}`;
  const { status } = await api("PATCH", `/admin/events/${eventId}`, { token, body: { name } });
  if (status !== 200) throw new Error(`not renamed: ${status}`);
  return untilSeen(async () => {
    const { body } = await api<EventView>("GET", `/events/${eventId}`);
    return body.event?.name === name;
  });
}

async function untilSeen(look: () => Promise<boolean>): Promise<number> {
  const since = performance.now();
  while (!(await look())) {
    if (performance.now() - since > 30_000) throw new Error("a change never showed");
    await sleep(pollMs);
  }
  return performance.now() - since;
}

/** A steady crowd in the background. */
function readers(url: string, eventIds: readonly string[]) {
  const client = openClient(url, 32);
  const statuses: Record<number, number> = {};
  const headers = { "accept-encoding": "br, gzip" };
  let turn = 0;
  const timer = setInterval(() => {
    const path = `/events/${eventIds[turn++ % eventIds.length]}`;
    void client.send({ path, headers }).then(
      ({ status }) => (statuses[status] = (statuses[status] ?? 0) + 1),
      () => (statuses[0] = (statuses[0] ?? 0) + 1),
    );
  }, 1_000 / readersPerSecond);
  return {
    stop: async () => {
      clearInterval(timer);
      await sleep(500);
      client.close();
      return statuses;
    },
  };
}
