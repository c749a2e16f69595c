import { performance } from "node:perf_hooks";
import { percentile, percentiles } from "../percentiles.ts";
import { RawConnection } from "./connection.ts";
import type { LoadKind, LoadOutcome, LoadPlan } from "./load-plan.ts";
import { bearerRequest, plainRequest, signedRequest, type Buyer } from "./request.ts";

/** The load in a process of its own: takes one plan from its parent, answers with what happened. */
process.once("message", (plan: LoadPlan) => {
  void run(plan).then((outcome) => process.send?.(outcome, () => process.exit(0)));
});

async function run(plan: LoadPlan): Promise<LoadOutcome> {
  const { buyers, eventId, ticketIds, seatsPerBooking, kind, withKeys } = plan;
  const { host, port } = new URL(plan.url);
  const write =
    plan.target === "edge"
      ? bearerRequest(host)
      : plan.target === "origin"
        ? signedRequest(host, plan.signingKeys)
        : plainRequest(host);
  const times = { hold: [] as number[], confirm: [] as number[] };
  const statuses: Record<string, number> = {};
  const connections = Array.from({ length: connectionsOf(kind) }, () => new RawConnection(+port));
  const step = async (
    connection: RawConnection,
    name: "hold" | "confirm",
    since: number,
    request: string,
  ) => {
    const answer = await connection.send(request).catch(() => ({ status: 0, body: "" }));
    times[name].push(performance.now() - since);
    const label = `${name} ${answer.status}`;
    statuses[label] = (statuses[label] ?? 0) + 1;
    return answer;
  };
  const buyerOf = (turn: number): Buyer => buyers[turn % buyers.length] ?? { id: "", token: "" };
  const writeHold = (turn: number, at: number) => {
    const body = JSON.stringify({ ticketIds: ticketIds.slice(at, at + seatsPerBooking) });
    const key = withKeys ? `bench-${eventId}-${turn}-key` : undefined;
    return write(`/bookings/${eventId}`, buyerOf(turn), body, key);
  };
  const hold = (connection: RawConnection, turn: number, at: number) =>
    step(connection, "hold", performance.now(), writeHold(turn, at));

  // Signed before the clock starts: the load shares two cores with what it measures.
  const requests = Array.from(
    { length: kind.loop === "hold" ? kind.perSecond * kind.seconds : 0 },
    (_, turn) => writeHold(turn, turn * seatsPerBooking),
  );
  // Who asks a server for long has its connections already.
  await Promise.all(connections.map((connection) => connection.opened));
  const cpu = process.cpuUsage();
  const started = performance.now();
  if (kind.loop === "sell") {
    await sell(connections, kind.secondsMax);
  } else if (kind.loop === "hold") {
    await holdAtRate(connections, kind.perSecond);
  } else {
    await askForHeld(connections, kind.seconds);
  }
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  for (const connection of connections) connection.close();
  return {
    seconds,
    confirmed: statuses["confirm 200"] ?? 0,
    holds: statuses["hold 201"] ?? 0,
    statuses,
    hold: { ...percentiles(times.hold), p999: percentile(times.hold, 0.999) },
    confirm: percentiles(times.confirm),
    cpuMs: (user + system) / 1000,
  };

  async function sell(all: readonly RawConnection[], secondsMax: number): Promise<void> {
    const until = performance.now() + secondsMax * 1000;
    const turns = Math.floor(ticketIds.length / seatsPerBooking);
    let next = 0;
    await Promise.all(
      all.map(async (connection) => {
        while (next < turns && performance.now() < until && !connection.isClosed) {
          const turn = next++;
          const held = await hold(connection, turn, turn * seatsPerBooking);
          if (held.status !== 201) continue;
          const { id } = JSON.parse(held.body) as { id: string };
          const request = write(`/bookings/${id}/confirm`, buyerOf(turn), "");
          await step(connection, "confirm", performance.now(), request);
        }
      }),
    );
  }

  async function holdAtRate(all: readonly RawConnection[], perSecond: number): Promise<void> {
    const due: { request: string; at: number }[] = [];
    const free = [...all];
    const pending: Promise<void>[] = [];
    const holdOn = async (connection: RawConnection, job: { request: string; at: number }) => {
      await step(connection, "hold", job.at, job.request);
      free.push(connection);
      pump();
    };
    const pump = () => {
      for (;;) {
        // In turn: a connection that is idle for long is closed by the server.
        const connection = due.length > 0 ? free.shift() : undefined;
        const job = connection && due.shift();
        if (!job) return;
        pending.push(holdOn(connection, job));
      }
    };
    const begin = performance.now();
    for (const [turn, request] of requests.entries()) {
      const at = begin + (turn * 1000) / perSecond;
      const wait = at - performance.now();
      if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
      due.push({ request, at });
      pump();
    }
    while (pending.length < requests.length) await Promise.race(pending.slice(-all.length));
    await Promise.all(pending);
  }

  async function askForHeld(all: readonly RawConnection[], forSeconds: number): Promise<void> {
    const until = performance.now() + forSeconds * 1000;
    let next = 0;
    await Promise.all(
      all.map(async (connection) => {
        while (performance.now() < until && !connection.isClosed) {
          const turn = next++;
          await hold(connection, turn, (turn * seatsPerBooking) % ticketIds.length);
        }
      }),
    );
  }
}

function connectionsOf(kind: LoadKind): number {
  return kind.loop === "hold" ? kind.connections : kind.clients;
}
