import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { openApi } from "../../e2e/api.ts";
import { percentiles } from "../percentiles.ts";
import type { BenchReport } from "../report.ts";
import type { Lab } from "./lab.ts";

const viewers = 1_000;
const connectingMax = 50;

/** How long it takes until each of a thousand live viewers of one event has a change, from the hold's answer on. */
export async function benchLive(lab: Lab, samples: number): Promise<BenchReport> {
  const eventId = await lab.makeEvent(500);
  const url = `${lab.stack.edgeUrl.replace("http", "ws")}/events/${eventId}/live`;
  const began = performance.now();
  const crowd = await connectAll(url);
  const connectMs = Math.round(performance.now() - began);
  const api = openApi(lab.stack.edgeUrl);
  const each: number[] = [];
  const all: number[] = [];
  for (let turn = 0; turn < samples; turn++) {
    await sleep(Math.random() * 500);
    const next = crowd.map(({ next: wait }) => wait());
    const token = await lab.stack.token(`watched-${turn}`);
    const body = { bestAvailable: { quantity: 1 } };
    const asked = performance.now();
    const { status } = await api("POST", `/bookings/${eventId}`, { token, body });
    const since = performance.now();
    if (status !== 201) throw new Error(`no hold: ${status} after ${Math.round(since - asked)} ms`);
    // Who hears of it before the one who made it has not waited at all.
    const waited = (await Promise.all(next)).map((at) => Math.max(0, at - since));
    each.push(...waited);
    all.push(Math.max(...waited));
  }
  for (const { socket } of crowd) socket.terminate();
  const toEach = percentiles(each);
  return {
    name: "reads: live viewers",
    settings: { viewers, samples, connectMs },
    rows: [
      { case: "a held seat at each viewer, ms", ...toEach },
      { case: "a held seat at the last viewer, ms", ...percentiles(all) },
    ],
    bars: [
      {
        bar: "each change at 1,000 viewers p99 < 1 s",
        measured: toEach.p99,
        met: toEach.p99 < 1_000,
      },
    ],
  };
}

interface Viewer {
  readonly socket: WebSocket;
  /** When the next message comes. */
  readonly next: () => Promise<number>;
}

async function connectAll(url: string): Promise<Viewer[]> {
  const crowd: Viewer[] = [];
  while (crowd.length < viewers) {
    crowd.push(...(await Promise.all(Array.from({ length: connectingMax }, () => connect(url)))));
  }
  return crowd;
}

/** Connected, and told where it stands. */
async function connect(url: string): Promise<Viewer> {
  const socket = new WebSocket(url);
  let told: (at: number) => void = () => undefined;
  const next = () => new Promise<number>((resolve) => (told = resolve));
  const first = next();
  socket.on("message", () => told(performance.now()));
  await Promise.race([
    first,
    new Promise((_, reject) => {
      socket.once("error", reject);
      socket.once("close", (code) => reject(new Error(`a viewer was closed: ${code}`)));
    }),
  ]);
  return { socket, next };
}
