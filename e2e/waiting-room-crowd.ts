import type { Booking } from "../contracts/bookings.ts";
import type { QueueAdmitted, QueueJoined, QueueStatus } from "../contracts/queue.ts";
import { type Api, type ApiAnswer, eventually } from "./api.ts";
import { type Draw, positionIndependently } from "./waiting-room-lottery.ts";

/** Somebody in the queue. */
export interface Person {
  readonly user: string;
  readonly token: string;
  ticket: string;
  number: number;
  /** What became of them. */
  state: "waiting" | "bought" | "empty-handed";
}

const togetherMax = 24;

/** Runs work for everybody, not more than a few at a time. */
export async function eachOf<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = [...items];
  const hand = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: togetherMax }, hand));
}

/** Joins, again after a 503: that is what it asks for. */
export async function join(
  api: Api,
  event: string,
  token: string,
): Promise<ApiAnswer<QueueJoined>> {
  for (;;) {
    const answer = await api<QueueJoined>("POST", `/events/${event}/queue`, { token });
    if (answer.status !== 503) return answer;
  }
}

/**
 * Waits until every shard has heard of an opening at once, which takes two seconds at most: strangers join until all of
 * them are told that the room is open.
 */
export async function untilAllKnowOfOpening(
  api: Api,
  event: string,
  token: (user: string) => Promise<string>,
): Promise<void> {
  let round = 0;
  await eventually("every shard knows that the room is open", async () => {
    round++;
    const strangers = Array.from({ length: 24 }, (_, index) => `stranger-${round}-${index}`);
    const phases = await Promise.all(
      strangers.map(async (user) => (await join(api, event, await token(user))).body.phase),
    );
    return phases.every((phase) => phase === "open") ? true : undefined;
  });
}

export function isServed(person: Person, status: QueueStatus): boolean {
  return (
    status.seed !== undefined &&
    positionIndependently(status as unknown as Draw, person.number) < status.serving
  );
}

/** One attempt of a served person: claim, hold the best two seats, confirm. Nothing is retried within. */
export async function buy(api: Api, event: string, person: Person): Promise<void> {
  const { token, ticket } = person;
  const claimed = await api<QueueAdmitted>("POST", `/events/${event}/queue/claim`, {
    token,
    headers: { "Queue-Ticket": ticket },
  });
  if (claimed.status === 410) person.state = "empty-handed";
  if (claimed.status !== 200) return;
  const headers = { "Admission-Pass": claimed.body.admissionPass };
  const held = await api<Pick<Booking, "id">>("POST", `/bookings/${event}`, {
    token,
    headers,
    body: { bestAvailable: { quantity: 2 } },
  });
  if (held.status === 409) {
    // Nothing for them now: they make room for the next person.
    await api("DELETE", `/events/${event}/queue`, { token, headers });
    person.state = "empty-handed";
  }
  if (held.status !== 201) return;
  const confirmed = await api("POST", `/bookings/${held.body.id}/confirm`, { token });
  if (confirmed.status === 200) person.state = "bought";
}
