import type { HoldRequest } from "../../contracts/bookings.ts";
import type { Problem } from "../../contracts/problem.ts";
import { callerOf, type PageContext } from "./context.ts";
import { admissionOf, choicePath, passOf } from "./cookies.ts";
import { problemPage } from "./errors.tsx";
import { money, places } from "./format.ts";
import { choiceAddress, holdKey, readFields, readHoldForm } from "./hold-form.ts";
import { respond } from "./layout.tsx";
import { localPath } from "./locale.ts";
import { seatsById, sectionPath } from "./seats.ts";
import { signInPath } from "./sign-in-path.ts";

/** `POST /e/:id/hold`: from every way of choosing. Signing in comes first and brings the choice back. */
export async function postHold(c: PageContext): Promise<Response> {
  const { locale, deps } = c.var;
  const eventId = c.req.param("id") ?? "";
  const fields = readFields(await c.req.formData());
  const pass = passOf(c, eventId);
  const toSignIn = () => {
    const next = localPath(locale, choiceAddress(eventId, fields, pass !== undefined));
    return c.redirect(signInPath(c, next), 303);
  };
  if (!c.get("session")) return toSignIn();
  const request = readHoldForm(fields);
  if (!request) {
    const from = fields.get("from")?.[0] ?? "";
    const whole = pass === undefined ? "" : "/seats";
    const page = from === "" ? whole : `/s/${sectionPath(from)}`;
    return c.redirect(localPath(locale, `/e/${eventId}${page}?notice=choose`), 303);
  }
  const placed = await place(c, eventId, request, pass);
  if (placed.ok) return c.redirect(localPath(locale, `/hold/${placed.value.id}`), 303);
  if (placed.problem.code === "admission-required") {
    return c.redirect(localPath(locale, `/wait/${eventId}`), 303);
  }
  if (placed.problem.code === "unauthenticated") return toSignIn(); // it ended a moment ago
  if (placed.problem.code === "tickets-unavailable")
    return conflictPage(c, eventId, placed.problem);
  return problemPage(c, placed.problem, {
    path: choicePath(c, eventId),
    label: c.get("m").conflict.back,
  });

  async function place(ctx: PageContext, event: string, wanted: HoldRequest, admission?: string) {
    const caller = callerOf(ctx);
    const hold = { userId: caller.session.userId, eventId: event, request: wanted };
    const attempt = async (nth: number) =>
      deps.placeHold(caller, {
        eventId: event,
        request: wanted,
        idempotencyKey: await holdKey(hold, deps.now(), nth),
        pass: admission,
      });
    const first = await attempt(0);
    if (!first.ok) return first;
    // Released a moment ago and wanted again: the key still answers with the hold as it was then.
    const now = await deps.getBooking(caller, first.value.id);
    return now.ok && now.value.status !== "held" ? attempt(1) : first;
  }
}

/** Somebody was quicker: as good seats as one-tap holds. */
async function conflictPage(c: PageContext, eventId: string, problem: Problem): Promise<Response> {
  const { m, locale, deps } = c.var;
  const alternatives = problem.alternatives ?? [];
  const plan =
    alternatives.length === 0 ? undefined : await deps.loadPlan(eventId, admissionOf(c, eventId));
  const offers = plan?.ok
    ? alternatives.map((ids) => ({ ids, seats: seatsById(plan.value, ids), plan: plan.value }))
    : [];
  return respond(c, {
    title: m.conflict.title,
    status: 409,
    body: (
      <section class="narrow">
        <h1>{m.conflict.title}</h1>
        <p class="lead" role="alert">
          {m.conflict.lead}
        </p>
        {offers.length === 0 ? <p>{m.conflict.none}</p> : <h2>{m.conflict.alternatives}</h2>}
        <ul class="offers">
          {offers.map(({ ids, seats, plan: { prices, currency } }) => {
            const amount = seats.reduce((sum, seat) => sum + (prices[seat.priceIndex] ?? 0), 0);
            return (
              <li>
                <form
                  class="card offer"
                  method="post"
                  action={localPath(locale, `/e/${eventId}/hold`)}
                >
                  {ids.map((id) => (
                    <input type="hidden" name="ticketIds" value={id} />
                  ))}
                  <p>
                    {places(m, seats).map((place) => (
                      <bdi class="item">{place}</bdi>
                    ))}
                    <b>{money(locale, { amount, currency })}</b>
                  </p>
                  <button class="primary">
                    {m.conflict.hold}
                    <span class="hidden">{`: ${places(m, seats).join("; ")}`}</span>
                  </button>
                </form>
              </li>
            );
          })}
        </ul>
        <p>
          <a class="button" href={localPath(locale, choicePath(c, eventId))}>
            {m.conflict.back}
          </a>
        </p>
      </section>
    ),
  });
}
