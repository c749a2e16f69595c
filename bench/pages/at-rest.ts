import { setTimeout as wait } from "node:timers/promises";
import type { Browser } from "playwright-core";

/** How often one looks; processors' time is counted in steps of 10 ms. */
const lookMs = 50;
/** So many looks in a row at which no process of the browser has used any. */
const calmLooks = 3;
const waitMsMax = 20_000;

/**
 * Waits until a browser does nothing. Each new window makes it load hidden pages of its own, which take two cores for a
 * second: a page that is loaded meanwhile is measured along with them, and a longer load meets more of them.
 * @throws when it does not come to rest
 */
export async function atRest(browser: Browser): Promise<void> {
  const devtools = await browser.newBrowserCDPSession();
  const usedSeconds = async () => {
    const { processInfo } = await devtools.send("SystemInfo.getProcessInfo");
    return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
  };
  const until = performance.now() + waitMsMax;
  let last = await usedSeconds();
  for (let calm = 0; calm < calmLooks;) {
    if (performance.now() > until) throw new Error("the browser does not come to rest");
    await wait(lookMs);
    const now = await usedSeconds();
    calm = now - last < 0.005 ? calm + 1 : 0;
    last = now;
  }
  await devtools.detach();
}
