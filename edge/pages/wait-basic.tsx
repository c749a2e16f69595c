import type { QueueStatus } from "../../contracts/queue.ts";
import { etaMinutes, placeOf, type Place as QueuePlace } from "../waiting-room/core/place.ts";
import type { PageContext } from "./context.ts";
import { passExpiry, queuePlaceOf } from "./cookies.ts";
import type { EventFacts } from "./deps.ts";
import { problemPage } from "./errors.tsx";
import { counted, time, wholeNumber } from "./format.ts";
import { respond } from "./layout.tsx";
import { localPath } from "./locale.ts";
import { StatusFigures, WaitHeading } from "./wait.tsx";

const reloadSeconds = 20;

/** `/wait/:id/basic`: the waiting room for those without scripts. It reloads only if asked to, and stops when told. */
export async function waitBasicPage(c: PageContext): Promise<Response> {
  const { deps, m, locale } = c.var;
  const eventId = c.req.param("id") ?? "";
  const [event, status] = await Promise.all([deps.loadEvent(eventId), deps.queueStatus(eventId)]);
  if (!event.ok) return problemPage(c, event.problem);
  if (!status.ok && status.problem.code === "not-found") {
    return c.redirect(localPath(locale, `/e/${eventId}`), 303);
  }
  if (!status.ok) return problemPage(c, status.problem);
  const joined = queuePlaceOf(c, eventId);
  const place = joined
    ? placeOf(
        (await deps.queuePosition(status.value, joined.number)) ?? null,
        status.value,
        deps.now(),
      )
    : undefined;
  const reloads = c.req.query("reload") === "on";
  const self = localPath(locale, `/wait/${eventId}/basic`);
  return respond(c, {
    title: `${m.wait.title} · ${event.value.event.name}`,
    rawHead: reloads
      ? `<meta http-equiv="refresh" content="${reloadSeconds}; url=${self}?reload=on">`
      : "",
    body: (
      <section class="narrow">
        <WaitHeading m={m} facts={event.value} locale={locale} />
        <StatusFigures c={c} status={status.value} zone={event.value.event.timeZone} />
        <Place c={c} eventId={eventId} facts={event.value} status={status.value} place={place} />
        <p class="small">
          {reloads ? (
            <a href={self}>{m.wait.stopReload}</a>
          ) : (
            <>
              <a href={self}>{m.wait.reloadNow}</a> ·{" "}
              <a href={`${self}?reload=on`}>{m.wait.reload}</a>
            </>
          )}
        </p>
      </section>
    ),
  });
}

interface PlaceProps {
  c: PageContext;
  eventId: string;
  facts: EventFacts;
  status: QueueStatus;
  place: QueuePlace | undefined;
}

function Place({ c, eventId, facts, status, place }: PlaceProps) {
  const { m, locale, deps } = c.var;
  const expiry = passExpiry(c, eventId);
  if (expiry !== undefined && expiry > deps.now()) {
    return (
      <>
        <p class="place">{m.wait.pass(time(locale, "time", expiry, facts.event.timeZone))}</p>
        <a class="button primary big" href={localPath(locale, `/e/${eventId}/seats`)}>
          {m.wait.choose}
        </a>
      </>
    );
  }
  const over = status.phase === "closed" || status.phase === "sold-out";
  if (place?.state === "closed" || place?.state === "sold-out") return <></>; // the phase says it
  if (!place || place.state === "expired") {
    return (
      <>
        {place ? <p class="place">{m.wait.missed}</p> : ""}
        {over ? "" : <Button c={c} eventId={eventId} verb="join" label={m.wait.join} primary />}
      </>
    );
  }
  return (
    <>
      <p class="place">{placeLine(c, place)}</p>
      {place.state === "waiting" ? <p>{etaLine(c, place)}</p> : ""}
      {place.state === "waiting" && place.chance === "unlikely" ? (
        <p class="notice">{m.wait.unlikely}</p>
      ) : (
        ""
      )}
      {place.state === "served" ? <p>{m.wait.turnHint}</p> : ""}
      {place.state === "served" ? (
        <Button c={c} eventId={eventId} verb="claim" label={m.wait.enter} primary />
      ) : (
        ""
      )}
      <Button c={c} eventId={eventId} verb="leave" label={m.wait.leave} />
      <p class="small">{m.wait.safe}</p>
    </>
  );
}

type Waiting = Extract<QueuePlace, { state: "waiting" }>;

function placeLine(
  c: PageContext,
  place: Exclude<QueuePlace, { state: "closed" | "sold-out" | "expired" }>,
): string {
  const { m, locale } = c.var;
  switch (place.state) {
    case "waiting-for-draw":
      return m.wait.inDraw;
    case "waiting": {
      const ahead = place.queuePosition - 1;
      return ahead === 0 ? m.wait.first : counted(locale, ahead, m.wait.ahead, m.wait.aheadOne);
    }
    case "served":
      return m.wait.turn;
    default:
      return place satisfies never;
  }
}

function etaLine(c: PageContext, { eta }: Waiting): string {
  const { m, locale } = c.var;
  if (!eta) return m.wait.etaUnknown;
  const [from, to] = etaMinutes(eta);
  return m.wait.eta(wholeNumber(locale, from), wholeNumber(locale, to));
}

interface ButtonProps {
  c: PageContext;
  eventId: string;
  verb: "join" | "claim" | "leave";
  label: string;
  primary?: boolean;
}

function Button({ c, eventId, verb, label, primary }: ButtonProps) {
  return (
    <form method="post" action={localPath(c.get("locale"), `/wait/${eventId}/${verb}`)}>
      <input type="hidden" name="basic" value="on" />
      <button class={primary === true ? "primary big" : "quiet"}>{label}</button>
    </form>
  );
}
