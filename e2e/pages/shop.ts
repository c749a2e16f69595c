import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { type Api, openApi } from "../api.ts";
import { startWholeStack, type WholeStack } from "../whole-stack.ts";
import { startBrowser } from "./browser.ts";

/** The whole stack, and a real browser in front of it. */
export interface OpenShop {
  readonly stack: WholeStack;
  readonly browser: Browser;
  readonly api: Api;
  /** Of an administrator. */
  readonly admin: string;
  /** Where people find it. */
  readonly site: string;
  /** Works in a browser of somebody's own, that is gone afterwards. */
  as(
    options: BrowserContextOptions,
    work: (page: Page, context: BrowserContext) => Promise<void>,
  ): Promise<void>;
  close(): Promise<void>;
}

/** Locators wait so long at most: the machine may be busy. */
const patienceMs = 60_000;

/** @param env settings of the parts, beside this process's own */
export async function openRealShop(env: Readonly<Record<string, string>> = {}): Promise<OpenShop> {
  const [stack, browser] = await Promise.all([
    startWholeStack({ seed: "none", env: { ...process.env, ...env } }),
    startBrowser(),
  ]);
  const site = stack.edgeUrl.replace("127.0.0.1", "localhost");
  return {
    stack,
    browser,
    api: openApi(stack.edgeUrl),
    admin: await stack.token("root", ["admin"]),
    site,
    async as(options, work) {
      const context = await browser.newContext({ baseURL: site, ...options });
      context.setDefaultTimeout(patienceMs);
      try {
        await work(await context.newPage(), context);
      } finally {
        await context.close();
      }
    },
    async close() {
      await browser.close();
      await stack.stop();
    },
  };
}
