import { parseArgs } from "node:util";
import type { Browser, Page } from "playwright-core";
import { countSeats } from "../../contracts/plan-codec.ts";
import type { Plan } from "../../contracts/plan.ts";
import { phone, startBrowser } from "../../e2e/pages/browser.ts";
import { stadiumPlan } from "../../web/map/testing-plans.ts";
import { percentiles } from "../percentiles.ts";
import type { BenchBar, BenchReport, BenchRow } from "../report.ts";
import type { Ride } from "../../e2e/pages/map/driver.ts";
import { atRest } from "./at-rest.ts";
import { countTaps } from "./taps.ts";
import { twoBrowsers } from "./two-browsers.ts";
import { type MapSite, openMapSite } from "../../e2e/pages/map/site.ts";

const frames = 300;
/** Of each kind, in turn. */
const loads = 21;
const changesPerSecond = 2000;
/** Above the empty canvas of the same run, in milliseconds. */
const aboveEmptyMax = { p50: 6, firstFrame: 150 };
const p95Max = 20;
const slowP50Max = 33;
const hitsMin = 0.995;

interface Case extends Omit<Ride, "frames"> {
  readonly name: string;
  readonly changes: number;
}

/** One scale for each level of detail: areas, bitmaps (their hardest: most seats on screen), seats one by one. */
const cases: readonly Case[] = [
  ...[2, 5.1, 10, 16.1, 24, 44].flatMap((scale): Case[] =>
    [0, changesPerSecond].map((changes) => ({
      name: `pan at ${scale} px a seat${changes === 0 ? "" : ", changing"}`,
      motion: "pan",
      scale,
      changes,
    })),
  ),
  { name: "zoom through all levels", motion: "zoom", scale: 1.3, changes: 0 },
  { name: "zoom through all levels, changing", motion: "zoom", scale: 1.3, changes: 2000 },
];

const parts = ["first-frame", "rides", "taps", "two-browsers"] as const;

interface Measured {
  readonly rows: readonly BenchRow[];
  readonly bars: readonly BenchBar[];
}

/**
 * The seat map of a stadium on a phone: how long frames take beside those of an empty canvas, and whether fingers hit.
 * And how soon one browser sees what another holds.
 * @param args `--part NAME` measures only that, `--only TEXT` only rides whose names contain it
 */
export async function run(args: readonly string[]): Promise<BenchReport> {
  const options = { only: { type: "string" }, part: { type: "string" } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const isKnown = parts.some((part) => part === (values.part ?? part));
  if (!isKnown) throw new RangeError(`no part ${values.part}: there are ${parts.join(", ")}`);
  const plan = stadiumPlan();
  const seats = countSeats(plan.sections);
  const site = await openMapSite(plan, seats);
  const browser = await startBrowser(["--disable-frame-rate-limit"]);
  const version = browser.version();
  const wanted = cases.filter(({ name }) => name.includes(values.only ?? ""));
  const measure = {
    "first-frame": () => firstFrames(browser, site),
    rides: () => allRides(browser, site, wanted),
    taps: () => taps(browser, site, plan),
    "two-browsers": async () => {
      await browser.close(); // the stack needs the room
      return await twoBrowsers();
    },
  } satisfies Record<(typeof parts)[number], () => Promise<Measured>>;
  const measured: Measured[] = [];
  try {
    for (const part of parts) {
      if (part === (values.part ?? part)) measured.push(await measure[part]());
    }
  } finally {
    await browser.close();
    await site.close();
  }
  const settings = { seats, frames, loads, width: 390, height: 844, dpr: 2, changesPerSecond };
  return {
    name: "pages",
    settings: { ...settings, browser: version },
    rows: measured.flatMap(({ rows }) => rows),
    bars: measured.flatMap(({ bars }) => bars),
  };
}

async function allRides(
  browser: Browser,
  site: MapSite,
  wanted: readonly Case[],
): Promise<Measured> {
  const normal = await rides(browser, site, wanted, 1);
  const slow = await rides(browser, site, wanted, 4);
  return { rows: [...normal, ...slow], bars: barsOf(normal, slow) };
}

async function taps(browser: Browser, site: MapSite, plan: Plan): Promise<Measured> {
  const aimed = await countTaps(browser, site, plan);
  const share = aimed.hits / aimed.taps;
  const bar = `of ${aimed.taps} taps those that hit >= 0.995`;
  return { rows: [], bars: [{ bar, measured: share, met: share >= hitsMin }] };
}

/** Loads in turn, and the difference between neighbours: a machine that slows down midway slows both. */
async function firstFrames(browser: Browser, site: MapSite): Promise<Measured> {
  const times: { map: number[]; empty: number[] } = { map: [], empty: [] };
  for (let load = 0; load <= loads; load++) {
    for (const kind of ["empty", "map"] as const) {
      const ms = await withPage(
        browser,
        site,
        kind,
        (page) => page.evaluate(() => window.firstFrame),
        atRest,
      );
      if (load > 0) times[kind].push(ms); // the first load warms the browser
    }
  }
  const [map, empty] = [percentiles(times.map), percentiles(times.empty)];
  const more = percentiles(times.map.map((ms, load) => ms - (times.empty[load] ?? ms)));
  return {
    rows: [
      { case: "first frame, empty canvas", p50: empty.p50, max: empty.max },
      { case: "first frame, map", p50: map.p50, max: map.max },
      { case: "first frame, map above the empty canvas before it", p50: more.p50, max: more.max },
    ] satisfies BenchRow[],
    bars: [
      {
        bar: `first frame ≤ empty + ${aboveEmptyMax.firstFrame} ms`,
        measured: more.p50,
        met: more.p50 <= aboveEmptyMax.firstFrame,
      },
    ] satisfies BenchBar[],
  };
}

type FrameRow = BenchRow & { readonly p50: number; readonly p95: number };

/** The empty canvas first, then every case, each on a fresh page. */
async function rides(
  browser: Browser,
  site: MapSite,
  wanted: readonly Case[],
  slower: number,
): Promise<FrameRow[]> {
  const rows: FrameRow[] = [];
  const speed = slower === 1 ? "" : `, CPU ${slower} × slower`;
  const measure = async (kind: "map" | "empty", { name, changes, motion, scale }: Case) => {
    const times = await withPage(browser, site, kind, async (page) => {
      const devtools = await page.context().newCDPSession(page);
      await page.evaluate(() => window.firstFrame);
      await devtools.send("Emulation.setCPUThrottlingRate", { rate: slower });
      site.change(changes);
      const ride = { motion, scale, frames };
      const measured = await page.evaluate((it) => window.ride(it), ride);
      site.change(0);
      return measured;
    });
    const { p50, p95, p99, max } = percentiles(times);
    rows.push({ case: name + speed, p50, p95, p99, max, frames: times.length });
  };
  await measure("empty", { name: "empty canvas", motion: "pan", scale: 1, changes: 0 });
  for (const one of wanted) await measure("map", one);
  return rows;
}

function barsOf(normal: readonly FrameRow[], slow: readonly FrameRow[]): BenchBar[] {
  const [empty, ...maps] = normal;
  const p50 = round(Math.max(...maps.map((row) => row.p50)) - (empty?.p50 ?? 0));
  const p95 = Math.max(...maps.map((row) => row.p95));
  const slowest = Math.max(...slow.slice(1).map((row) => row.p50));
  return [
    {
      bar: `every p50 ≤ empty + ${aboveEmptyMax.p50} ms`,
      measured: p50,
      met: p50 <= aboveEmptyMax.p50,
    },
    { bar: `every p95 ≤ ${p95Max} ms`, measured: p95, met: p95 <= p95Max },
    {
      bar: `4 × slower CPU: every p50 ≤ ${slowP50Max} ms`,
      measured: slowest,
      met: slowest <= slowP50Max,
    },
  ];
}

/** @param before awaited once the window is there, before anything is loaded in it */
async function withPage<Value>(
  browser: Browser,
  site: MapSite,
  kind: "map" | "empty",
  work: (page: Page) => Promise<Value>,
  before?: (browser: Browser) => Promise<void>,
): Promise<Value> {
  const context = await browser.newContext(phone);
  try {
    const page = await context.newPage();
    await before?.(browser);
    await page.goto(`${site.url}/${kind}`);
    return await work(page);
  } finally {
    await context.close();
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
