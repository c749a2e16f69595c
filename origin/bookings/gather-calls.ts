import { PoolSaturated } from "../../db/bound-waiters.ts";
import { tooLate } from "../errors.ts";
import { sqlFailure } from "../unavailable.ts";

/** Transactions of one function that are under way together: what comes meanwhile goes with the next. */
const underWayMax = 1;
/** Larger ones save little more, and everybody in them waits for all. */
const batchMax = 32;
const waitersMax = 200;
const waitMsMax = 2_000;

/** After these it is unknown what happened, or the same would happen again: classes of SQLSTATE. */
const unsettledClasses = new Set(["08", "25", "53", "57", "58", "XX"]);

export interface Gathered<Call, Answer> {
  /** One call alone, in a transaction of its own. */
  readonly one: (call: Call) => Promise<Answer>;
  /** Several in one transaction, all or nothing; answers in the order of the calls. */
  readonly many: (calls: readonly Call[]) => Promise<readonly Answer[]>;
  /** The order in which the calls take their locks: the same everywhere, or transactions wait for each other in a ring. */
  readonly inOrder: (a: Call, b: Call) => number;
  /** Nobody waits for the answer any more. */
  readonly isLate: (call: Call) => boolean;
}

interface Waiting<Call, Answer> {
  readonly call: Call;
  readonly sinceMs: number;
  readonly resolve: (answer: Answer | PromiseLike<Answer>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends what comes while calls are under way together with the next: one commit, one flush of the log and one round
 * trip for all of them (group commit, as databases do it among connections). A call that meets none under way goes at
 * once, with what comes in the same turn of the event loop. If a transaction of several is rolled back, each of them is tried again by itself, so that nobody
 * fails for another one's fault.
 * @param nowMs a clock in milliseconds
 * @returns a function that throws what `one` throws; PoolSaturated when too many wait or a call waited too long,
 * DomainError when nobody waits for it any more: then it was not begun
 */
export function gatherCalls<Call, Answer>(
  gathered: Gathered<Call, Answer>,
  nowMs: () => number,
): (call: Call) => Promise<Answer> {
  const waiting: Waiting<Call, Answer>[] = [];
  let underWay = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function sendNext(): void {
    if (underWay >= underWayMax) return;
    const batch: Waiting<Call, Answer>[] = [];
    while (batch.length < batchMax) {
      const next = waiting.shift();
      if (!next) break;
      if (gathered.isLate(next.call)) next.reject(tooLate());
      else batch.push(next);
    }
    if (batch.length === 0) return;
    underWay += 1;
    void send(gathered, batch).finally(() => {
      underWay -= 1;
      sendNext();
    });
  }

  /** Postgres may hang: whoever waits behind that is told in time. */
  function refuseTheLate(): void {
    timer = undefined;
    while (waiting[0] && nowMs() - waiting[0].sinceMs >= waitMsMax) {
      waiting.shift()?.reject(new PoolSaturated("others have waited for too long"));
    }
    watch();
  }

  function watch(): void {
    const first = waiting[0];
    if (timer !== undefined || !first) return;
    timer = setTimeout(refuseTheLate, Math.max(first.sinceMs + waitMsMax - nowMs(), 1));
    timer.unref();
  }

  return (call) =>
    new Promise((resolve, reject) => {
      if (waiting.length >= waitersMax) {
        reject(new PoolSaturated(`${waitersMax} callers wait already`));
        return;
      }
      waiting.push({ call, sinceMs: nowMs(), resolve, reject });
      // After this turn of the event loop, so that what comes in it goes together.
      if (waiting.length === 1) setImmediate(sendNext);
      watch();
    });
}

interface OfUser {
  readonly userId: string;
  readonly eventId?: string;
  readonly isLate?: () => boolean;
}

/** Holds and confirms lock their user first. */
export const byUser = {
  inOrder: (a: OfUser, b: OfUser) =>
    compare(a.userId, b.userId) || compare(a.eventId ?? "", b.eventId ?? ""),
  isLate: (call: OfUser) => call.isLate?.() ?? false,
};

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Settles each of them; throws nothing. */
async function send<Call, Answer>(
  { one, many, inOrder }: Gathered<Call, Answer>,
  batch: Waiting<Call, Answer>[],
): Promise<void> {
  const [first, second] = batch;
  if (first && !second) return answer(first, one);
  const ordered = batch.toSorted((a, b) => inOrder(a.call, b.call));
  try {
    const answers = await many(ordered.map(({ call }) => call));
    if (answers.length !== ordered.length) throw new Error("not an answer for each call");
    for (const [index, { resolve }] of ordered.entries()) resolve(answers[index] as Answer);
  } catch (error) {
    if (isRolledBack(error)) await Promise.all(ordered.map((each) => answer(each, one)));
    else for (const { reject } of ordered) reject(error);
  }
}

async function answer<Call, Answer>(
  { call, resolve, reject }: Waiting<Call, Answer>,
  one: (call: Call) => Promise<Answer>,
): Promise<void> {
  try {
    resolve(await one(call));
  } catch (error) {
    reject(error);
  }
}

function isRolledBack(error: unknown): boolean {
  const code = sqlFailure(error)?.code;
  return code !== undefined && !unsettledClasses.has(code.slice(0, 2));
}
