import * as z from "zod";
import { Booking } from "../../../contracts/bookings.ts";
import { seatCount, type Command, type Round } from "./commands.ts";
import type { TestedProcess } from "./tested-process.ts";
import type { Answer, KeyedRequest, World } from "./world.ts";

/** Performs one command in one process, and checks the answer against what the user was told before. */
export async function perform(
  world: World,
  at: TestedProcess,
  command: Command,
  round: Round,
): Promise<void> {
  switch (command.kind) {
    case "place":
    case "place-best":
      return place(world, at, command, round);
    case "confirm":
    case "extend":
      return change(world, at, command, round);
    case "end": {
      const known = world.booking(command.booking);
      if (!known) return;
      world.locked.delete(known.id);
      const { user } = known;
      judge(world, await world.ask(at, `/bookings/${known.id}`, { method: "DELETE", user }));
      return;
    }
    case "read": {
      const known = world.booking(command.booking);
      if (!known) return;
      judge(world, await world.ask(at, `/bookings/${known.id}`, { user: known.user }));
      return;
    }
    case "trespass":
      return trespass(world, at, command);
    case "expire": {
      const known = world.booking(command.booking);
      if (known) await world.expire(known.id, command.where);
      return;
    }
    case "sweep":
      await at.sweep();
      return;
    case "settle":
      await world.makePaymentsDue();
      await at.settle(world.bookings.map(({ id }) => id));
      return;
    case "call-off":
      await world.callOff();
      await at.endCancelled();
      return;
    case "block":
    case "unblock": {
      const [from, to] =
        command.kind === "block" ? ["available", "blocked"] : ["blocked", "available"];
      await world.lab.database.pool.query(
        "UPDATE tickets SET status = $3 WHERE id = $1 AND status = $2",
        [world.ticketIds[command.seat], from, to],
      );
      return;
    }
    default:
      command satisfies never;
  }
}

type Place = Extract<Command, { kind: "place" | "place-best" }>;
type Change = Extract<Command, { kind: "confirm" | "extend" }>;

async function place(world: World, at: TestedProcess, command: Place, round: Round): Promise<void> {
  const user = world.user(command.user);
  const body =
    command.kind === "place"
      ? {
          ticketIds: command.seats.map((seat) => world.ticketIds[seat % seatCount]),
          ...(command.acceptEqualSeats && { acceptEqualSeats: true }),
        }
      : { bestAvailable: { quantity: command.quantity } };
  const quantity = command.kind === "place" ? command.seats.length : command.quantity;
  const keyed = command.key === undefined ? undefined : world.keyed(user, command.key);
  const path = `/bookings/${world.eventId}`;
  const remember = keyed && begin(world, { user, key: keyed.key, path, body });
  const answer = await world.ask(at, path, {
    method: "POST",
    user,
    body,
    ...(keyed && { headers: { "Idempotency-Key": keyed.key } }),
  });
  judge(world, answer);
  if (keyed) world.learn({ id: keyed.bookingId, user });
  remember?.(answer);
  if (answer.status !== 201) return;

  const booking = Booking.parse(JSON.parse(answer.text));
  world.learn({ id: booking.id, user });
  if (booking.tickets.length !== quantity) {
    world.violations.push(`asked for ${quantity}, got ${booking.tickets.length}: ${answer.text}`);
  }
  if (round.isRedisDown && !answer.isReplay) world.violations.push("a hold without Redis");
  const isCalm = !round.isRedisDown && round.faults.every((fault) => fault === undefined);
  const isSolitary = round.commands.length === 1;
  if (!answer.isReplay && isCalm && isSolitary) world.locked.add(booking.id);
}

async function change(
  world: World,
  at: TestedProcess,
  command: Change,
  round: Round,
): Promise<void> {
  const known = world.booking(command.booking);
  if (!known) return;
  const { id, user } = known;
  const key = command.key === undefined ? undefined : `${command.kind}-${id}-${command.key}`;
  const isAlone = round.commands.length === 1 && round.faults.every((it) => it === undefined);
  const isLive = isAlone && (await isLiveHold(world, id));
  const path = `/bookings/${id}/${command.kind}`;
  // What came under the key before may have died in the middle, or have asked for something else.
  const isFirst = key === undefined || !wasUsed(world, user, key);
  const { paymentMethod } = command;
  const body = command.kind === "confirm" && world.lab.stripe ? { paymentMethod } : undefined;
  const remember = key === undefined ? undefined : begin(world, { user, key, path, body });
  const answer = await world.ask(at, path, {
    method: "POST",
    user,
    body,
    ...(key !== undefined && { headers: { "Idempotency-Key": key } }),
  });
  judge(world, answer);
  remember?.(answer);
  if (command.kind !== "confirm" || answer.isReplay) return;
  const mayRefuse = world.lab.stripe !== undefined && [402, 503].includes(answer.status);
  if (isLive && isFirst && answer.status !== 200 && !mayRefuse) {
    world.violations.push(`a live hold could not be confirmed: ${answer.text}`);
  }
  if (answer.status === 200 && Booking.parse(JSON.parse(answer.text)).status !== "confirmed") {
    world.violations.push(`confirmed, but it is not: ${answer.text}`);
  }
}

async function trespass(
  world: World,
  at: TestedProcess,
  { booking, ends }: Extract<Command, { kind: "trespass" }>,
): Promise<void> {
  const known = world.booking(booking);
  if (!known) return;
  const user = `stranger-${world.eventId}`;
  const answer = await (ends
    ? world.ask(at, `/bookings/${known.id}`, { method: "DELETE", user })
    : world.ask(at, `/bookings/${known.id}/confirm`, { method: "POST", user }));
  judge(world, answer);
  if (![404, 503, 0].includes(answer.status)) {
    world.violations.push(`a stranger was answered ${answer.status}: ${answer.text}`);
  }
}

/** Held, its time not over, and none of its tickets blocked: nothing may keep its owner from confirming it. */
async function isLiveHold(world: World, bookingId: string): Promise<boolean> {
  const { rows } = await world.lab.database.pool.query<{ live: boolean }>(
    `SELECT b.status = 'held' AND b.expires_at > now() + interval '5 seconds'
            AND NOT EXISTS (SELECT FROM booking_tickets c JOIN tickets t ON t.id = c.ticket_id
                            WHERE c.booking_id = b.id AND t.status <> 'available') AS live
     FROM bookings b WHERE id = $1`,
    [bookingId],
  );
  return rows[0]?.live ?? false;
}

const ProblemCode = z.object({ code: z.string() });

/** No answer may be a bug, and a refusal must have changed nothing. */
function judge(world: World, { requestId, status, text }: Answer): void {
  if (status === 500) world.violations.push(`an internal error: ${text}`);
  if (status < 400 || status >= 500) return;
  // A payment can be declined after the tickets were booked: that is undone, and both is on record.
  if (status !== 402) world.refused.push(requestId);
}

/**
 * The same key with the same request has the same answer for ever; with another request it is refused. Of two at the
 * same time one may have been refused for its seats before the other succeeded, whoever is answered first.
 * @returns what to do with the answer
 */
function begin(world: World, request: KeyedRequest): (answer: Answer) => void {
  const name = `${request.user} ${request.key}`;
  const isAfterSuccess = world.kept.has(name);
  return (answer) => {
    const isSuccess = answer.status === 200 || answer.status === 201;
    const kept = world.kept.get(name);
    if (!kept) {
      if (isSuccess) world.kept.set(name, { request, text: answer.text });
      else world.tried.set(name, request);
      return;
    }
    const isSame = isSameRequest(kept.request, request);
    if (isSuccess && !(isSame && kept.text === answer.text)) {
      world.violations.push(`key ${name} was answered twice: ${kept.text} and ${answer.text}`);
    }
    const isExpected = isSame
      ? isSuccess || [0, 503].includes(answer.status) || isInFlight(answer)
      : [0, 422, 503].includes(answer.status) || isInFlight(answer);
    if (isAfterSuccess && !isExpected) {
      world.violations.push(`key ${name}, ${isSame ? "same" : "other"} request: ${answer.text}`);
    }
  };
}

function wasUsed({ kept, tried }: World, user: string, key: string): boolean {
  const name = `${user} ${key}`;
  return kept.has(name) || tried.has(name);
}

function isSameRequest(one: KeyedRequest, other: KeyedRequest): boolean {
  return one.path === other.path && JSON.stringify(one.body) === JSON.stringify(other.body);
}

/** Whether an answer says that the first request under the key is not over yet. */
export function isInFlight({ status, text }: Answer): boolean {
  return status === 409 && ProblemCode.parse(JSON.parse(text)).code === "idempotency-key-in-use";
}
