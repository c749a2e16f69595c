import type { PageContext } from "./context.ts";
import type { EventFacts } from "./deps.ts";
import { time } from "./format.ts";
import { localPath } from "./locale.ts";

interface FactsProps {
  c: PageContext;
  facts: EventFacts;
  /** Cancelled or over: there is nothing to put into a calendar. */
  isOff?: boolean;
}

/** Facts about an event, as every page about it begins. */
export function Facts({ c, facts, isOff = false }: FactsProps) {
  const { m, locale } = c.var;
  const { event, venue, performers, performer } = facts;
  const zone = event.timeZone;
  const names = (performers.length === 0 ? [performer] : performers).map(({ name }) => name);
  return (
    <section class="facts">
      {event.category === "" ? (
        ""
      ) : (
        <p class="eyebrow">
          <bdi>{event.category}</bdi>
        </p>
      )}
      <h1>
        <bdi>{event.name}</bdi>
      </h1>
      <dl>
        <div>
          <dt>{m.event.when}</dt>
          <dd>
            <time datetime={event.startsAt}>
              {time(locale, "day", event.startsAt, zone)}
              <br />
              {time(locale, "time", event.startsAt, zone)}
            </time>
            {isOff ? (
              ""
            ) : (
              <a class="small" href={localPath(locale, `/e/${event.id}/calendar.ics`)}>
                {m.event.calendar}
              </a>
            )}
          </dd>
        </div>
        <div>
          <dt>{m.event.where}</dt>
          <dd>
            <bdi>{venue.name}</bdi>
            <br />
            <bdi>{venue.city}</bdi>
          </dd>
        </div>
        <div>
          <dt>{m.event.who}</dt>
          <dd>
            {names.map((name) => (
              <bdi class="item">{name}</bdi>
            ))}
          </dd>
        </div>
      </dl>
      {event.description === "" ? (
        ""
      ) : (
        <p class="about" dir="auto">
          {event.description}
        </p>
      )}
    </section>
  );
}
