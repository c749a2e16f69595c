import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import jsqr from "jsqr";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TicketDoor, verifyTicket } from "../../contracts/e-ticket.ts";
import { desktop, phone } from "./browser.ts";
import { makeEvening } from "./programme.ts";
import { type OpenShop, openRealShop } from "./shop.ts";

/** Texts that want to be more than text, and what a scanner sees. */
const payload = `"><script>alert(1)</script><img src=x onerror=alert(2)>' onload='\u202Etxt javascript:alert(3)`;
/** As long as a section's name may be. */
const sectionPayload = `"><img src=x onerror=alert(4)>'/?#\u202E`;

let shop: OpenShop;
let hostile: string;
let hostileQueued: string;
let mexico: string;

beforeAll(async () => {
  shop = await openRealShop();
  const sections = [
    { name: sectionPayload, rows: 2, seatsPerRow: 6, price: { amount: 4500, currency: "EUR" } },
    { name: "..", rows: 2, seatsPerRow: 6, price: { amount: 4500, currency: "EUR" } },
  ];
  const shape = { name: payload, text: payload, sections };
  hostile = await makeEvening(shop.api, shop.admin, shape);
  hostileQueued = await makeEvening(shop.api, shop.admin, shape);
  const room = {
    enabled: true,
    opensAt: new Date(Date.now() + 3_600_000).toISOString(),
    admitPerMinute: 60,
    maxActive: 10,
    message: payload,
  };
  const path = `/admin/events/${hostileQueued}/queue`;
  const flagged = await shop.api("PUT", path, { token: shop.admin, body: room });
  if (flagged.status !== 200) throw new Error(JSON.stringify(flagged.body));
  mexico = await makeEvening(shop.api, shop.admin, {
    name: "Quinta Noche",
    timeZone: "America/Mexico_City",
    startsAt: "2030-07-04T01:00:00Z",
    endsAt: "2030-07-04T04:00:00Z",
  });
}, 300_000);

afterAll(() => shop?.close());

/** Buys the best seats as Alice. @returns the path of the tickets */
async function buy(page: Page, eventId: string): Promise<string> {
  await page.goto(`/e/${eventId}`);
  await page.getByRole("button", { name: "Find best seats" }).click();
  await page.getByRole("button", { name: "Alice" }).click();
  await page.waitForURL("**notice=signed-in**");
  await page.getByRole("button", { name: "Find best seats" }).click();
  await page.waitForURL("**/hold/*");
  expect(await page.locator("img, [onload], [onerror]").count()).toBe(0);
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.waitForURL("**/tickets/*");
  return new URL(page.url()).pathname;
}

test("a hostile event goes through every page as text: no dialog, no breach, nothing run", async () => {
  await shop.as(desktop, async (page) => {
    const trouble: string[] = [];
    page.on("dialog", (dialog) => {
      trouble.push(dialog.message());
      void dialog.dismiss();
    });
    page.on("console", (line) => {
      if (/Content Security Policy|TrustedHTML/.test(line.text())) trouble.push(line.text());
    });
    page.on("pageerror", (error) => trouble.push(error.message));
    const tickets = await buy(page, hostile);
    const queued = [`/e/${hostileQueued}`, `/wait/${hostileQueued}`];
    const seen = ["/", `/e/${hostile}`, `/de/e/${hostile}`, "/tickets", tickets];
    const paths = [...seen, ...queued, `/wait/${hostileQueued}/basic`];
    for (const path of [...paths, `/e/${hostile}/s/${encodeURIComponent(sectionPayload)}`]) {
      await page.goto(path);
      expect(await page.locator("main").textContent()).toContain(path === "/" ? "" : payload);
      expect(await page.locator("img, [onload], [onerror]").count()).toBe(0);
    }
    await page.goto(`/e/${hostile}`);
    await page.locator("seat-map .map-box canvas").waitFor();
    await page.locator("table.sections a").last().click();
    await page.waitForURL("**/s/~..");
    const pages = paths.length + 3;
    console.log(JSON.stringify({ pages, dialogsErrorsAndReports: trouble.length }));
    expect(trouble).toEqual([]);
  });
});

test("the code on the page is read by another library and verified without a connection", async () => {
  await shop.as({ ...phone, colorScheme: "dark" }, async (page) => {
    await buy(page, mexico);
    const code = await scan(page);
    expect(code).toBe(await page.locator(".code").first().textContent());
    const door = await doorOf(mexico);
    expect(await verdictOf(code, door)).toBe("valid");
    expect(await verdictOf(code, await doorOf(hostile))).toBe("other-event");
    for (let at = 0; at < code.length; at++) {
      const other = code[at] === "A" ? "B" : "A";
      const forged = code.slice(0, at) + other + code.slice(at + 1);
      expect(await verdictOf(forged, door)).not.toBe("valid");
    }
    console.log(JSON.stringify({ characters: code.length, forgeriesRefused: code.length }));

    // What a scanner runs, asking nobody.
    const folder = mkdtempSync(join(tmpdir(), "door-"));
    const file = join(folder, "door.json");
    const scanner = (about: unknown) => {
      writeFileSync(file, JSON.stringify(about));
      const args = ["run", "-s", "verify-ticket", "--", code, "--door", file];
      const { status, stdout } = spawnSync("npm", args, { encoding: "utf8" });
      return { status, verdict: (JSON.parse(stdout) as { status: string }).status };
    };
    expect(scanner(door)).toEqual({ status: 0, verdict: "valid" });

    // Reissued: what was printed before is void, what the page shows now is not.
    const booking = new URL(page.url()).pathname.split("/").at(-1);
    const reissued = await shop.api("POST", `/admin/bookings/${booking}/reissue`, {
      token: shop.admin,
    });
    expect(reissued.status).toBe(200);
    const doorAfter = await doorOf(mexico);
    expect(await verdictOf(code, doorAfter)).toBe("reissued");
    expect(scanner(doorAfter)).toEqual({ status: 1, verdict: "reissued" });
    rmSync(folder, { recursive: true });
    await page.reload();
    const fresh = await scan(page);
    expect(fresh).not.toBe(code);
    expect(await verdictOf(fresh, doorAfter)).toBe("valid");
  });
});

/** What a scanner at the door of an event carries. */
async function doorOf(eventId: string): Promise<TicketDoor> {
  const path = `/admin/events/${eventId}/door`;
  return TicketDoor.parse((await shop.api("GET", path, { token: shop.admin })).body);
}

async function verdictOf(code: string, door: TicketDoor): Promise<string> {
  const bytes = Buffer.from(door.keys["1"] ?? "", "base64url");
  const key = await crypto.subtle.importKey("raw", bytes, "Ed25519", false, ["verify"]);
  return (await verifyTicket(code, { ...door, keys: new Map([[1, key]]) })).status;
}

test("bought tickets open without a connection", async () => {
  await shop.as(phone, async (page, context) => {
    const tickets = await buy(page, mexico);
    await page.getByText(/kept on this device|without a connection|offline/i).waitFor();
    await context.setOffline(true);
    await page.goto(tickets);
    expect(await page.getByRole("img", { name: /QR/ }).count()).toBe(2);
    await context.setOffline(false);
  });
});

test("an event shows its own time on a machine in another zone, and its calendar file is in UTC", async () => {
  await shop.as({ ...desktop, timezoneId: "Europe/Berlin" }, async (page) => {
    await page.goto(`/e/${mexico}`);
    const when = await page.locator("dl time").textContent();
    expect(when).toContain("3 July 2030");
    expect(when).toContain("19:00");
    const file = await (await page.request.get(`/e/${mexico}/calendar.ics`)).text();
    expect(file).toContain("DTSTART:20300704T010000Z");
    expect(file.split("\r\n").every((line) => Buffer.byteLength(line) <= 75)).toBe(true);
    const { VEVENT: entry, ...rest } = readCalendar(file);
    expect(Object.keys(rest)).toEqual(["VCALENDAR"]);
    expect(entry).toMatchObject({ SUMMARY: "Quinta Noche", DTEND: "20300704T040000Z" });
    for (const name of ["UID", "DTSTAMP", "SEQUENCE"]) expect(entry).toHaveProperty(name);
  });
});

test("no page but the public ones may be kept, and all carry the policy", async () => {
  const isPublic = /^\/(|de|es|e\/\d+|de\/e\/\d+|robots\.txt|sitemap\.xml|e\/\d+\/calendar\.ics)$/;
  const paths = ["/", "/de", `/e/${mexico}`, `/de/e/${mexico}`, `/e/${mexico}/s/101`, "/tickets"];
  const more = ["/auth/sign-in", "/auth/callback", "/hold/x", "/nowhere", "/robots.txt"];
  let answers = 0;
  for (const path of [...paths, ...more, "/sitemap.xml", `/e/${mexico}/calendar.ics`]) {
    for (const cookie of ["", "__Host-session=forged"]) {
      const headers = { accept: "text/html", cookie };
      const answer = await fetch(shop.site + path, { headers, redirect: "manual" });
      await answer.body?.cancel();
      const kept = answer.headers.get("cache-control") ?? "";
      expect([path, kept.startsWith("public")]).toEqual([path, isPublic.test(path)]);
      expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
      const sets = answer.headers.has("set-cookie");
      expect([path, sets && isPublic.test(path)]).toEqual([path, false]);
      answers++;
    }
  }
  console.log(JSON.stringify({ answersWalked: answers }));
});

/** Reads a calendar file as RFC 5545 writes it: folded lines, properties in components. */
function readCalendar(file: string): Record<string, Record<string, string>> {
  const components: Record<string, Record<string, string>> = {};
  const open: string[] = [];
  for (const line of file.replaceAll("\r\n ", "").split("\r\n").filter(Boolean)) {
    const [, name = "", value = ""] = /^([A-Z-]+)(?:;[^:]*)?:(.*)$/.exec(line) ?? [];
    if (name === "") throw new Error(`not a line of a calendar: ${line}`);
    if (name === "END" && open.pop() !== value) throw new Error(`${value} was not open`);
    if (name === "BEGIN") {
      open.push(value);
      components[value] = {};
    }
    const component = components[open.at(-1) ?? ""];
    if (name !== "BEGIN" && name !== "END" && component) component[name] = value;
  }
  if (open.length > 0) throw new Error(`${open.join()} is still open`);
  return components;
}

/** What a scanner reads from the picture of the first ticket. */
async function scan(page: Page): Promise<string> {
  const png = await page.locator("svg.qr").first().screenshot();
  const { data, width, height } = await page.evaluate(async (source) => {
    // The page's policy lets nothing be fetched from a data: address.
    const bytes = Uint8Array.from(atob(source), (char) => char.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const ctx = canvas.getContext("2d");
    if (!ctx) throw new Error("no canvas");
    ctx.drawImage(picture, 0, 0);
    const image = ctx.getImageData(0, 0, picture.width, picture.height);
    return { data: [...image.data], width: image.width, height: image.height };
  }, png.toString("base64"));
  const found = jsqr(Uint8ClampedArray.from(data), width, height);
  if (!found) throw new Error("no code was found in the picture");
  return found.data;
}
