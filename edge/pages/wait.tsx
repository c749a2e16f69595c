import type { QueueStatus } from "../../contracts/queue.ts";
import { callerOf, type PageContext } from "./context.ts";
import { clearQueuePlace, passExpiry, queuePlaceOf, setPass, setQueuePlace } from "./cookies.ts";
import type { EventFacts } from "./deps.ts";
import { problemPage, type WayBack } from "./errors.tsx";
import { counted, moneyRange, time } from "./format.ts";
import { challengePolicy, challengeScript } from "./headers.ts";
import { respond } from "./layout.tsx";
import { localPath } from "./locale.ts";
import type { Messages } from "./messages/en.ts";

/** `/wait/:id`: the same shell for everybody; the script adds the reader's own place, `basic` does without. */
export async function waitPage(c: PageContext): Promise<Response> {
  const { deps, m, locale } = c.var;
  const eventId = c.req.param("id") ?? "";
  const [event, status] = await Promise.all([deps.loadEvent(eventId), deps.queueStatus(eventId)]);
  if (!event.ok) return problemPage(c, event.problem);
  if (!status.ok && status.problem.code === "not-found") {
    return c.redirect(localPath(locale, `/e/${eventId}`), 303);
  }
  if (!status.ok) return problemPage(c, status.problem);
  const action = (verb: string) => localPath(locale, `/wait/${eventId}/${verb}`);
  const basic = action("basic");
  const { event: facts } = event.value;
  const siteKey = deps.challengeSiteKey;
  if (siteKey !== undefined) c.header("Content-Security-Policy", challengePolicy);
  return respond(c, {
    title: `${m.wait.title} · ${facts.name}`,
    cache: "shell",
    script: "wait.js",
    noIndex: true,
    // Without delay: a page that reloads itself later would take people away from what they read (WCAG 2.2.1).
    rawHead: `<noscript><meta http-equiv="refresh" content="0; url=${basic}?reload=on"></noscript>${
      siteKey === undefined ? "" : `<script src="${challengeScript}" async defer></script>`
    }`,
    body: (
      <section class="narrow">
        <WaitHeading m={m} facts={event.value} locale={locale} />
        <queue-place
          data-status={`/events/${eventId}/queue`}
          data-place={action("place")}
          data-locale={locale}
          data-zone={facts.timeZone}
          data-messages={placeMessages(m)}
        >
          <StatusFigures c={c} status={status.value} zone={facts.timeZone} />
          <p class="place" role="status" data-line="place" />
          <p data-line="eta" />
          <p class="notice" data-line="unlikely" hidden />
          <p class="clock" data-line="clock" aria-hidden="true" hidden />
          <div class="actions">
            <form method="post" action={action("join")} data-form="join">
              {siteKey === undefined ? "" : <div class="cf-turnstile" data-sitekey={siteKey} />}
              <button class="primary big">{m.wait.join}</button>
            </form>
            <form method="post" action={action("claim")} data-form="claim" hidden>
              <button class="primary big">{m.wait.enter}</button>
            </form>
            <a
              class="button primary big"
              data-form="choose"
              href={localPath(locale, `/e/${eventId}/seats`)}
              hidden
            >
              {m.wait.choose}
            </a>
            <form method="post" action={action("leave")} data-form="leave" hidden>
              <button class="quiet">{m.wait.leave}</button>
            </form>
          </div>
          <p class="small" data-line="safe" hidden>
            {m.wait.safe}
          </p>
          <details>
            <summary>{m.wait.proof}</summary>
            <p>{m.wait.proofHint}</p>
            <p>
              {m.wait.commitment}: <code class="wrap">{status.value.commitment}</code>
            </p>
            <p data-line="proof" role="status">
              {m.wait.proofLater}
            </p>
          </details>
        </queue-place>
        <p class="small">
          <a href={basic}>{m.wait.basic}</a>
        </p>
      </section>
    ),
  });
}

export function WaitHeading(props: {
  m: Messages;
  facts: EventFacts;
  locale: PageContext["var"]["locale"];
}) {
  const { event, venue } = props.facts;
  return (
    <>
      <p class="eyebrow">{props.m.wait.title}</p>
      <h1>
        <bdi>{event.name}</bdi>
      </h1>
      <p class="dots">
        <span>{time(props.locale, "full", event.startsAt, event.timeZone)}</span>
        <span>
          <bdi>{venue.name}</bdi>
        </span>
      </p>
      <p class="lead">{props.m.wait.lead}</p>
    </>
  );
}

/** What is the same for everybody: phase, opening, the organiser's words, seats left and their prices. */
export function StatusFigures({
  c,
  status,
  zone,
}: {
  c: PageContext;
  status: QueueStatus;
  zone: string;
}) {
  const { m, locale } = c.var;
  const { priceRange, seatsLeft } = status;
  return (
    <>
      <p class="phase">
        <b data-line="phase">{m.wait.phases[status.phase]}</b>
      </p>
      {status.phase === "pre" ? (
        <p data-line="opens">
          {m.wait.opens(time(locale, "full", status.opensAt, zone))}. {m.wait.draw}
        </p>
      ) : (
        ""
      )}
      <blockquote class="card" hidden={status.message === ""}>
        <p class="eyebrow">{m.wait.message}</p>
        <p dir="auto" data-line="message">
          {status.message}
        </p>
      </blockquote>
      <p class="figures">
        <span data-line="seats">
          {seatsLeft === null
            ? ""
            : counted(locale, seatsLeft, m.wait.seatsLeft, m.wait.seatsLeftOne)}
        </span>
        <span data-line="waiting">
          {status.waiting === 0
            ? ""
            : counted(locale, status.waiting, m.wait.waiting, m.wait.waitingOne)}
        </span>
        {priceRange === null ? "" : <span>{moneyRange(locale, priceRange)}</span>}
      </p>
    </>
  );
}

/** `GET /wait/:id/place`: what the script cannot read, because the cookies are closed to scripts. */
export function waitPlace(c: PageContext): Response {
  const eventId = c.req.param("id") ?? "";
  const place = queuePlaceOf(c, eventId);
  const expiresAt = passExpiry(c, eventId);
  return c.json({
    number: place?.number ?? null,
    passExpiresAt: expiresAt !== undefined && expiresAt > c.get("deps").now() ? expiresAt : null,
    now: c.get("deps").now(),
  });
}

/** `POST /wait/:id/join` */
export async function postJoin(c: PageContext): Promise<Response> {
  const { deps } = c.var;
  const eventId = c.req.param("id") ?? "";
  const form = await c.req.parseBody();
  const challenge = form["cf-turnstile-response"]; // as Turnstile names its field
  const answer = typeof challenge === "string" ? challenge : undefined;
  const joined = await deps.joinQueue(callerOf(c), eventId, answer);
  if (!joined.ok) return problemPage(c, joined.problem, toRoom(c, eventId));
  setQueuePlace(c, eventId, joined.value);
  return backToWait(c, eventId);
}

/** `POST /wait/:id/claim`: the button "Enter". */
export async function postClaim(c: PageContext): Promise<Response> {
  const { deps, locale } = c.var;
  const eventId = c.req.param("id") ?? "";
  const place = queuePlaceOf(c, eventId);
  if (!place) return backToWait(c, eventId);
  const claimed = await deps.claimPass(callerOf(c), eventId, place.queueTicket);
  if (!claimed.ok) return problemPage(c, claimed.problem, toRoom(c, eventId));
  const { admissionPass, expiresAt } = claimed.value;
  setPass(c, eventId, admissionPass, Date.parse(expiresAt), deps.now());
  return c.redirect(localPath(locale, `/e/${eventId}/seats`), 303);
}

/** `POST /wait/:id/leave` */
export async function postLeave(c: PageContext): Promise<Response> {
  const { deps, locale } = c.var;
  const eventId = c.req.param("id") ?? "";
  const place = queuePlaceOf(c, eventId);
  if (place) {
    const left = await deps.leaveQueue(callerOf(c), eventId, place.queueTicket);
    if (!left.ok) return problemPage(c, left.problem, toRoom(c, eventId));
  }
  clearQueuePlace(c, eventId);
  return c.redirect(localPath(locale, `/e/${eventId}`), 303);
}

function toRoom(c: PageContext, eventId: string): WayBack {
  return { path: `/wait/${eventId}`, label: c.get("m").event.toQueue };
}

/** Those who came from the basic page go back there. */
async function backToWait(c: PageContext, eventId: string): Promise<Response> {
  const form = await c.req.parseBody();
  const page = form["basic"] === "on" ? "/basic" : "";
  return c.redirect(localPath(c.get("locale"), `/wait/${eventId}${page}`), 303);
}

function placeMessages(m: Messages): string {
  const { ahead, eta, seatsLeft, waiting, pass, passClock, opensIn, phases, ...words } = m.wait;
  const phaseWords = Object.entries(phases).map(([phase, word]) => [`phase-${phase}`, word]);
  return JSON.stringify({
    ...words,
    ...Object.fromEntries(phaseWords),
    ahead: ahead("{count}"),
    eta: eta("{from}", "{to}"),
    seatsLeft: seatsLeft("{count}"),
    waiting: waiting("{count}"),
    pass: pass("{time}"),
    passClock: passClock("{clock}"),
    opensIn: opensIn("{clock}"),
  });
}
