import type { FoundEvent, SearchResult } from "../../contracts/search.ts";
import type { PageContext } from "./context.ts";
import { problemPage } from "./errors.tsx";
import { counted, money, time } from "./format.ts";
import { respond } from "./layout.tsx";
import { Pager } from "./pager.tsx";
import { localPath, type Locale } from "./locale.ts";
import type { Messages } from "./messages/en.ts";

const parameters = [
  "keyword",
  "start",
  "end",
  "city",
  "category",
  "available",
  "sort",
  "page",
] as const;

/** `/`: search and what comes up. */
export async function homePage(c: PageContext): Promise<Response> {
  const { m, locale, deps } = c.var;
  const query = readQuery(c);
  const found = await deps.search(throughTheLastDay(query));
  if (!found.ok && found.problem.code !== "validation-failed") return problemPage(c, found.problem);
  const searched = [...query.keys()].some((key) => key !== "page");
  const body = (
    <>
      <section class="hero">
        <h1>{m.home.title}</h1>
        <p class="lead">{m.home.lead}</p>
        <SearchForm m={m} locale={locale} query={query} />
      </section>
      {found.ok ? (
        <Results
          m={m}
          locale={locale}
          result={found.value}
          query={query}
          searched={searched}
          now={deps.now()}
        />
      ) : (
        <p class="notice" role="alert">
          {m.problems["validation-failed"]}
        </p>
      )}
    </>
  );
  return respond(c, { title: m.home.title, description: m.home.lead, body, cache: "public" });
}

/** Known parameters that say something; the rest would only split caches. */
function readQuery(c: PageContext): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of parameters) {
    const value = c.req.query(name)?.trim();
    if (value) query.set(name, value);
  }
  return query;
}

/** People mean "until 7 July" with that day in it; the search's own `end` is exclusive. */
function throughTheLastDay(query: URLSearchParams): URLSearchParams {
  const end = query.get("end") ?? "";
  const day = /^\d{4}-\d\d-\d\d$/.test(end) ? Date.parse(end) : Number.NaN;
  if (Number.isNaN(day)) return query; // the search says what is wrong with it
  const asked = new URLSearchParams(query);
  asked.set("end", new Date(day + 86_400_000).toISOString().slice(0, 10));
  return asked;
}

function SearchForm({ m, locale, query }: { m: Messages; locale: Locale; query: URLSearchParams }) {
  const filtered = ["start", "end", "city", "category", "available", "sort"].some((it) =>
    query.has(it),
  );
  return (
    <form class="search" method="get" action={localPath(locale, "/")} role="search">
      <label class="grow" for="keyword">
        <span class="hidden">{m.home.search}</span>
        <input
          id="keyword"
          type="search"
          name="keyword"
          maxlength={100}
          autocomplete="off"
          placeholder={m.home.placeholder}
          value={query.get("keyword") ?? ""}
        />
      </label>
      <button class="primary">{m.home.submit}</button>
      <details open={filtered}>
        <summary>{m.home.more}</summary>
        <div class="fields">
          <Field name="start" type="date" label={m.home.from} query={query} />
          <Field name="end" type="date" label={m.home.to} query={query} />
          <Field name="city" type="text" label={m.home.city} query={query} />
          <Field name="category" type="text" label={m.home.category} query={query} />
          <label>
            <span>{m.home.sort}</span>
            <select name="sort">
              {(["relevance", "date", "price"] as const).map((sort) => (
                <option
                  value={sort === "relevance" ? "" : sort}
                  selected={query.get("sort") === sort}
                >
                  {m.home.sorts[sort]}
                </option>
              ))}
            </select>
          </label>
          <label class="check">
            <input type="checkbox" name="available" value="true" checked={query.has("available")} />
            <span>{m.home.onlyAvailable}</span>
          </label>
        </div>
      </details>
    </form>
  );
}

function Field(props: { name: string; type: string; label: string; query: URLSearchParams }) {
  return (
    <label>
      <span>{props.label}</span>
      <input
        type={props.type}
        name={props.name}
        maxlength={100}
        value={props.query.get(props.name) ?? ""}
      />
    </label>
  );
}

interface ResultsProps {
  m: Messages;
  locale: Locale;
  result: SearchResult;
  query: URLSearchParams;
  searched: boolean;
  now: number;
}

function Results({ m, locale, result, query, searched, now }: ResultsProps) {
  return (
    <section aria-labelledby="results">
      <h2 id="results">{searched ? foundLine(m, locale, result.total) : m.home.upcoming}</h2>
      {result.degraded ? <p class="notice">{m.home.degraded}</p> : ""}
      {result.partial ? <p class="notice">{m.home.partial}</p> : ""}
      {result.events.length === 0 ? (
        <>
          <p class="lead">{m.home.none}</p>
          <a class="button" href={localPath(locale, "/")}>
            {m.home.all}
          </a>
        </>
      ) : (
        <ol class="events">
          {result.events.map((event) => (
            <EventRow m={m} locale={locale} event={event} now={now} />
          ))}
        </ol>
      )}
      <Pager
        m={m}
        page={result.page}
        pages={Math.ceil(result.total / result.pageSize)}
        to={(page) => pageAddress(locale, query, page)}
      />
    </section>
  );
}

function foundLine(m: Messages, locale: Locale, total: number): string {
  return total === 0 ? m.home.foundNone : counted(locale, total, m.home.found, m.home.foundOne);
}

interface RowProps {
  m: Messages;
  locale: Locale;
  event: FoundEvent;
  now: number;
}

function EventRow({ m, locale, event, now }: RowProps) {
  const { id, startsAt, timeZone, venue, performer, priceRange, onSaleAt } = event;
  const isSoldOut = event.availability === "sold-out";
  const isEarly = !isSoldOut && Date.parse(onSaleAt) > now;
  const price = priceRange
    ? money(locale, { amount: priceRange.min, currency: priceRange.currency })
    : "";
  return (
    <li class="event">
      <time class="date" datetime={startsAt}>
        <span>{time(locale, "weekday", startsAt, timeZone)}</span>
        <b>{time(locale, "dayNumber", startsAt, timeZone)}</b>
        <span>{`${time(locale, "month", startsAt, timeZone)} ${time(locale, "year", startsAt, timeZone)}`}</span>
      </time>
      <div class="what">
        <h3>
          <bdi>{event.name}</bdi>
        </h3>
        <p class="dots">
          {performer.name === event.name ? (
            ""
          ) : (
            <span>
              <bdi>{performer.name}</bdi>
            </span>
          )}
          <span>
            <bdi>{venue.name}</bdi>
          </span>
          <span>
            <bdi>{venue.city}</bdi>
          </span>
          <span>{time(locale, "time", startsAt, timeZone)}</span>
        </p>
      </div>
      <p class="price">
        {price === "" ? "" : <b>{m.home.priceFrom(price)}</b>}
        <span class={isEarly ? "tag" : `tag ${event.availability}`}>
          {isEarly
            ? m.event.onSale(time(locale, "brief", onSaleAt, timeZone))
            : m.home.availability[event.availability]}
        </span>
      </p>
      <a
        class={isSoldOut || isEarly ? "button quiet" : "button"}
        href={localPath(locale, `/e/${id}`)}
      >
        {isSoldOut || isEarly ? m.home.details : m.home.buy}
        <span class="hidden">
          : <bdi>{event.name}</bdi>
        </span>
      </a>
    </li>
  );
}

function pageAddress(locale: Locale, query: URLSearchParams, page: number): string {
  const other = new URLSearchParams(query);
  other.set("page", String(page));
  return `${localPath(locale, "/")}?${other}`;
}
