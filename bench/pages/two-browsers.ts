import type { Page } from "playwright-core";
import { desktop, phone, signIn } from "../../e2e/pages/browser.ts";
import { makeEvening } from "../../e2e/pages/programme.ts";
import { type OpenShop, openRealShop } from "../../e2e/pages/shop.ts";
import { percentiles } from "../percentiles.ts";
import type { BenchBar, BenchRow } from "../report.ts";

const tries = 24;
const seenMsMax = 1000;

/** When a seat was taken, in Unix milliseconds by the clocks of the browsers themselves. */
interface Taken {
  /** The button was pressed. */
  readonly pressed: number;
  /** The server had answered that the seat is held. */
  readonly held: number;
  /** The other browser's page no longer offered it. */
  readonly seen: number;
}

/**
 * One person holds seats, another looks at the same section meanwhile: on the whole stack, each with a browser of their
 * own, every seat by a press on "Hold seats", and given back before the next.
 */
export async function twoBrowsers(): Promise<{ rows: BenchRow[]; bars: BenchBar[] }> {
  const shop = await openRealShop();
  try {
    const taken = await takeSeats(shop);
    const seen = percentiles(taken.map((it) => it.seen - it.held));
    const pressed = percentiles(taken.map((it) => it.seen - it.pressed));
    return {
      rows: [
        { case: "held in one browser, seen in the other", ...seen, tries },
        { case: "pressed in one browser, seen in the other", ...pressed, tries },
      ],
      bars: [
        {
          bar: `held in one browser, seen in the other: p95 ≤ ${seenMsMax} ms`,
          measured: seen.p95,
          met: seen.p95 <= seenMsMax,
        },
      ],
    };
  } finally {
    await shop.close();
  }
}

async function takeSeats(shop: OpenShop): Promise<Taken[]> {
  const hall = await makeEvening(shop.api, shop.admin, { name: "Quartet of Strings" });
  const seats = `/e/${hall}/s/101`;
  const taken: Taken[] = [];
  await shop.as(phone, async (bob) => {
    await bob.goto(seats);
    await bob.locator("seat-map .map-box canvas").waitFor();
    await shop.as(desktop, async (alice) => {
      await alice.goto(seats);
      await signIn(alice, "Alice");
      for (let nth = 0; nth <= tries; nth++) {
        await alice.goto(seats);
        const box = alice.locator('input[type="checkbox"][name="ticketIds"]').nth(nth);
        const watched = await watch(bob, await box.inputValue());
        await box.check();
        await alice.getByRole("button", { name: "Hold seats" }).first().click();
        await alice.getByText(/1 seat held until/).waitFor();
        const held = await alice.evaluate(timesOfHold);
        const one = { ...held, seen: await watched() };
        if (nth > 0) taken.push(one); // the first wakes everything up
        await alice.getByRole("button", { name: "Release seats" }).click();
        await alice.waitForURL("**notice=released");
      }
    });
  });
  return taken;
}

declare global {
  interface Window {
    seenAt: Promise<number>;
  }
}

/** The page notes by itself when a seat goes. @returns the function that waits for that, and says when it was */
async function watch(page: Page, ticketId: string): Promise<() => Promise<number>> {
  await page.evaluate((id) => {
    const box = document.querySelector<HTMLInputElement>(`input[name="ticketIds"][value="${id}"]`);
    if (!box || box.disabled) throw new Error(`seat ${id} is not to be had`);
    window.seenAt = new Promise((resolve) => {
      const look = () => box.disabled && resolve(performance.timeOrigin + performance.now());
      new MutationObserver(look).observe(box, { attributeFilter: ["disabled"] });
    });
  }, ticketId);
  return () => page.evaluate(() => window.seenAt);
}

/** Runs on the hold's page, to which the answer to the form has led. */
function timesOfHold(): Omit<Taken, "seen"> {
  const [entry] = performance.getEntriesByType("navigation");
  if (!(entry instanceof PerformanceNavigationTiming) || entry.redirectEnd === 0) {
    throw new Error("this page was not reached by a form's redirect");
  }
  return { pressed: performance.timeOrigin, held: performance.timeOrigin + entry.redirectEnd };
}
