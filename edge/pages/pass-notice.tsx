import type { PageContext } from "./context.ts";
import { passExpiry } from "./cookies.ts";
import { time } from "./format.ts";

/** How long one may choose: for people whom a waiting room has let in. */
export function PassNotice({
  c,
  eventId,
  zone,
}: {
  c: PageContext;
  eventId: string;
  zone: string;
}) {
  const { deps, m, locale } = c.var;
  const expiry = passExpiry(c, eventId);
  const now = deps.now();
  if (expiry === undefined || expiry <= now) return <></>;
  return (
    <pass-clock
      class="card"
      data-expires-at={expiry}
      data-server-now={now}
      data-clock={m.wait.passClock("{clock}")}
      data-over={m.wait.missed}
    >
      <p role="status">{m.wait.pass(time(locale, "time", expiry, zone))}</p>
    </pass-clock>
  );
}
