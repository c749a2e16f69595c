import type { PageContext } from "./context.ts";
import { passOf } from "./cookies.ts";
import { localPath } from "./locale.ts";
import { signInAgainPath } from "./sign-in-path.ts";

/**
 * For whom the seats of an event are not open: to its waiting room. Who has a pass and is no longer signed in has been
 * admitted already, and need only sign in again: the waiting room would send them back here.
 */
export function toWaitingRoom(c: PageContext, eventId: string): Response {
  const isAdmitted = !c.get("session") && passOf(c, eventId) !== undefined;
  return c.redirect(
    isAdmitted ? signInAgainPath(c) : localPath(c.get("locale"), `/wait/${eventId}`),
    303,
  );
}
