import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { PageContext } from "./context.ts";

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

export function setSession(c: PageContext, token: string): void {
  setCookie(c, sessionName, token, { ...options, maxAge: sessionSecondsMax });
}

export function clearSession(c: PageContext): void {
  deleteCookie(c, sessionName, options);
}

/** The admission pass for an event, if there is one: bound to event and person by its signature. */
export function passOf(c: PageContext, eventId: string): string | undefined {
  return readDigits(eventId)
    ? getCookie(c, `pass-${eventId}`, "host")?.split("~", 2)[1]
    : undefined;
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
