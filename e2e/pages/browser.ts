import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** Where distributions put it; `CHROMIUM` names another one. */
const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Starts a real chromium. Throws when this machine has none. */
export async function startBrowser(args: readonly string[] = []): Promise<Browser> {
  const given = process.env["CHROMIUM"];
  const executablePath = given || places.find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error("no chromium: name one in CHROMIUM");
  return await chromium.launch({
    executablePath,
    args: ["--disable-gpu", "--no-sandbox", ...args],
  });
}

export const phone = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
} satisfies BrowserContextOptions;

export const desktop = { viewport: { width: 1280, height: 900 } } satisfies BrowserContextOptions;

/** Signs in by the issuer's page, from wherever the button stands. */
export async function signIn(page: Page, user: "Alice" | "Bob" | "Admin"): Promise<void> {
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("button", { name: user }).click();
}
