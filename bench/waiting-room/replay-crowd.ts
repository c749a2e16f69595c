import type { QueueJoined, QueueStatus } from "../../contracts/queue.ts";
import { createLottery } from "../../edge/waiting-room/core/lottery.ts";
import { type LoadFigures, openClient } from "../load.ts";
import { percentiles } from "../percentiles.ts";
import type { CountedEdge } from "./counted-edge.ts";

export const clients = 32;
const finishedAtOnce = 200;

interface Member {
  readonly user: string;
  readonly token: string;
  readonly ticket: string;
  readonly number: number;
  position: number | null;
  claimed: boolean;
}

/** Everybody in one event's queue, with what they do, each by real requests. */
export class ReplayCrowd {
  readonly members: Member[] = [];
  readonly #edge: CountedEdge;
  readonly #event: string;
  readonly #client: ReturnType<typeof openClient>;
  #lottery: ((number: number) => number) | null = null;
  /** Polls that said of themselves that they made a call to an object. */
  pollsForwarded = 0;
  activeMax = 0;

  constructor(edge: CountedEdge, event: string) {
    this.#edge = edge;
    this.#event = event;
    this.#client = openClient(edge.url, clients);
  }

  close(): void {
    this.#client.close();
  }

  async join(from: number, to: number): Promise<LoadFigures> {
    return await inTurns(to - from, async (turn) => {
      const user = `visitor-${from + turn}`;
      const token = await this.#edge.token(user);
      for (;;) {
        const { status, body } = await this.#send("POST", "", { token });
        if (status === 503) continue; // it asks to come again
        if (status !== 201) return status;
        const { queueTicket, number } = JSON.parse(body) as QueueJoined;
        this.members.push({
          user,
          token,
          ticket: queueTicket,
          number,
          position: null,
          claimed: false,
        });
        return status;
      }
    });
  }

  async poll(times: number): Promise<LoadFigures> {
    return await inTurns(times, async () => {
      const { status, headers } = await this.#client.send({ path: this.#path("") });
      if (String(headers["cache-status"]).includes("fwd=")) this.pollsForwarded++;
      return status;
    });
  }

  /** Claims as they come up, and leaves at once for the next, until so many have been inside. */
  async claim(wanted: number): Promise<LoadFigures> {
    const rounds: LoadFigures[] = [];
    for (let inside = 0; inside < wanted;) {
      const status = await this.status();
      const due = this.members.filter((it) => !it.claimed && this.#isServed(it, status));
      const turns = due.slice(0, wanted - inside);
      if (turns.length === 0) await new Promise((resolve) => setTimeout(resolve, 200));
      const admitted: Member[] = [];
      rounds.push(
        await inTurns(turns.length, async (turn) => {
          const member = turns[turn] as Member; // as many turns as members
          const { status: code } = await this.#send("POST", "/claim", member);
          if (code === 200 || code === 410) member.claimed = true;
          if (code === 200) admitted.push(member);
          return code;
        }),
      );
      inside += admitted.length;
      await this.#watch();
      await this.#finish(admitted);
    }
    return together(rounds);
  }

  /** @returns how many of a sample of members get another number when they join again */
  async movedPlaces(sample: number): Promise<number> {
    const step = Math.max(1, Math.floor(this.members.length / sample));
    const asked = this.members.filter((_, index) => index % step === 0);
    let moved = 0;
    await inTurns(asked.length, async (turn) => {
      const member = asked[turn] as Member;
      const { status, body } = await this.#send("POST", "", { token: member.token });
      if (status === 200 && (JSON.parse(body) as QueueJoined).number !== member.number) moved++;
      return status;
    });
    return moved;
  }

  async status(): Promise<QueueStatus> {
    return (await (await fetch(this.#edge.url + this.#path(""))).json()) as QueueStatus;
  }

  #isServed(member: Member, status: QueueStatus): boolean {
    const { seed, lotterySize, serving, expiredBelow } = status;
    if (seed === undefined || lotterySize === undefined) return false;
    this.#lottery ??= createLottery(seed, lotterySize);
    const { number } = member;
    member.position ??= number < lotterySize ? this.#lottery(number) : number;
    return member.position < serving && member.position >= expiredBelow;
  }

  async #watch(): Promise<void> {
    const word = { kind: "figures", event: this.#event, generation: 1 } as const;
    const answer = await this.#edge.control(word);
    if (answer.status === "done") this.activeMax = Math.max(this.activeMax, answer.figures.active);
  }

  async #finish(done: readonly Member[]): Promise<void> {
    for (let from = 0; from < done.length; from += finishedAtOnce) {
      const finished = done
        .slice(from, from + finishedAtOnce)
        .map(({ user }) => ({ event: this.#event, user }));
      await this.#edge.control({ kind: "finish", finished });
    }
  }

  async #send(
    method: string,
    path: string,
    { token, ticket }: { readonly token: string; readonly ticket?: string },
  ) {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(ticket !== undefined && { "queue-ticket": ticket }),
    };
    const answer = await this.#client.send({ method, path: this.#path(path), headers });
    return { status: answer.status, body: answer.body.toString() };
  }

  #path(path: string): string {
    return `/events/${this.#event}/queue${path}`;
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

/** Rounds as one, at the pace and with the latencies of the biggest. */
function together(rounds: readonly LoadFigures[]): LoadFigures {
  const biggest = rounds.toSorted((a, b) => b.requests - a.requests)[0];
  const statuses: Record<number, number> = {};
  for (const round of rounds) {
    for (const [status, count] of Object.entries(round.statuses)) {
      statuses[Number(status)] = (statuses[Number(status)] ?? 0) + count;
    }
  }
  const requests = rounds.reduce((sum, it) => sum + it.requests, 0);
  return { perSecond: 0, ...percentiles([]), ...biggest, requests, statuses };
}
