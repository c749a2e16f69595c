import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import type { Booking } from "../../contracts/bookings.ts";
import type { EventView } from "../../contracts/events.ts";
import { openApi } from "../../e2e/api.ts";
import { openClient } from "../load.ts";
import { percentiles } from "../percentiles.ts";
import type { BenchReport } from "../report.ts";
import type { Lab } from "./lab.ts";

const readersPerSecond = 100;
const viewers = 1_000;
const pollMs = 10;

/** How long it takes until everybody sees a change: in the view under load, and over the live socket. */
export async function benchChanges(lab: Lab, samples: number): Promise<BenchReport> {
  const eventId = await lab.makeEvent(500);
  const load = readers(lab.stack.edgeUrl, `/events/${eventId}`);
  const booked = percentiles(await times(samples, (turn) => bookAndLook(lab, eventId, turn)));
  const renamed = percentiles(await times(samples, (turn) => renameAndLook(lab, eventId, turn)));
  const statuses = await load.stop();
  const live = await watchers(lab, Math.min(samples, 20));
  const report = (name: string, it: ReturnType<typeof percentiles>) => ({ case: name, ...it });
  return {
    name: "reads: changes",
    settings: { samples, readersPerSecond, viewers, statuses: JSON.stringify(statuses) },
    rows: [
      report("a confirmed seat in the view, ms", booked),
      report("an edited name in the view, ms", renamed),
      report("a held seat at all live viewers, ms", live.all),
      report("a held seat at each live viewer, ms", live.each),
    ],
    bars: [
      { bar: "confirmed seat p99 < 2 s", measured: booked.p99, met: booked.p99 < 2_000 },
      { bar: "edited name p99 < 2 s", measured: renamed.p99, met: renamed.p99 < 2_000 },
      {
        bar: "each change at 1,000 viewers p99 < 1 s",
        measured: live.each.p99,
        met: live.each.p99 < 1_000,
      },
    ],
  };
}

async function times(count: number, measure: (turn: number) => Promise<number>): Promise<number[]> {
  const measured: number[] = [];
  for (let turn = 0; turn < count; turn++) {
    await sleep(Math.random() * 1_000); // anywhere in the life of a copy
    measured.push(await measure(turn));
  }
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
function readers(url: string, path: string) {
  const client = openClient(url, 32);
  const statuses: Record<number, number> = {};
  const headers = { "accept-encoding": "br, gzip" };
  const timer = setInterval(() => {
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

async function watchers(lab: Lab, samples: number) {
  const eventId = await lab.makeEvent(500);
  const url = `${lab.stack.edgeUrl.replace("http", "ws")}/events/${eventId}/live`;
  const sockets = await connectAll(url);
  const api = openApi(lab.stack.edgeUrl);
  const each: number[] = [];
  const all: number[] = [];
  for (let turn = 0; turn < samples; turn++) {
    const next = sockets.map((socket) => new Promise((resolve) => socket.once("message", resolve)));
    const token = await lab.stack.token(`watched-${turn}`);
    const body = { bestAvailable: { quantity: 1 } };
    const { status } = await api("POST", `/bookings/${eventId}`, { token, body });
    const since = performance.now();
    if (status !== 201) throw new Error(`no hold: ${status}`);
    await Promise.all(next.map((it) => it.then(() => each.push(performance.now() - since))));
    all.push(performance.now() - since);
  }
  for (const socket of sockets) socket.terminate();
  return { each: percentiles(each), all: percentiles(all) };
}

async function connectAll(url: string): Promise<WebSocket[]> {
  const sockets: WebSocket[] = [];
  while (sockets.length < viewers) {
    const some = Array.from({ length: 50 }, () => new WebSocket(url));
    await Promise.all(
      some.map(
        (socket) =>
          new Promise((resolve, reject) => {
            socket.once("message", resolve);
            socket.once("error", reject);
          }),
      ),
    );
    sockets.push(...some);
  }
  return sockets;
}
