import type { Booking } from "../../contracts/bookings.ts";
import { callerOf, type PageContext } from "./context.ts";
import { choicePath } from "./cookies.ts";
import { problemPage, type WayBack } from "./errors.tsx";
import { money, places, time } from "./format.ts";
import { respond } from "./layout.tsx";
import { localPath } from "./locale.ts";
import { hasReturned, payPage, returnAddress } from "./pay.tsx";

/** `/hold/:booking`: check, then confirm; or extend, or let go. After expiry the same seats are one tap away. */
export async function holdPage(c: PageContext): Promise<Response> {
  const { deps, locale, m } = c.var;
  const loaded = await deps.getBooking(callerOf(c), bookingId(c));
  if (!loaded.ok) return problemPage(c, loaded.problem);
  const booking = loaded.value;
  if (booking.status === "confirmed") {
    return c.redirect(localPath(locale, `/tickets/${booking.id}`), 303);
  }
  const event = await deps.loadEvent(booking.eventId);
  if (!event.ok) return problemPage(c, event.problem);
  const zone = event.value.event.timeZone;
  const expiresAt = booking.expiresAt === null ? 0 : Date.parse(booking.expiresAt);
  const isOff = event.value.event.status === "cancelled";
  const live = booking.status === "held" && expiresAt > deps.now() && !isOff;
  const over = hasRunOut(booking) ? m.hold.expired : m.hold.ended;
  const body = (
    <section class="narrow">
      {c.req.query("notice") === "signed-in" ? (
        <p class="notice good" role="status">
          {m.hold.signedIn}
        </p>
      ) : (
        ""
      )}
      <p class="eyebrow dots">
        <span>
          <bdi>{event.value.event.name}</bdi>
        </span>
        <span>{time(locale, "full", event.value.event.startsAt, zone)}</span>
      </p>
      {live ? (
        <Live c={c} booking={booking} zone={zone} expiresAt={expiresAt} />
      ) : isOff ? (
        <CalledOff c={c} booking={booking} />
      ) : (
        <Over c={c} booking={booking} />
      )}
    </section>
  );
  const title = live ? m.hold.title : isOff ? m.event.cancelled : over;
  return respond(c, { title, script: "hold.js", body });
}

interface LiveProps {
  c: PageContext;
  booking: Booking;
  zone: string;
  expiresAt: number;
}

function Live({ c, booking, zone, expiresAt }: LiveProps) {
  const { m, locale, deps } = c.var;
  const cap = booking.extendableUntil === null ? undefined : Date.parse(booking.extendableUntil);
  const extendable = cap !== undefined && cap > expiresAt;
  const action = (verb: string) => localPath(locale, `/hold/${booking.id}/${verb}`);
  return (
    <>
      <h1 id="summary" tabindex={-1}>
        {m.hold.title}
      </h1>
      <hold-timer
        data-expires-at={expiresAt}
        data-server-now={deps.now()}
        data-clock={m.hold.clock("{clock}")}
        data-left-one={m.hold.left(1)}
        data-left={m.hold.left(2).replace("2", "{minutes}")}
        data-offline={m.hold.offline}
        data-your-time={m.hold.yourTime("{time}")}
        data-zone={zone}
        data-locale={locale}
      >
        <p class="hidden" role="status" />
        <p class="until">
          {m.hold.until(booking.tickets.length, time(locale, "time", expiresAt, zone))}
        </p>
      </hold-timer>
      <p class="lead">{hasReturned(c) ? m.pay.returned : m.hold.hint}</p>
      <Summary c={c} booking={booking} />
      <div class="actions">
        <form method="post" action={action("confirm")}>
          <button class="primary big">{m.hold.confirm}</button>
        </form>
        {extendable ? (
          <form method="post" action={action("extend")}>
            <button>{m.hold.extend}</button>
          </form>
        ) : (
          ""
        )}
        <form method="post" action={action("release")}>
          <button class="quiet">{m.hold.release}</button>
        </form>
      </div>
      <p class="small">
        {extendable && cap !== undefined
          ? m.hold.extendHint(time(locale, "time", cap, zone))
          : m.hold.extendOver}
      </p>
    </>
  );
}

/** The organiser called the event off: there is nothing to confirm any more, nor to hold again. */
function CalledOff({ c, booking }: { c: PageContext; booking: Booking }) {
  const { m, locale } = c.var;
  return (
    <>
      <h1>{m.event.cancelled}</h1>
      <p class="lead" role="status">
        {booking.refund ? m.tickets.refunds[booking.refund] : m.hold.calledOff}
      </p>
      <Summary c={c} booking={booking} />
      <div class="actions">
        <a class="button" href={localPath(locale, "/tickets")}>
          {m.tickets.title}
        </a>
      </div>
    </>
  );
}

/** By itself, and not because somebody let the seats go. */
function hasRunOut({ status }: Booking): boolean {
  return status === "held" || status === "expired";
}

function Over({ c, booking }: { c: PageContext; booking: Booking }) {
  const { m, locale } = c.var;
  const ranOut = hasRunOut(booking);
  return (
    <>
      <h1>{ranOut ? m.hold.expired : m.hold.ended}</h1>
      {ranOut ? (
        <p class="lead" role="status">
          {hasReturned(c) ? m.pay.returnedLate : m.hold.expiredHint}
        </p>
      ) : (
        ""
      )}
      {booking.status === "released" ? <p class="lead">{m.hold.releasedHint}</p> : ""}
      <Summary c={c} booking={booking} />
      <div class="actions">
        {ranOut && hasReturned(c) ? (
          <form method="post" action={localPath(locale, `/hold/${booking.id}/confirm`)}>
            <button class="primary big">{m.hold.confirm}</button>
          </form>
        ) : (
          ""
        )}
        <form method="post" action={localPath(locale, `/e/${booking.eventId}/hold`)}>
          {booking.tickets.map((ticket) => (
            <input type="hidden" name="ticketIds" value={ticket.id} />
          ))}
          <button class="primary">{m.hold.again}</button>
        </form>
        <a class="button" href={localPath(locale, choicePath(c, booking.eventId))}>
          {m.conflict.back}
        </a>
      </div>
    </>
  );
}

/** The seats and what they cost: the same amounts as in the list, and nothing added. */
export function Summary({ c, booking }: { c: PageContext; booking: Booking }) {
  const { m, locale } = c.var;
  return (
    <table class="summary">
      <caption class="hidden">{m.seats(booking.tickets.length)}</caption>
      <tbody>
        {booking.tickets.map((ticket) => (
          <tr>
            <th scope="row">
              <bdi>{places(m, [ticket])[0]}</bdi>
            </th>
            <td class="number">{money(locale, ticket.price)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{m.hold.total}</th>
          <td class="number total">{money(locale, booking.total)}</td>
        </tr>
      </tfoot>
    </table>
  );
}

/** `POST /hold/:booking/confirm` */
export async function postConfirm(c: PageContext): Promise<Response> {
  const id = bookingId(c);
  const confirmed = await c.get("deps").confirm(callerOf(c), id, returnAddress(c, id));
  if (confirmed.ok) {
    return c.redirect(
      localPath(c.get("locale"), `/tickets/${confirmed.value.id}?notice=bought`),
      303,
    );
  }
  const { code, payment } = confirmed.problem;
  if (code === "payment-required" && payment?.url !== undefined) {
    return payPage(c, id, payment.url);
  }
  // The hold page says what is left of it, and keeps the choice.
  if (code === "hold-expired" || code === "booking-not-changeable") return backToHold(c);
  return problemPage(c, confirmed.problem, toHold(c));
}

/** `POST /hold/:booking/extend` */
export async function postExtend(c: PageContext): Promise<Response> {
  const extended = await c.get("deps").extend(callerOf(c), bookingId(c));
  if (extended.ok || extended.problem.code === "hold-expired") return backToHold(c);
  if (extended.problem.code === "booking-not-changeable") return backToHold(c);
  return problemPage(c, extended.problem, toHold(c));
}

/** `POST /hold/:booking/release` */
export async function postRelease(c: PageContext): Promise<Response> {
  const { deps, locale } = c.var;
  const booking = await deps.getBooking(callerOf(c), bookingId(c));
  if (!booking.ok) return problemPage(c, booking.problem);
  if (booking.value.status === "confirmed") return backToHold(c); // a button here never cancels a purchase
  const released = await deps.release(callerOf(c), booking.value.id);
  if (!released.ok) return problemPage(c, released.problem, toHold(c));
  return c.redirect(
    localPath(locale, `${choicePath(c, booking.value.eventId)}?notice=released`),
    303,
  );
}

/** A problem with a hold ends nothing: the seats are still there. */
function toHold(c: PageContext): WayBack {
  return { path: `/hold/${bookingId(c)}`, label: c.get("m").pay.back };
}

function backToHold(c: PageContext): Response {
  return c.redirect(localPath(c.get("locale"), `/hold/${bookingId(c)}`), 303);
}

function bookingId(c: PageContext): string {
  return c.req.param("booking") ?? "";
}
