import { randomUUID } from "node:crypto";
import type { EventView } from "../../contracts/events.ts";
import type { SearchResult } from "../../contracts/search.ts";
import { startWholeStack, type WholeStack } from "../../e2e/whole-stack.ts";
import { startBareWorker } from "../bare-worker.ts";
import { closedLoop, type LoadFigures, openClient } from "../load.ts";
import type { BenchReport, BenchRow } from "../report.ts";

const clients = 16;
const seconds = 5;
const keywords = ["rock", "beyonce", "madison", "jazz", "talor swfit", "berlin", "a", "new york"];

/** How fast the three things that people do are, on this machine and beside a Worker that does nothing. */
export async function run(): Promise<BenchReport> {
  const bare = await startBareWorker();
  const stack = await startWholeStack({ print: (line) => console.error(line) });
  try {
    const event = await roomiestEvent(stack);
    const load = (url: string, send: Request) => measure(url, send);
    const rows = [
      row("bare Worker, 2 bytes", await load(bare.url, () => ({ path: "/" }))),
      row("view, cached", await load(stack.edgeUrl, () => ({ path: `/events/${event.id}` }))),
      row("search, cached", await load(stack.edgeUrl, cachedSearch)),
      row("search, each one new", await load(stack.edgeUrl, newSearch)),
      row("hold of one named seat", await load(stack.edgeUrl, await holds(stack, event))),
    ];
    const settings = { clients, seconds, tickets: event.tickets.length, rateLimits: false };
    return { name: "smoke", settings, rows: withRatio(rows) };
  } finally {
    await Promise.all([stack.stop(), bare.stop()]);
  }
}

type Request = (turn: number) => {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
};

async function measure(url: string, request: Request): Promise<LoadFigures> {
  const client = openClient(url, clients);
  const once = async (turn: number) => (await client.send(request(turn))).status;
  await closedLoop({ clients: 4, durationMs: 500, request: once });
  try {
    return await closedLoop({
      clients,
      durationMs: seconds * 1000,
      request: (turn) => once(turn + warmTurns),
    });
  } finally {
    client.close();
  }
}

/** The warm-up uses turns below this, so that its holds do not collide with the measured ones. */
const warmTurns = 5_000;

const cachedSearch: Request = (turn) => ({
  path: `/events/search?keyword=${encodeURIComponent(keywords[turn % keywords.length] ?? "a")}`,
});

const newSearch: Request = (turn) => ({
  path: `/events/search?keyword=${encodeURIComponent(`${keywords[turn % keywords.length]} ${turn}`)}`,
});

interface SmokeEvent {
  readonly id: string;
  readonly tickets: readonly string[];
}

/** Seats enough that no hold is refused for want of one, but not the stadium: views of it measure the wire. */
async function roomiestEvent(stack: WholeStack): Promise<SmokeEvent> {
  const found = (await getJson(
    stack,
    "/events/search?available=true&pageSize=100",
  )) as SearchResult;
  let best: SmokeEvent = { id: "", tickets: [] };
  for (const { id, onSaleAt } of found.events) {
    if (Date.parse(onSaleAt) > Date.now()) continue;
    const view = (await getJson(stack, `/events/${id}`)) as EventView;
    const free = (view.tickets ?? []).filter((ticket) => ticket.status === "available");
    if (free.length > best.tickets.length && free.length <= 5_000) {
      best = { id, tickets: free.map((ticket) => ticket.id) };
    }
  }
  if (best.tickets.length === 0) throw new Error("the programme has no event with free seats");
  return best;
}

async function getJson(stack: WholeStack, path: string): Promise<unknown> {
  const response = await fetch(`${stack.edgeUrl}${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

/** Seats come round again once all are held: those answers are refusals, counted by their status. */
async function holds(stack: WholeStack, event: SmokeEvent): Promise<Request> {
  const users = 500;
  const tokens = await Promise.all(Array.from({ length: users }, () => stack.token(randomUUID())));
  return (turn) => ({
    method: "POST",
    path: `/bookings/${event.id}`,
    headers: {
      authorization: `Bearer ${tokens[turn % users]}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ ticketIds: [event.tickets[turn % event.tickets.length]] }),
  });
}

function row(name: string, figures: LoadFigures): BenchRow {
  const { perSecond, p50, p95, p99, statuses } = figures;
  return { case: name, perSecond, p50, p95, p99, statuses: JSON.stringify(statuses) };
}

function withRatio(rows: readonly BenchRow[]): BenchRow[] {
  const bare = Number(rows[0]?.["perSecond"]);
  return rows.map((it) => ({
    ...it,
    ofBare: Math.round((Number(it["perSecond"]) / bare) * 100) / 100,
  }));
}
