import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { countSeats } from "../../../contracts/plan-codec.ts";
import { stadiumPlan } from "../../../web/map/testing-plans.ts";
import { phone, startBrowser } from "../browser.ts";
import { type MapSite, openMapSite } from "./site.ts";

const plan = stadiumPlan();

let site: MapSite;
let browser: Browser;

beforeAll(async () => {
  [site, browser] = await Promise.all([
    openMapSite(plan, countSeats(plan.sections)),
    startBrowser(),
  ]);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

test.each([2, 10, 24])(
  "at %d px a seat, what was moved along and mended is what painting it all anew gives",
  async (scale) => {
    const page = await (await browser.newContext(phone)).newPage();
    await page.goto(`${site.url}/map`);
    await page.evaluate(() => window.firstFrame);
    site.change(2000);
    await page.evaluate((at) => window.ride({ motion: "pan", scale: at, frames: 60 }), scale);
    site.change(0);
    const different = await page.evaluate(async () => {
      const canvas = document.querySelector<HTMLCanvasElement>(".map-box canvas");
      const ctx = canvas?.getContext("2d");
      if (!canvas || !ctx) throw new Error("there is no map");
      const settle = async () => {
        for (let frame = 0; frame < 20; frame++) await new Promise(requestAnimationFrame);
        return ctx.getImageData(0, 0, canvas.width, canvas.height).data;
      };
      const moved = await settle();
      canvas.dispatchEvent(new Event("contextrestored"));
      const anew = await settle();
      let count = 0;
      for (let at = 0; at < anew.length; at++) {
        if (Math.abs((anew[at] ?? 0) - (moved[at] ?? 0)) > 40) count++;
      }
      return count / anew.length;
    });
    console.log(JSON.stringify({ scale, different }));
    expect(different).toBeLessThan(0.001);
  },
  120_000,
);
