import { correction, generate } from "lean-qr";
import { toSvgPath } from "lean-qr/extras/svg";
import type { Booking } from "../../contracts/bookings.ts";
import type { Ticket } from "../../contracts/events.ts";
import { toProblem } from "../../contracts/problem.ts";
import { calendarFile } from "./calendar.ts";
import { callerOf, type PageContext } from "./context.ts";
import type { EventFacts, TicketCode } from "./deps.ts";
import { problemPage } from "./errors.tsx";
import { money, places, time } from "./format.ts";
import { ticketsPolicy } from "./headers.ts";
import { Summary } from "./hold.tsx";
import { respond } from "./layout.tsx";
import { localPath } from "./locale.ts";
import { Pager } from "./pager.tsx";

/** `/tickets`: what somebody holds and has bought. */
export async function ticketsPage(c: PageContext): Promise<Response> {
  const { deps, m, locale } = c.var;
  const page = Math.max(1, Number(c.req.query("page")) || 1);
  const listed = await deps.listBookings(callerOf(c), page);
  if (!listed.ok) return problemPage(c, listed.problem);
  const { bookings, total, pageSize } = listed.value;
  const facts = new Map<string, EventFacts>();
  const ids = [...new Set(bookings.map(({ eventId }) => eventId))];
  await Promise.all(
    ids.map(async (id) => {
      const event = await deps.loadEvent(id);
      if (event.ok) facts.set(id, event.value);
    }),
  );
  const groups = [
    [m.tickets.held, bookings.filter((it) => isLive(it, deps.now()))],
    [m.tickets.confirmed, bookings.filter((it) => it.status === "confirmed")],
    [m.tickets.past, bookings.filter((it) => it.status !== "confirmed" && !isLive(it, deps.now()))],
  ] as const;
  return respond(c, {
    title: m.tickets.title,
    script: "tickets.js",
    body: (
      <section>
        <h1>{m.tickets.title}</h1>
        {bookings.length === 0 ? (
          <>
            <p class="lead">{m.tickets.none}</p>
            <a class="button primary" href={localPath(locale, "/")}>
              {m.tickets.find}
            </a>
          </>
        ) : (
          ""
        )}
        {groups.map(([title, list]) =>
          list.length === 0 ? (
            ""
          ) : (
            <>
              <h2>{title}</h2>
              <ol class="events">
                {list.map((booking) => (
                  <BookingRow c={c} booking={booking} facts={facts.get(booking.eventId)} />
                ))}
              </ol>
            </>
          ),
        )}
        <Pager
          m={m}
          page={page}
          pages={Math.ceil(total / pageSize)}
          to={(nth) => `${localPath(locale, "/tickets")}?page=${nth}`}
        />
      </section>
    ),
  });
}

function isLive(booking: Booking, now: number): boolean {
  return (
    booking.status === "held" && booking.expiresAt !== null && Date.parse(booking.expiresAt) > now
  );
}

interface RowProps {
  c: PageContext;
  booking: Booking;
  facts: EventFacts | undefined;
}

function BookingRow({ c, booking, facts }: RowProps) {
  const { m, locale, deps } = c.var;
  const live = isLive(booking, deps.now()) && facts?.event.status !== "cancelled";
  const name = facts?.event.name ?? booking.eventId;
  return (
    <li class="event">
      <div class="what">
        <h3>
          <bdi>{name}</bdi>
        </h3>
        <p class="dots">
          {facts ? (
            <span>{time(locale, "full", facts.event.startsAt, facts.event.timeZone)}</span>
          ) : (
            ""
          )}
          <span>{m.seats(booking.tickets.length)}</span>
          <span>{money(locale, booking.total)}</span>
          <span>
            {booking.status === "held" && !live
              ? m.tickets.statuses.expired
              : m.tickets.statuses[booking.status]}
          </span>
          {booking.refund ? <span>{m.tickets.refunds[booking.refund]}</span> : ""}
        </p>
        {facts?.event.status === "cancelled" ? <p>{m.event.cancelled}</p> : ""}
      </div>
      {live ? (
        <a class="button primary" href={localPath(locale, `/hold/${booking.id}`)}>
          {m.tickets.toHold}
          <span class="hidden">{`: ${name}`}</span>
        </a>
      ) : (
        ""
      )}
      {booking.status === "confirmed" ? (
        <a class="button" href={localPath(locale, `/tickets/${booking.id}`)}>
          {m.tickets.show}
          <span class="hidden">{`: ${name}`}</span>
        </a>
      ) : (
        ""
      )}
    </li>
  );
}

/** `/tickets/:booking`: one e-ticket a seat, to show or to print; `/tickets/:booking.ics`: for the calendar. */
export async function ticketPage(c: PageContext): Promise<Response> {
  const { deps, m, locale } = c.var;
  const asked = c.req.param("booking") ?? "";
  const loaded = await deps.getBooking(callerOf(c), asked.replace(/\.ics$/, ""));
  if (!loaded.ok) return problemPage(c, loaded.problem);
  const booking = loaded.value;
  if (booking.status === "held") return c.redirect(localPath(locale, `/hold/${booking.id}`), 303);
  if (booking.status !== "confirmed") {
    return problemPage(c, toProblem("not-found", "No tickets.", c.get("requestId")));
  }
  const event = await deps.loadEvent(booking.eventId);
  if (!event.ok) return problemPage(c, event.problem);
  if (asked.endsWith(".ics")) return calendarResponse(c, event.value, booking);
  const codes = await deps.ticketCodes(callerOf(c), booking);
  c.header("Content-Security-Policy", ticketsPolicy);
  return respond(c, {
    title: `${m.tickets.title} · ${event.value.event.name}`,
    script: "tickets.js",
    body: (
      <section>
        {c.req.query("notice") === "bought" ? (
          <p class="notice good" role="status">
            {m.tickets.thanks}
          </p>
        ) : (
          ""
        )}
        <h1>
          <bdi>{event.value.event.name}</bdi>
        </h1>
        {codes.ok ? (
          <ol class="stubs">
            {booking.tickets.map((ticket, index) => (
              <Stub
                c={c}
                facts={event.value}
                booking={booking}
                ticket={ticket}
                index={index}
                codes={codes.value}
              />
            ))}
          </ol>
        ) : (
          <p class="notice" role="alert">
            {m.tickets.noCodes}
          </p>
        )}
        <p class="no-print">
          <a class="button" href={localPath(locale, `/tickets/${booking.id}.ics`)}>
            {m.tickets.calendar}
          </a>
        </p>
        <offline-tickets data-ready={m.tickets.offline}>
          <p class="small no-print">{m.tickets.print}</p>
        </offline-tickets>
        <div class="no-print">
          <Summary c={c} booking={booking} />
        </div>
      </section>
    ),
  });
}

interface StubProps {
  c: PageContext;
  facts: EventFacts;
  booking: Booking;
  ticket: Ticket;
  index: number;
  codes: readonly TicketCode[];
}

function Stub({ c, facts: { event, venue }, booking, ticket, index, codes }: StubProps) {
  const { m, locale } = c.var;
  const place = places(m, [ticket])[0] ?? "";
  const code = codes.find(({ ticketId }) => ticketId === ticket.id)?.code;
  return (
    <li class="stub">
      <div>
        <p class="eyebrow">{m.tickets.of(index + 1, booking.tickets.length)}</p>
        <h2>
          <bdi>
            {place.split(/(?<=,) /).map((part, nth) => (
              <>
                {nth === 0 ? "" : " "}
                <span class="part">{part}</span>
              </>
            ))}
          </bdi>
        </h2>
        <p>
          <b>
            <bdi>{event.name}</bdi>
          </b>
        </p>
        <p>{time(locale, "full", event.startsAt, event.timeZone)}</p>
        <p>
          <bdi>{venue.name}</bdi>, <bdi>{venue.city}</bdi>
        </p>
        <p>{money(locale, ticket.price)}</p>
      </div>
      {code === undefined ? "" : <QrCode code={code} label={m.tickets.qr(place)} />}
      {code === undefined ? "" : <p class="code">{code}</p>}
    </li>
  );
}

/** Modules of white around the code, as the standard asks for. */
const quietZone = 4;

function QrCode({ code, label }: { code: string; label: string }) {
  const bitmap = generate(code, { minCorrectionLevel: correction.M }); // for scratched screens and folded paper
  const size = bitmap.size + 2 * quietZone;
  return (
    <svg
      class="qr"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shape-rendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path transform={`translate(${quietZone} ${quietZone})`} d={toSvgPath(bitmap)} fill="#000" />
    </svg>
  );
}

/** `/e/:id/calendar.ics`: the event alone, public. */
export async function eventCalendar(c: PageContext): Promise<Response> {
  const event = await c.get("deps").loadEvent(c.req.param("id") ?? "");
  return event.ok ? calendarResponse(c, event.value) : problemPage(c, event.problem);
}

function calendarResponse(c: PageContext, facts: EventFacts, booking?: Booking): Response {
  const { m, deps, locale } = c.var;
  const url = deps.publicOrigin + localPath(locale, `/e/${facts.event.id}`);
  const seats = booking === undefined ? [] : places(m, booking.tickets);
  const file = calendarFile(facts, { url, seats, now: deps.now() });
  return c.body(file, 200, {
    "Content-Type": "text/calendar; charset=utf-8",
    "Content-Disposition": `attachment; filename="event-${facts.event.id}.ics"`,
    "Cache-Control": booking === undefined ? "public, max-age=60" : "no-store",
  });
}
