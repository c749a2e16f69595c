import type { QueueJoined, QueueStatus } from "../../contracts/queue.ts";
import { createLottery } from "../../edge/waiting-room/core/lottery.ts";
import { startWholeStack, type WholeStack } from "../../e2e/whole-stack.ts";
import { startBareWorker } from "../bare-worker.ts";
import { closedLoop, type LoadFigures, openClient } from "../load.ts";
import { percentiles } from "../percentiles.ts";
import type { BenchRow } from "../report.ts";

const clients = 32;
const bareMs = 5_000;
/** The model's polls for each join, kept in the replay. */
const pollsPerJoin = 10;
const claimShare = 0.05;

/** An object that answers at once: what a call to one costs without us. */
const bareObject = `import { DurableObject } from "cloudflare:workers";
export class Bare extends DurableObject { answer() { return "ok"; } }
export default { async fetch(request, env) {
  return new Response(await env.BARE.get(env.BARE.idFromName("one")).answer());
} }`;

/** Real joins, polls and claims through workerd, with the bare runtime measured in the same run. */
export async function replay(joins: number): Promise<BenchRow[]> {
  const bare = await startBareWorker();
  const object = await startBareWorker(bareObject, { BARE: "Bare" });
  const stack = await startWholeStack({ seed: "none", print: (line) => console.error(line) });
  try {
    const rows = [
      row("bare Worker", await getFor(bare.url, bareMs)),
      row("bare object call", await getFor(object.url, bareMs)),
    ];
    const event = await flagEvent(stack, joins);
    const joined: { token: string; ticket: string; number: number }[] = [];
    const client = openClient(stack.edgeUrl, clients);
    const path = `/events/${event}/queue`;
    const joinFigures = await inTurns(joins, async (turn) => {
      const token = await stack.token(`visitor-${turn}`);
      const headers = { authorization: `Bearer ${token}` };
      const { status, body } = await client.send({ method: "POST", path, headers });
      if (status === 201) {
        const { queueTicket, number } = JSON.parse(body.toString()) as QueueJoined;
        joined.push({ token, ticket: queueTicket, number });
      }
      return status;
    });
    rows.push(row("joins (token made and verified)", joinFigures));
    let objectCalls = 0;
    const polls = await inTurns(joins * pollsPerJoin, async () => {
      const { status, headers } = await client.send({ path });
      if (String(headers["cache-status"]).includes("fwd=")) objectCalls++;
      return status;
    });
    rows.push(row("polls", polls));
    await order(stack, event, "open");
    const opened = await untilServed(stack, path, Math.floor(joins * claimShare));
    const lottery = createLottery(opened.seed ?? "", opened.lotterySize ?? 0);
    const served = joined.filter(({ number }) => lottery(number) < opened.serving);
    const claims = await inTurns(served.length, async (turn) => {
      const { token, ticket } = served[turn] ?? { token: "", ticket: "" };
      const headers = { authorization: `Bearer ${token}`, "queue-ticket": ticket };
      return (await client.send({ method: "POST", path: `${path}/claim`, headers })).status;
    });
    rows.push(row("claims", claims));
    client.close();
    const numbers = new Set(joined.map(({ number }) => number)).size;
    const share = Math.round((1e6 * objectCalls) / polls.requests) / 1000;
    return [
      ...rows,
      { case: "numbers given twice", value: String(joined.length - numbers) },
      { case: "object calls per 1,000 polls (≤ 1)", value: String(share) },
    ];
  } finally {
    await Promise.all([stack.stop(), bare.stop(), object.stop()]);
  }
}

/** Each turn once, by as many clients as there are. */
async function inTurns(
  turns: number,
  request: (turn: number) => Promise<number>,
): Promise<LoadFigures> {
  const started = performance.now();
  let next = 0;
  const statuses: Record<number, number> = {};
  const latencies: number[] = [];
  const hand = async () => {
    while (next < turns) {
      const turn = next++;
      const since = performance.now();
      const status = await request(turn).catch(() => 0);
      latencies.push(performance.now() - since);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, hand));
  const perSecond = Math.round((turns / (performance.now() - started)) * 1000);
  return { requests: turns, statuses, perSecond, ...percentiles(latencies) };
}

async function getFor(url: string, durationMs: number): Promise<LoadFigures> {
  const client = openClient(url, clients);
  const request = async () => (await client.send({ path: "/" })).status;
  try {
    return await closedLoop({ clients, durationMs, request });
  } finally {
    client.close();
  }
}

async function untilServed(stack: WholeStack, path: string, least: number): Promise<QueueStatus> {
  for (;;) {
    const response = await fetch(stack.edgeUrl + path);
    const status = (await response.json()) as QueueStatus;
    if (status.seed !== undefined && status.serving >= least) return status;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function order(stack: WholeStack, event: string, what: string): Promise<void> {
  await asAdmin(stack, "POST", `/admin/events/${event}/queue/${what}`);
}

async function flagEvent(stack: WholeStack, joins: number): Promise<string> {
  const at = (ms: number) => new Date(Date.now() + ms).toISOString();
  const day = 86_400_000;
  const venue = { name: "Arena", city: "Berlin", country: "DE", timeZone: "Europe/Berlin" };
  const venueId = (await asAdmin(stack, "POST", "/admin/venues", { ...venue, capacity: 60_000 }))
    .id;
  const performerId = (await asAdmin(stack, "POST", "/admin/performers", { name: "Wanted" })).id;
  const event = await asAdmin(stack, "POST", "/admin/events", {
    name: "Wanted, live",
    venueId,
    performerId,
    status: "published",
    startsAt: at(30 * day),
    endsAt: at(31 * day),
    onSaleAt: at(-60_000),
  });
  const price = { amount: 5000, currency: "EUR" };
  const sections = [{ name: "A", rows: 100, seatsPerRow: 100, price }];
  await asAdmin(stack, "POST", `/admin/events/${event.id}/tickets`, { sections });
  await asAdmin(stack, "PUT", `/admin/events/${event.id}/queue`, {
    enabled: true,
    opensAt: at(day),
    admitPerMinute: 60_000,
    maxActive: Math.max(100, joins),
    passSeconds: 600,
    graceSeconds: 600,
  });
  return event.id;
}

async function asAdmin(
  stack: WholeStack,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ id: string }> {
  const token = await stack.token("ada", ["admin"]);
  const response = await fetch(stack.edgeUrl + path, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as { id: string };
  if (!response.ok)
    throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

function row(name: string, { perSecond, p50, p95, p99, statuses }: LoadFigures): BenchRow {
  return { case: name, perSecond, p50, p95, p99, statuses: JSON.stringify(statuses) };
}
