import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { PageContext } from "./context.ts";
import type { Admission } from "./deps.ts";

const sessionName = "session";
/** A working day: long enough for a purchase, short enough for a shared computer. */
export const sessionSecondsMax = 8 * 3600;
/** The signed queue ticket says itself when it is over. */
const queueTicketSecondsMax = 24 * 3600;

/** `__Host-`: only by us, only over TLS (or localhost), never for a subdomain. */
const options = {
  prefix: "host",
  secure: true,
  httpOnly: true,
  sameSite: "Lax",
  path: "/",
} as const;

export function sessionToken(c: PageContext): string | undefined {
  return getCookie(c, sessionName, "host");
}

/** @param secondsLeft of the token; the session ends with it at the latest */
export function setSession(c: PageContext, token: string, secondsLeft: number): void {
  const maxAge = Math.max(0, Math.min(sessionSecondsMax, Math.floor(secondsLeft)));
  setCookie(c, sessionName, token, { ...options, maxAge });
}

/** Everything of ours: session, queue tickets, admission passes and sign-ins under way. */
export function clearAll(c: PageContext): void {
  const ours = /^__Host-((?:session|sign-in|queue|pass)(?:-[A-Za-z0-9_-]+)?)$/;
  for (const name of Object.keys(getCookie(c))) {
    const bare = ours.exec(name)?.[1];
    if (bare !== undefined) deleteCookie(c, bare, options);
  }
}

/** Long enough to find one's password. */
const signInSeconds = 15 * 60;

/** Where a sign-in stands, one cookie each, so that two tabs can sign in. */
export function setSignIn(c: PageContext, state: string, value: string): void {
  setCookie(c, signInName(state), value, { ...options, maxAge: signInSeconds });
}

/** Reads and removes what {@link setSignIn} kept: a sign-in can be finished once. */
export function takeSignIn(c: PageContext, state: string): string | undefined {
  const value = getCookie(c, signInName(state), "host");
  if (value !== undefined) deleteCookie(c, signInName(state), options);
  return value;
}

function signInName(state: string): string {
  return `sign-in-${state.replaceAll(/[^A-Za-z0-9]/g, "").slice(0, 12)}`;
}

/** The admission pass for an event, if there is one: bound to event and person by its signature. */
export function passOf(c: PageContext, eventId: string): string | undefined {
  return readDigits(eventId)
    ? getCookie(c, `pass-${eventId}`, "host")?.split("~", 2)[1]
    : undefined;
}

/** Pass and person together; neither opens anything alone. Only behind `readSession`. */
export function admissionOf(c: PageContext, eventId: string): Admission | undefined {
  const [pass, session] = [passOf(c, eventId), c.get("session")];
  return pass === undefined || !session
    ? undefined
    : { pass, caller: { session, requestId: c.get("requestId") } };
}

/** Where somebody chooses seats of an event: people with a pass have a page of their own. */
export function choicePath(c: PageContext, eventId: string): string {
  return `/e/${eventId}${passOf(c, eventId) === undefined ? "" : "/seats"}`;
}

/** When the pass ends, in Unix milliseconds: for the countdown; what counts is inside the pass. */
export function passExpiry(c: PageContext, eventId: string): number | undefined {
  const expiry = readDigits(eventId)
    ? getCookie(c, `pass-${eventId}`, "host")?.split("~", 2)[0]
    : undefined;
  return expiry === undefined ? undefined : Number(expiry);
}

export function setPass(
  c: PageContext,
  eventId: string,
  pass: string,
  expiresAt: number,
  now: number,
): void {
  const maxAge = Math.max(0, Math.floor((expiresAt - now) / 1000));
  setCookie(c, `pass-${eventId}`, `${expiresAt}~${pass}`, { ...options, maxAge });
}

export interface QueuePlace {
  readonly number: number;
  readonly queueTicket: string;
}

export function queuePlaceOf(c: PageContext, eventId: string): QueuePlace | undefined {
  const value = readDigits(eventId) ? getCookie(c, `queue-${eventId}`, "host") : undefined;
  const [number, queueTicket] = value?.split("~", 2) ?? [];
  return number !== undefined && /^\d+$/.test(number) && queueTicket
    ? { number: Number(number), queueTicket }
    : undefined;
}

export function setQueuePlace(
  c: PageContext,
  eventId: string,
  { number, queueTicket }: QueuePlace,
): void {
  setCookie(c, `queue-${eventId}`, `${number}~${queueTicket}`, {
    ...options,
    maxAge: queueTicketSecondsMax,
  });
}

export function clearQueuePlace(c: PageContext, eventId: string): void {
  deleteCookie(c, `queue-${eventId}`, options);
}

/** Event ids become cookie names: only digits may. */
function readDigits(eventId: string): boolean {
  return /^\d{1,18}$/.test(eventId);
}
