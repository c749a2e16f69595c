import { callerOf, type PageContext } from "./context.ts";
import { problemPage } from "./errors.tsx";
import { money } from "./format.ts";
import { respond } from "./layout.tsx";
import { localPath } from "./locale.ts";

const returned = "paid";

/** Where the payment provider's page sends the buyer of a hold back to, paid or not. */
export function returnAddress(c: PageContext, bookingId: string): string {
  const path = localPath(c.get("locale"), `/hold/${bookingId}`);
  return `${c.get("deps").publicOrigin}${path}?notice=${returned}`;
}

/** Whether somebody comes back from there. */
export function hasReturned(c: PageContext): boolean {
  return c.req.query("notice") === returned;
}

/**
 * The way to the provider's page. A link, no redirect: browsers apply `form-action` to where a form is redirected, and
 * nothing else has to be let through the policy for it.
 * @param url as the provider named it
 */
export async function payPage(c: PageContext, bookingId: string, url: string): Promise<Response> {
  const { deps, locale, m } = c.var;
  const loaded = await deps.getBooking(callerOf(c), bookingId);
  if (!loaded.ok) return problemPage(c, loaded.problem);
  const { total } = loaded.value;
  const { host } = new URL(url);
  return respond(c, {
    title: m.pay.title,
    body: (
      <section class="narrow">
        <h1>{m.pay.title}</h1>
        <p class="lead">{m.pay.lead(host)}</p>
        <div class="actions">
          <a class="button primary big" href={url}>
            {m.pay.go(money(locale, total))}
          </a>
          <a class="button" href={localPath(locale, `/hold/${bookingId}`)}>
            {m.pay.back}
          </a>
        </div>
      </section>
    ),
  });
}
