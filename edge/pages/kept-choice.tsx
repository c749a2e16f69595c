import { ticketLimitDefault } from "../../contracts/bookings.ts";
import type { Plan } from "../../contracts/plan.ts";
import type { PageContext } from "./context.ts";
import { money, places } from "./format.ts";
import { localPath } from "./locale.ts";
import { readStatuses, seatsById } from "./seats.ts";

/** The packed statuses' bits for "available". */
const available = 0;

/**
 * Seats that were chosen before signing in, named in the address, one tap from being held. The map takes them over
 * where there is one, and this goes.
 * @param packed statuses in ticket order
 */
export function KeptChoice(props: { c: PageContext; eventId: string; plan: Plan; packed: string }) {
  const { c, eventId, plan, packed } = props;
  const { m, locale } = c.var;
  const wanted = (c.req.queries("ticketIds") ?? []).slice(0, ticketLimitDefault);
  if (wanted.length === 0) return <></>;
  const status = readStatuses(packed);
  const chosen = seatsById(plan, wanted);
  const seats = chosen.filter(({ index }) => status(index) === available);
  const lost = chosen.filter((seat) => !seats.includes(seat));
  const amount = seats.reduce((sum, seat) => sum + (plan.prices[seat.priceIndex] ?? 0), 0);
  return (
    <>
      {lost.map((seat) => (
        <p class="notice">
          <bdi>{m.map.lost(places(m, [seat]).join(""))}</bdi>
        </p>
      ))}
      {seats.length === 0 ? (
        ""
      ) : (
        <form
          data-kept
          class="card offer"
          method="post"
          action={localPath(locale, `/e/${eventId}/hold`)}
        >
          {seats.map(({ id }) => (
            <input type="hidden" name="ticketIds" value={id} />
          ))}
          <p>
            {places(m, seats).map((place) => (
              <bdi class="item">{place}</bdi>
            ))}
            <b>{m.map.chosen(seats.length, money(locale, { amount, currency: plan.currency }))}</b>
          </p>
          <button class="primary">{m.section.hold}</button>
        </form>
      )}
    </>
  );
}
