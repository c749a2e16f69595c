import { checkQueueTicket } from "../../contracts/queue-ticket.ts";
import type { WaitingRoom } from "./open-waiting-room.ts";
import { busy, missingTicket, noRoom, notServed, notYours, placeExpired } from "./refusals.ts";
import { identityOf } from "./status-copies.ts";
import { callObject, shardStubOf } from "./stub.ts";

export interface Admitted {
  readonly event: string;
  readonly generation: number;
  readonly number: number;
  /** Unix milliseconds. */
  readonly expiresAt: number;
}

/**
 * Exchanges a served place for its admission.
 * @throws EdgeProblem `position-not-served`, `position-expired`, `forbidden` for somebody else's or an altered ticket,
 * `not-found`, `service-unavailable`
 */
export async function claimPlace(
  { env, rooms, ticketKeys }: WaitingRoom,
  claim: {
    readonly event: string;
    readonly user: string;
    readonly ticket: string | undefined;
    readonly nowSeconds: number;
  },
): Promise<Admitted> {
  const { event, user, nowSeconds } = claim;
  if (claim.ticket === undefined) throw missingTicket();
  const check = await checkQueueTicket(ticketKeys, claim.ticket, { user, event }, nowSeconds);
  if (!check.ok && check.reason === "expired") throw placeExpired("The ticket is out of date.");
  if (!check.ok) throw notYours("Queue-Ticket");
  const { generation, shard, number } = check.ticket;
  const known = await rooms.find(event);
  const room =
    known === undefined || (known !== "unknown" && known.generation !== generation)
      ? await rooms.findNow(event)
      : known;
  if (room === undefined) throw noRoom();
  if (room === "unknown") throw busy();
  if (room.generation !== generation) throw startedOver();
  const identity = { ...identityOf(room), shard };
  const stub = shardStubOf(env, identity);
  const called = await callObject(async () => await stub.claim(identity, user, number));
  if (called.status === "failed") throw busy();
  const answer = called.value;
  switch (answer.status) {
    case "admitted":
      return { event, generation, number, expiresAt: answer.expiresAt };
    case "not-served":
      throw notServed("It is not your turn yet, or the shop is full.", answer.retryAfterSeconds);
    case "sold-out":
      throw notServed("Everything is sold. If tickets come back, it goes on in order.", 60);
    case "expired":
      throw placeExpired("Your turn has passed, or you left this place. You may join again.");
    case "no-room":
      throw startedOver();
    case "unavailable":
      throw busy();
    default:
      return answer satisfies never;
  }
}

function startedOver() {
  return placeExpired("The queue was started over; this ticket is of the one before. Join again.");
}
