import type { Child } from "hono/jsx";
import { raw } from "hono/html";
import type { PageContext } from "./context.ts";
import type { AssetPaths } from "./deps.ts";
import { localPath, locales, messagesFor, type Locale } from "./locale.ts";
import type { Messages } from "./messages/en.ts";

/** Who may keep a page, and for how long. Everything that knows a person is for nobody. */
const caching = {
  public: "public, max-age=5, stale-while-revalidate=30",
  shell: "public, max-age=60",
  personal: "no-store",
} as const;

export interface Page {
  readonly title: string;
  readonly body: Child;
  readonly cache?: keyof typeof caching;
  readonly status?:
    | 200
    | 400
    | 401
    | 402
    | 403
    | 404
    | 405
    | 409
    | 410
    | 412
    | 413
    | 422
    | 429
    | 500
    | 503;
  /** Browser code of this page; without one it gets only the session bar. */
  readonly script?: "page.js" | "event.js" | "hold.js" | "wait.js" | "tickets.js";
  readonly description?: string;
  readonly head?: Child;
  /** Raw markup for the head: the JSX renderer would hoist a `<meta>` out of its `<noscript>`. */
  readonly rawHead?: string;
  readonly noIndex?: boolean;
}

/** Renders a whole page in the language of the path. */
export async function respond(c: PageContext, page: Page): Promise<Response> {
  const assets = await c.get("deps").assets();
  const document = <Document c={c} page={page} assets={assets} />;
  const cache = page.status === undefined ? (page.cache ?? "personal") : "personal";
  c.header("Cache-Control", caching[cache]);
  c.header("Content-Language", c.get("locale"));
  return c.html(`<!doctype html>${await document.toString()}`, page.status ?? 200);
}

function Document({ c, page, assets }: { c: PageContext; page: Page; assets: AssetPaths }) {
  const { locale, m, path, deps } = c.var;
  const script = assets[page.script ?? "page.js"];
  return (
    <html lang={locale} dir="ltr">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${page.title} · Frontrow`}</title>
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#fbfaf7" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#131417" media="(prefers-color-scheme: dark)" />
        {page.description === undefined ? (
          ""
        ) : (
          <meta name="description" content={page.description} />
        )}
        {page.noIndex === true || page.cache === undefined ? (
          <meta name="robots" content="noindex" />
        ) : (
          ""
        )}
        <link rel="icon" href={icon} />
        <link rel="stylesheet" href={assets["style.css"]} />
        {page.cache === undefined ? (
          ""
        ) : (
          <Alternates origin={deps.publicOrigin} path={path} locale={locale} />
        )}
        {page.head ?? ""}
        {raw(page.rawHead ?? "")}
        {script === undefined ? "" : <script type="module" src={script} />}
      </head>
      <body>
        <a class="skip" href="#main">
          {m.nav.skip}
        </a>
        <Header locale={locale} m={m} path={path} personal={page.cache === undefined} c={c} />
        <main id="main" tabindex={-1}>
          {page.body}
        </main>
        <Footer locale={locale} m={m} path={path} />
      </body>
    </html>
  );
}

/** Two seats of a front row. As data, so that it costs no request. */
const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='8' fill='%23123f38'/%3E%3Ccircle cx='10.5' cy='16' r='4.5' fill='%23fbfaf7'/%3E%3Ccircle cx='21.5' cy='16' r='4.5' fill='%23e8b04a'/%3E%3C/svg%3E";

function Alternates(props: { origin: string; path: string; locale: Locale }) {
  return (
    <>
      <link rel="canonical" href={props.origin + localPath(props.locale, props.path)} />
      {locales.map((locale) => (
        <link
          rel="alternate"
          hreflang={locale}
          href={props.origin + localPath(locale, props.path)}
        />
      ))}
      <link rel="alternate" hreflang="x-default" href={props.origin + props.path} />
    </>
  );
}

interface BarProps {
  locale: Locale;
  m: Messages;
  path: string;
}

function Header({
  locale,
  m,
  path,
  personal,
  c,
}: BarProps & { personal: boolean; c: PageContext }) {
  const session = personal ? c.get("session") : undefined;
  return (
    <header class="bar">
      <a class="mark" href={localPath(locale, "/")}>
        Frontrow
      </a>
      <nav aria-label={m.nav.label}>
        {(["/", "/tickets"] as const).map((to) => (
          <a href={localPath(locale, to)} aria-current={path === to ? "page" : undefined}>
            {to === "/" ? m.nav.events : m.nav.tickets}
          </a>
        ))}
        <session-bar
          data-me="/me"
          data-sign-out={localPath(locale, "/auth/sign-out")}
          data-sign-out-label={m.nav.signOut}
          data-signed-in-as={m.nav.signedInAs("{name}")}
        >
          {session ? (
            <Account locale={locale} m={m} name={session.name} />
          ) : (
            <form method="get" action={localPath(locale, "/auth/sign-in")}>
              <input type="hidden" name="next" value={localPath(locale, path)} />
              <button class="quiet">{m.nav.signIn}</button>
            </form>
          )}
        </session-bar>
      </nav>
    </header>
  );
}

/** One word in the bar, the rest behind it: opened by the browser itself. `session-bar` makes the same on public pages. */
function Account({ locale, m, name }: { locale: Locale; m: Messages; name: string }) {
  return (
    <details class="account">
      <summary aria-label={m.nav.signedInAs(name)} data-initial={[...name][0]}>
        <bdi class="who">{name}</bdi>
      </summary>
      <form method="post" action={localPath(locale, "/auth/sign-out")}>
        <p>
          <bdi>{name}</bdi>
        </p>
        <button>{m.nav.signOut}</button>
      </form>
    </details>
  );
}

function Footer({ locale, m, path }: BarProps) {
  return (
    <footer class="foot">
      <p>
        {m.footer.allIn} {m.footer.safe}
      </p>
      <nav aria-label={m.nav.languages}>
        <ul>
          {locales.map((other) => (
            <li>
              {other === locale ? (
                <span aria-current="true">{messagesFor(other).language}</span>
              ) : (
                <a href={localPath(other, path)} hreflang={other} lang={other}>
                  {messagesFor(other).language}
                </a>
              )}
            </li>
          ))}
        </ul>
      </nav>
    </footer>
  );
}
