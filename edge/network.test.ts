import { afterEach, expect, test, vi } from "vitest";
import { type Network, networkOf } from "./network.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("our own parts are asked on the private network where there is one, else on the internet", async () => {
  vi.stubGlobal("fetch", async () => new Response("internet"));
  const ask = async (network: Network) =>
    (await network.fetch("https://origin.example", { method: "POST" })).text();
  const fetch = vi.fn<Network["fetch"]>(async () => new Response("private"));
  expect(await ask(networkOf({ PRIVATE_NETWORK: { fetch } }))).toBe("private");
  expect(fetch).toHaveBeenCalledWith("https://origin.example", { method: "POST" });
  expect(await ask(networkOf({}))).toBe("internet");
});
