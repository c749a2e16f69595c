import { markedSeats } from "../../contracts/plan-codec.ts";
import type { Plan } from "../../contracts/plan.ts";
import { ticketLimitDefault } from "../../contracts/bookings.ts";
import { MapPreloads, mapMessages, mapPrices } from "./chooser.tsx";
import type { PageContext } from "./context.ts";
import { admissionOf } from "./cookies.ts";
import type { EventFacts } from "./deps.ts";
import { notFoundPage, problemPage } from "./errors.tsx";
import { money, time } from "./format.ts";
import { respond } from "./layout.tsx";
import { localPath } from "./locale.ts";
import { PassNotice } from "./pass-notice.tsx";
import { toWaitingRoom } from "./to-waiting-room.ts";
import { seatsOfSection, sectionName, type Seat } from "./seats.ts";

/** Rows beyond so many seats go to a further page, so that a page of a standing area stays small. */
const seatsPerPage = 600;

/** `/e/:id/s/:section`: every seat as a checkbox; the way for keyboards, screen readers and deep links. */
export async function sectionPage(c: PageContext): Promise<Response> {
  const { deps, m, locale } = c.var;
  const eventId = c.req.param("id") ?? "";
  const name = sectionName(c.req.param("section") ?? "");
  const admission = admissionOf(c, eventId);
  const [facts, plan, availability] = await Promise.all([
    deps.loadEvent(eventId),
    deps.loadPlan(eventId, admission),
    deps.loadAvailability(eventId, admission),
  ]);
  for (const part of [facts, plan, availability]) {
    if (part.ok) continue;
    if (part.problem.code !== "admission-required") return problemPage(c, part.problem);
    return toWaitingRoom(c, eventId);
  }
  if (!facts.ok || !plan.ok || !availability.ok) return notFoundPage(c);
  const seats = seatsOfSection(plan.value, availability.value.statuses, name);
  if (seats.length === 0) return notFoundPage(c);
  const pages = paginate(intoRows(seats));
  const nth = Math.min(Math.max(1, Number(c.req.query("rows")) || 1), pages.length);
  const base = admission === undefined ? `/events/${eventId}` : `/e/${eventId}/seats`;
  return respond(c, {
    title: `${m.section.title(name)} · ${facts.value.event.name}`,
    script: "event.js",
    head: <MapPreloads plan={`${base}/plan`} availability={`${base}/availability`} />,
    body: (
      <>
        <p class="back">
          <a href={localPath(locale, `/e/${eventId}${admission === undefined ? "" : "/seats"}`)}>
            {m.section.back}
          </a>
        </p>
        <PassNotice c={c} eventId={eventId} zone={facts.value.event.timeZone} />
        <Heading c={c} facts={facts.value} name={name} />
        {availability.value.heldKnown === false ? <p class="notice">{m.event.stale}</p> : ""}
        <div class="choices stacked">
          <form
            class="rows"
            method="post"
            action={localPath(locale, `/e/${eventId}/hold`)}
            id="seats"
          >
            <input type="hidden" name="from" value={name} />
            {(pages[nth - 1] ?? []).map((row) => (
              <Row c={c} plan={plan.value} row={row} />
            ))}
            <RowPager c={c} eventId={eventId} nth={nth} pages={pages.length} />
            <div class="dock">
              <p data-chosen role="status">
                {m.event.limit(ticketLimitDefault)}
              </p>
              <button class="primary">{m.section.hold}</button>
            </div>
          </form>
          <seat-map
            data-plan={`${base}/plan`}
            data-availability={`${base}/availability`}
            data-live={`${base}/live`}
            data-section={name}
            data-locale={locale}
            data-limit={ticketLimitDefault}
            data-prices={mapPrices(locale, plan.value)}
            data-messages={mapMessages(m, m.section.hint)}
            hidden
          />
        </div>
      </>
    ),
  });
}

function Heading({ c, facts, name }: { c: PageContext; facts: EventFacts; name: string }) {
  const { m, locale } = c.var;
  const { event } = facts;
  return (
    <>
      <p class="eyebrow dots">
        <span>
          <bdi>{event.name}</bdi>
        </span>
        <span>{time(locale, "full", event.startsAt, event.timeZone)}</span>
      </p>
      <h1>
        <bdi>{m.section.title(name)}</bdi>
      </h1>
      {c.req.query("notice") === "choose" ? (
        <p class="notice" role="alert">
          {m.section.chooseOne}
        </p>
      ) : (
        ""
      )}
      {c.req.query("notice") === "signed-in" ? (
        <p class="notice good" role="status">
          {m.event.signedIn}
        </p>
      ) : (
        <p class="lead">{m.section.hint}</p>
      )}
    </>
  );
}

interface SeatRow {
  readonly label: string;
  readonly seats: Seat[];
}

function intoRows(seats: readonly Seat[]): SeatRow[] {
  const rows: SeatRow[] = [];
  for (const seat of seats) {
    const last = rows.at(-1);
    if (last && last.label === seat.row && last.seats.length < seatsPerPage) last.seats.push(seat);
    else rows.push({ label: seat.row, seats: [seat] });
  }
  return rows;
}

function paginate(rows: readonly SeatRow[]): SeatRow[][] {
  const pages: SeatRow[][] = [];
  let room = 0;
  for (const row of rows) {
    const page = pages.at(-1);
    if (!page || room < row.seats.length) {
      pages.push([row]);
      room = seatsPerPage - row.seats.length;
    } else {
      page.push(row);
      room -= row.seats.length;
    }
  }
  return pages;
}

function Row({ c, plan, row }: { c: PageContext; plan: Plan; row: SeatRow }) {
  const { m, locale } = c.var;
  const chosen = new Set(c.req.queries("ticketIds") ?? []);
  const price = (seat: Seat) =>
    money(locale, { amount: plan.prices[seat.priceIndex] ?? 0, currency: plan.currency });
  const [first] = row.seats;
  const same = row.seats.every((seat) => seat.priceIndex === first?.priceIndex);
  const marks = (["accessible", "companion", "restrictedView"] as const).map(
    (mark) => [mark, markedSeats(plan, mark)] as const,
  );
  return (
    <fieldset>
      <legend>
        <bdi>{m.section.row(row.label)}</bdi>
        {same && first ? <span class="small">{price(first)}</span> : ""}
      </legend>
      {row.seats.every((seat) => !seat.free) ? <p class="small">{m.section.rowTaken}</p> : ""}
      <div class="seats">
        {row.seats.map((seat) => {
          const notes = [
            ...(same ? [] : [price(seat)]),
            ...marks.flatMap(([mark, indexes]) =>
              indexes.has(seat.index) ? [m.section[mark]] : [],
            ),
            ...(seat.free ? [] : [m.section.taken]),
          ];
          return (
            <label class={seat.free ? "seat" : "seat gone"}>
              <input
                type="checkbox"
                name="ticketIds"
                value={seat.id}
                disabled={!seat.free}
                checked={seat.free && chosen.has(seat.id)}
              />
              <span class="hidden">{m.section.seat("")} </span>
              <bdi>{seat.seat === "" ? "·" : seat.seat}</bdi>
              {notes.length === 0 ? (
                ""
              ) : (
                <span class={same && seat.free ? "note" : "hidden"}>{`, ${notes.join(", ")}`}</span>
              )}
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}

function RowPager(props: { c: PageContext; eventId: string; nth: number; pages: number }) {
  const { m } = props.c.var;
  if (props.pages === 1) return <></>;
  return (
    <p class="pager">
      {props.nth > 1 ? <a href={`?rows=${props.nth - 1}`}>{m.section.fewer}</a> : ""}
      {props.nth < props.pages ? <a href={`?rows=${props.nth + 1}`}>{m.section.more}</a> : ""}
    </p>
  );
}
