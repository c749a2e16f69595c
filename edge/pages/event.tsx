import type { Child } from "hono/jsx";
import { toProblem } from "../../contracts/problem.ts";
import { Chooser, MapPreloads } from "./chooser.tsx";
import type { PageContext } from "./context.ts";
import { admissionOf } from "./cookies.ts";
import type { Admission, EventFacts } from "./deps.ts";
import { problemPage } from "./errors.tsx";
import { Facts } from "./facts.tsx";
import { time } from "./format.ts";
import { PassNotice } from "./pass-notice.tsx";
import { respond } from "./layout.tsx";
import { Metadata } from "./metadata.tsx";
import { localPath } from "./locale.ts";
import type { Offers } from "./json-ld.ts";
import { toWaitingRoom } from "./to-waiting-room.ts";
import { summarise, type SectionSummary } from "./seats.ts";

/** `/e/:id`: the facts for everybody and, where there is no waiting room, the choice of seats. */
export async function eventPage(c: PageContext): Promise<Response> {
  const { deps, locale, path } = c.var;
  const eventId = c.req.param("id") ?? "";
  const loaded = await deps.loadEvent(eventId);
  if (!loaded.ok) return problemPage(c, loaded.problem);
  const facts = loaded.value;
  const state = saleState(facts, deps.now());
  const chosen = state === "on-sale" ? await loadChooser(c, facts) : undefined;
  const queued = state === "queued" || chosen === "admission-required";
  const isOff = state === "cancelled" || state === "over";
  const url = deps.publicOrigin + localPath(locale, path);
  const body = (
    <>
      <Notices c={c} />
      {isOff ? <SaleNotice c={c} facts={facts} state={state} /> : ""}
      <Facts c={c} facts={facts} isOff={isOff} />
      {queued ? <QueueHint c={c} eventId={eventId} /> : ""}
      {state === "early" ? <SaleNotice c={c} facts={facts} state={state} /> : ""}
      {chosen === "unavailable" ? (
        <p class="notice">{c.var.m.problems["service-unavailable"]}</p>
      ) : (
        ""
      )}
      {typeof chosen === "object" ? chosen.body : ""}
    </>
  );
  return respond(c, {
    title: facts.event.name,
    description: describe(c, facts),
    body,
    cache: "public",
    script: typeof chosen === "object" ? "event.js" : "page.js",
    head: (
      <>
        <Metadata
          facts={facts}
          url={url}
          offers={typeof chosen === "object" ? chosen.offers : undefined}
          description={describe(c, facts)}
        />
        {typeof chosen === "object" ? chosen.head : ""}
      </>
    ),
  });
}

/** `/e/:id/seats`: the choice of seats for somebody with an admission pass. Never cached. */
export async function seatsPage(c: PageContext): Promise<Response> {
  const { deps, locale } = c.var;
  const eventId = c.req.param("id") ?? "";
  const loaded = await deps.loadEvent(eventId);
  if (!loaded.ok) return problemPage(c, loaded.problem);
  const facts = loaded.value;
  const state = saleState(facts, deps.now());
  if (state !== "on-sale" && state !== "queued")
    return c.redirect(localPath(locale, `/e/${eventId}`), 303);
  const chosen = await loadChooser(c, facts, admissionOf(c, eventId));
  if (chosen === "admission-required") return toWaitingRoom(c, eventId);
  if (chosen === "unavailable") return problemPage(c, unavailable(c));
  return respond(c, {
    title: facts.event.name,
    script: "event.js",
    head: chosen.head,
    body: (
      <>
        <Notices c={c} />
        <PassNotice c={c} eventId={eventId} zone={facts.event.timeZone} />
        <Facts c={c} facts={facts} />
        {chosen.body}
      </>
    ),
  });
}

type SaleState = "on-sale" | "queued" | "early" | "over" | "cancelled";

function saleState({ event }: EventFacts, now: number): SaleState {
  if (event.status === "cancelled") return "cancelled";
  if (Date.parse(event.endsAt) <= now) return "over";
  if (event.admission === "queue") return "queued";
  return Date.parse(event.onSaleAt) > now ? "early" : "on-sale";
}

interface Chosen {
  readonly body: Child;
  /** For the document's head: what the map's script will ask for. */
  readonly head: Child;
  readonly offers: Offers;
}

async function loadChooser(
  c: PageContext,
  { event }: EventFacts,
  admission?: Admission,
): Promise<Chosen | "admission-required" | "unavailable"> {
  const { deps } = c.var;
  const [plan, availability] = await Promise.all([
    deps.loadPlan(event.id, admission),
    deps.loadAvailability(event.id, admission),
  ]);
  for (const part of [plan, availability]) {
    if (!part.ok && part.problem.code === "admission-required") return "admission-required";
  }
  if (!plan.ok || !availability.ok) return "unavailable";
  const sections = summarise(plan.value, availability.value.statuses);
  const base = admission === undefined ? `/events/${event.id}` : `/e/${event.id}/seats`;
  const data = {
    plan: `${base}/plan`,
    availability: `${base}/availability`,
    live: `${base}/live`,
  };
  return {
    body: (
      <Chooser
        c={c}
        eventId={event.id}
        plan={plan.value}
        sections={sections}
        packed={availability.value.statuses}
        heldKnown={availability.value.heldKnown !== false}
        data={data}
      />
    ),
    head: <MapPreloads plan={data.plan} availability={data.availability} />,
    offers: offersOf(sections, plan.value.currency),
  };
}

function offersOf(sections: readonly SectionSummary[], currency: string): Offers {
  const sellable = sections.some((it) => it.free > 0)
    ? sections.filter((it) => it.free > 0)
    : sections;
  return {
    min: Math.min(...sellable.map((it) => it.min)),
    max: Math.max(...sellable.map((it) => it.max)),
    free: sections.reduce((sum, it) => sum + it.free, 0),
    currency,
  };
}

function SaleNotice({
  c,
  facts: { event },
  state,
}: {
  c: PageContext;
  facts: EventFacts;
  state: SaleState;
}) {
  const { m, locale } = c.var;
  if (state === "cancelled") return <p class="notice strong">{m.event.cancelled}</p>;
  if (state === "over") return <p class="notice strong">{m.event.past}</p>;
  return (
    <p class="notice strong">
      {m.event.onSale(time(locale, "full", event.onSaleAt, event.timeZone))}
    </p>
  );
}

function QueueHint({ c, eventId }: { c: PageContext; eventId: string }) {
  const { m, locale } = c.var;
  return (
    <section class="card">
      <h2>{m.wait.title}</h2>
      <p>{m.event.queued}</p>
      <a class="button primary" href={localPath(locale, `/wait/${eventId}`)}>
        {m.event.toQueue}
      </a>
    </section>
  );
}

/** What just happened, told by the address, so that the page stays the same for everybody who has it. */
function Notices({ c }: { c: PageContext }) {
  const { m } = c.var;
  const notice = c.req.query("notice");
  if (notice === "released")
    return (
      <p class="notice good" role="status">
        {m.event.released}
      </p>
    );
  if (notice === "choose")
    return (
      <p class="notice" role="alert">
        {m.section.chooseOne}
      </p>
    );
  if (notice === "signed-in")
    return (
      <p class="notice good" role="status">
        {m.event.signedIn}
      </p>
    );
  return <></>;
}

function describe(c: PageContext, { event, venue }: EventFacts): string {
  const when = time(c.var.locale, "full", event.startsAt, event.timeZone);
  return `${when} · ${venue.name}, ${venue.city}`;
}

function unavailable(c: PageContext) {
  return toProblem(
    "service-unavailable",
    "The seats cannot be read right now.",
    c.get("requestId"),
  );
}
