import { ticketLimitDefault } from "../../contracts/bookings.ts";
import type { Plan } from "../../contracts/plan.ts";
import type { PageContext } from "./context.ts";
import { money, moneyRange, wholeNumber } from "./format.ts";
import { KeptChoice } from "./kept-choice.tsx";
import { localPath, type Locale } from "./locale.ts";
import type { Messages } from "./messages/en.ts";
import { sectionPath, type SectionSummary } from "./seats.ts";

interface ChooserProps {
  readonly c: PageContext;
  readonly eventId: string;
  readonly plan: Plan;
  readonly sections: readonly SectionSummary[];
  /** Packed statuses in ticket order. */
  readonly packed: string;
  /** False: what others hold right now could not be told. */
  readonly heldKnown: boolean;
  /** Where the map gets its data: for a queued event these read the pass cookie. */
  readonly data: { readonly plan: string; readonly availability: string; readonly live: string };
}

/** Best available first, then the map, then all sections: the same choice three times, for every way of choosing. */
export function Chooser(props: ChooserProps) {
  const { c, eventId, plan, sections, packed, heldKnown, data } = props;
  const { m, locale } = c.var;
  const free = sections.reduce((sum, section) => sum + section.free, 0);
  return (
    <section class="chooser" aria-labelledby="choose">
      <h2 id="choose">{m.event.choose}</h2>
      {heldKnown ? "" : <p class="notice">{m.event.stale}</p>}
      <KeptChoice c={c} eventId={eventId} plan={plan} packed={packed} />
      {free === 0 ? (
        <div class="notice">
          <b>{m.event.soldOut}</b> <span>{m.event.soldOutHint}</span>
        </div>
      ) : (
        <BestAvailable c={c} eventId={eventId} plan={plan} sections={sections} />
      )}
      <div class="choices">
        <div class="list">
          <SectionList m={m} locale={locale} eventId={eventId} plan={plan} sections={sections} />
        </div>
        <SeatMap c={c} eventId={eventId} plan={plan} data={data} />
      </div>
    </section>
  );
}

function BestAvailable({
  c,
  eventId,
  plan,
  sections,
}: Omit<ChooserProps, "data" | "heldKnown" | "packed">) {
  const { m, locale } = c.var;
  const asked = { section: c.req.query("section"), maxPrice: c.req.query("maxPrice") };
  const quantity = Number(c.req.query("quantity") ?? 2);
  const price = (amount: number) => money(locale, { amount, currency: plan.currency });
  return (
    <form class="best card" method="post" action={localPath(locale, `/e/${eventId}/hold`)}>
      <h3>{m.event.best}</h3>
      <p class="small">{m.event.bestHint}</p>
      <div class="fields">
        <label>
          <span>{m.event.quantity}</span>
          <select name="quantity">
            {Array.from({ length: ticketLimitDefault }, (_, nth) => (
              <option value={nth + 1} selected={nth + 1 === quantity}>
                {nth + 1}
              </option>
            ))}
          </select>
        </label>
        <label class="grow">
          <span>{m.event.section}</span>
          <select name="section">
            <option value="">{m.event.anySection}</option>
            {sections
              .filter((section) => section.free > 0)
              .map((section) => (
                <option value={section.name} selected={section.name === asked.section}>
                  {`${section.name} · ${m.home.priceFrom(price(section.min))}`}
                </option>
              ))}
          </select>
        </label>
        <label>
          <span>{m.event.maxPrice}</span>
          <select name="maxPrice">
            <option value="">{m.event.anyPrice}</option>
            {plan.prices.map((amount) => (
              <option value={amount} selected={String(amount) === asked.maxPrice}>
                {price(amount)}
              </option>
            ))}
          </select>
        </label>
        <button class="primary">{m.event.find}</button>
      </div>
      <p class="small">{m.event.holdHint}</p>
    </form>
  );
}

/** Lets the browser fetch the map's data along with its script. */
export function MapPreloads(urls: { readonly plan: string; readonly availability: string }) {
  return (
    <>
      <link rel="preload" as="fetch" href={urls.plan} crossorigin="anonymous" />
      <link rel="preload" as="fetch" href={urls.availability} crossorigin="anonymous" />
    </>
  );
}

/** Empty until its script runs; the section list below says the same. */
function SeatMap({
  c,
  eventId,
  plan,
  data,
}: Omit<ChooserProps, "sections" | "heldKnown" | "packed">) {
  const { m, locale } = c.var;
  return (
    <seat-map
      data-plan={data.plan}
      data-availability={data.availability}
      data-live={data.live}
      data-locale={locale}
      data-limit={ticketLimitDefault}
      data-prices={mapPrices(locale, plan)}
      data-messages={mapMessages(m)}
      hidden
    >
      <form method="post" action={localPath(locale, `/e/${eventId}/hold`)}>
        <button class="primary">{m.section.hold}</button>
      </form>
    </seat-map>
  );
}

/**
 * The words that the map's script needs, with placeholders instead of functions.
 * @param nothing what to say while nothing is chosen; on its own the map says how to
 */
export function mapMessages(m: Messages, nothing = m.map.nothing): string {
  const { chosen, remove, lost, full, ...words } = m.map;
  return JSON.stringify({
    ...words,
    nothing,
    chosenOne: chosen(1, "{total}"),
    chosen: chosen(2, "{total}").replace("2", "{count}"),
    remove: remove("{seat}"),
    lost: lost("{seat}"),
    full: full(0).replace("0", "{count}"),
    place: m.place("{section}", "{row}", "{seat}"),
    inSection: m.place("{section}", "", ""),
    inRow: m.place("{section}", "{row}", ""),
    priceFrom: m.home.priceFrom("{price}"),
    anyPrice: m.event.anyPrice,
  });
}

/** The plan's prices as people read them, so that the map need not know how. */
export function mapPrices(locale: Locale, { prices, currency }: Plan): string {
  return JSON.stringify(prices.map((amount) => money(locale, { amount, currency })));
}

interface ListProps {
  m: Messages;
  locale: Locale;
  eventId: string;
  plan: Plan;
  sections: readonly SectionSummary[];
}

function SectionList({ m, locale, eventId, plan, sections }: ListProps) {
  return (
    <table class="sections">
      <caption>{m.event.sections}</caption>
      <thead>
        <tr>
          <th scope="col">{m.event.section}</th>
          <th scope="col" class="number">
            {m.event.price}
          </th>
          <th scope="col" class="number">
            {m.event.free}
          </th>
        </tr>
      </thead>
      <tbody>
        {sections.map((section) => (
          <tr class={section.free === 0 ? "gone" : ""}>
            <th scope="row">
              <a href={localPath(locale, `/e/${eventId}/s/${sectionPath(section.name)}`)}>
                <bdi>{section.name}</bdi>
              </a>
            </th>
            <td class="number">{moneyRange(locale, { ...section, currency: plan.currency })}</td>
            <td class="number">
              {section.free === 0 ? m.event.soldOut : wholeNumber(locale, section.free)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
