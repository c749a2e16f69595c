import { afterAll, beforeAll, expect, test } from "vitest";
import type { EventView } from "../contracts/events.ts";
import type { Problem } from "../contracts/problem.ts";
import type { QueueAdmitted, QueueFigures, QueueStatus } from "../contracts/queue.ts";
import { type Api, eventually, openApi } from "./api.ts";
import {
  buy,
  eachOf,
  isServed,
  join,
  type Person,
  untilAllKnowOfOpening,
} from "./waiting-room-crowd.ts";
import {
  checkIndependently,
  type Draw,
  positionIndependently,
  verifyByCommand,
} from "./waiting-room-lottery.ts";
import { makeEvent } from "./waiting-room-event.ts";
import { startWholeStack, type WholeStack } from "./whole-stack.ts";

/** One on-sale from flag to sold out, on the real stack, with an edge that dies in the middle of it. */
const peopleBefore = 1000;
const peopleAfter = 1000;
const seats = 240;
const settings = {
  enabled: true,
  opensAt: new Date(Date.now() + 3_600_000).toISOString(),
  admitPerMinute: 1200,
  maxActive: 40,
  passSeconds: 600,
  graceSeconds: 120,
  message: "Good luck.",
};
const longMs = 600_000;

let stack: WholeStack;
let api: Api;
let admin: string;
let event: string;
const people: Person[] = [];

beforeAll(async () => {
  stack = await startWholeStack({ seed: "none" });
  api = openApi(stack.edgeUrl);
  admin = await stack.token("ada", ["admin"]);
  event = await makeEvent(api, admin, seats);
});
afterAll(() => stack?.stop());

test.each([
  ["a rate of 0", { admitPerMinute: 0 }, "admitPerMinute"],
  ["an opening in the past", { opensAt: "2020-01-01T00:00:00Z" }, "opensAt"],
  ["no bound", { maxActive: 0 }, "maxActive"],
])("flagging is refused with %s", async (_case, wrong, path) => {
  const body = { ...settings, ...wrong };
  const answer = await api<Problem>("PUT", `/admin/events/${event}/queue`, { token: admin, body });
  expect(answer).toMatchObject({ status: 422, body: { code: "validation-failed" } });
  expect(answer.body.errors?.map((it) => it.path)).toEqual([path]);
});

test("a flagged event stays viewable, and shows and sells no seat without a pass", async () => {
  const alice = await stack.token("alice");
  expect((await status()).status).toBe(404);
  const flagged = await api<QueueFigures>("PUT", `/admin/events/${event}/queue`, {
    token: admin,
    body: settings,
  });
  expect(flagged).toMatchObject({ status: 200, body: { status: { phase: "pre" }, maxActive: 40 } });
  const again = await api("PUT", `/admin/events/${event}/queue`, { token: admin, body: settings });
  expect(again.status).toBe(200);
  const view = await eventually("the view hides the seats", async () => {
    const { body } = await api<EventView>("GET", `/events/${event}`);
    return body.tickets ? undefined : body;
  });
  expect(view).toMatchObject({ queue: { required: true, join: `/events/${event}/queue` } });
  for (const [method, path] of [
    ["GET", `/events/${event}/availability`],
    ["POST", `/bookings/${event}`],
  ] as const) {
    const body = method === "POST" ? { bestAvailable: { quantity: 1 } } : undefined;
    const answer = await eventually(`${method} ${path} is refused`, async () => {
      const got = await api(method, path, { token: alice, ...(body && { body }) });
      return got.status === 403 ? got : undefined;
    });
    expect(answer.body).toMatchObject({
      code: "admission-required",
      queue: `/events/${event}/queue`,
    });
  }
});

test("a thousand joins by one account give one place", async () => {
  const token = await stack.token("eager");
  const numbers = new Set<number>();
  let created = 0;
  await eachOf(
    Array.from({ length: 1000 }, (_, turn) => turn),
    async () => {
      const joined = await join(api, event, token);
      if (joined.status === 201) created++;
      numbers.add(joined.body.number);
    },
  );
  expect({ numbers: numbers.size, created }).toEqual({ numbers: 1, created: 1 });
}, 180_000);

test(
  "early joiners are drawn by a lottery that strangers can check, later ones follow in order",
  async () => {
    await joinAs("early", peopleBefore);
    const before = (await status()).body;
    expect(before).toMatchObject({ phase: "pre", seatsLeft: seats });
    expect(before).not.toHaveProperty("secret");
    const opened = await api("POST", `/admin/events/${event}/queue/pause`, { token: admin });
    expect(opened.status).toBe(409);
    expect((await api("POST", `/admin/events/${event}/queue/open`, { token: admin })).status).toBe(
      200,
    );
    await untilAllKnowOfOpening(api, event, stack.token);
    await joinAs("late", peopleAfter);
    // Copies of the status may be some seconds old.
    const after = await eventually("the draw is published", async () => {
      const { body } = await status();
      return body.phase === "open" ? body : undefined;
    });
    const draw = after as unknown as Draw;
    expect(draw.commitment).toBe(before.commitment);
    expect(checkIndependently(draw)).toBe(true);
    const some = [0, 7, draw.lotterySize - 1, draw.lotterySize + 3];
    const positions = some.map((number) => positionIndependently(draw, number));
    expect(await verifyByCommand(after, some)).toEqual({ code: 0, positions });
    expect((await verifyByCommand({ ...after, secret: "00".repeat(32) }, [])).code).toBe(1);
    const early = people.slice(0, peopleBefore);
    const late = people.slice(peopleBefore);
    expect(new Set(people.map((it) => it.number)).size).toBe(people.length);
    expect(early.every((it) => it.number < draw.lotterySize)).toBe(true);
    expect(late.every((it) => it.number >= draw.lotterySize)).toBe(true);
    expect(new Set(early.map((it) => positionIndependently(draw, it.number))).size).toBe(
      peopleBefore,
    );
  },
  longMs,
);

test("tickets and passes are good for their own person, event, generation and time alone", async () => {
  const now = await eventually("somebody is served", async () => {
    const { body } = await status();
    return body.serving > 8 ? body : undefined;
  });
  const inOrder = byPosition(now);
  const [first, last] = [inOrder[0], inOrder.at(-1)] as [Person, Person];
  const claim = (token: string, ticket: string, of = event) =>
    api<QueueAdmitted & Problem>("POST", `/events/${of}/queue/claim`, {
      token,
      headers: { "Queue-Ticket": ticket },
    });
  const turned = await claim(last.token, last.ticket);
  expect(turned).toMatchObject({ status: 409, body: { code: "position-not-served" } });
  expect(await claim(last.token, first.ticket)).toMatchObject({ status: 403 });
  const altered = `${first.ticket.slice(0, -3)}${first.ticket.endsWith("AAA") ? "BBB" : "AAA"}`;
  expect(await claim(first.token, altered)).toMatchObject({ status: 403 });

  const admitted = await claim(first.token, first.ticket);
  expect(admitted.status).toBe(200);
  expect((await claim(first.token, first.ticket)).body.expiresAt).toBe(admitted.body.expiresAt);
  const pass = admitted.body.admissionPass;
  const look = (token: string, given: string) =>
    api("GET", `/events/${event}/availability`, { token, headers: { "Admission-Pass": given } });
  const hold = (token: string, given: string) =>
    api<Problem>("POST", `/bookings/${event}`, {
      token,
      headers: { "Admission-Pass": given },
      body: { bestAvailable: { quantity: 1 } },
    });
  expect((await look(first.token, pass)).status).toBe(200);
  const view = await api<EventView>("GET", `/events/${event}`, {
    token: first.token,
    headers: { "Admission-Pass": pass },
  });
  expect(view.body.tickets).toHaveLength(seats);
  const broken = `${pass.slice(0, -9)}${pass.slice(-9).toUpperCase()}x`;
  for (const [token, given] of [
    [last.token, pass],
    [first.token, broken],
    [first.token, first.ticket],
  ] as const) {
    expect((await look(token, given)).status).toBe(403);
    expect(await hold(token, given)).toMatchObject({
      status: 403,
      body: { code: "admission-required" },
    });
  }
  const held = await hold(first.token, pass);
  expect(held.status).toBe(201);
  await api("DELETE", `/bookings/${(held.body as unknown as { id: string }).id}`, {
    token: first.token,
  });
  const left = await api("DELETE", `/events/${event}/queue`, {
    token: first.token,
    headers: { "Queue-Ticket": first.ticket },
  });
  expect(left.status).toBe(204);
  expect(await hold(first.token, pass)).toMatchObject({ status: 403 });
  expect(await claim(first.token, first.ticket)).toMatchObject({ status: 410 });
  first.state = "empty-handed";
});

test(
  "the sale runs to its end over a restart of the edge: bounded, in order, and everybody is told",
  async () => {
    let activeMax = 0;
    let restarted = false;
    const watch = async () => {
      const figures = await api<QueueFigures>("GET", `/admin/events/${event}/queue`, {
        token: admin,
      });
      if (figures.status === 200) activeMax = Math.max(activeMax, figures.body.active);
    };
    await eventually(
      "all is sold",
      async () => {
        const { body } = await status();
        const served = people.filter((it) => it.state === "waiting" && isServed(it, body));
        await eachOf(served, (person) => buy(api, event, person).catch(() => undefined));
        await watch();
        const bought = people.filter((it) => it.state === "bought").length;
        if (bought >= 30 && !restarted) {
          restarted = true;
          await stack.kill("edge");
          await stack.restart("edge");
        }
        return body.phase === "sold-out" ? true : undefined;
      },
      longMs,
    );
    expect(restarted).toBe(true);
    expect(activeMax).toBeGreaterThan(0);
    expect(activeMax).toBeLessThanOrEqual(settings.maxActive);
    expect(people.filter((it) => it.state === "bought")).toHaveLength(seats / 2);
    expect((await status()).body).toMatchObject({ phase: "sold-out", seatsLeft: 0 });
    const some = people.filter((_, index) => index % 50 === 7 && index !== 0);
    for (const person of some.filter((it) => it.state !== "empty-handed")) {
      const again = await join(api, event, person.token);
      expect(again).toMatchObject({ status: 200, body: { number: person.number } });
    }
  },
  longMs,
);

test("a reset voids tickets and passes, and the change is in the audit log", async () => {
  const person = people.at(-1) as Person;
  const body = { opensAt: new Date(Date.now() + 3_600_000).toISOString() };
  const reset = await api<QueueFigures>("POST", `/admin/events/${event}/queue/reset`, {
    token: admin,
    body,
  });
  expect(reset).toMatchObject({ status: 200, body: { status: { generation: 2, phase: "pre" } } });
  const claimed = await eventually("the old ticket is void", async () => {
    const answer = await api<Problem>("POST", `/events/${event}/queue/claim`, {
      token: person.token,
      headers: { "Queue-Ticket": person.ticket },
    });
    return answer.status === 410 ? answer : undefined;
  });
  expect(claimed.body.code).toBe("position-expired");
  const audit = await api<{ records: { action: string }[] }>("GET", "/admin/audit?pageSize=100", {
    token: admin,
  });
  const actions = audit.body.records.map((it) => it.action);
  expect(actions).toContain("queue.reset");
});

async function joinAs(name: string, count: number): Promise<void> {
  const users = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const user = `${name}-${index}`;
      return { user, token: await stack.token(user) };
    }),
  );
  await eachOf(users, async ({ user, token }) => {
    const { status: code, body } = await join(api, event, token);
    if (code !== 201) throw new Error(`${user} could not join: ${code}`);
    people.push({ user, token, ticket: body.queueTicket, number: body.number, state: "waiting" });
  });
}

function byPosition(now: QueueStatus): Person[] {
  const draw = now as unknown as Draw;
  const placed = people.map((person) => ({
    person,
    position: positionIndependently(draw, person.number),
  }));
  return placed.toSorted((a, b) => a.position - b.position).map(({ person }) => person);
}

function status() {
  return api<QueueStatus>("GET", `/events/${event}/queue`);
}
