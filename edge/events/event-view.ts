import { DurableObject } from "cloudflare:workers";
import { Availability } from "../../contracts/events.ts";
import { importSigningKeys } from "../../contracts/edge-signature.ts";
import { plainBody } from "../cache/cached-answer.ts";
import { EdgeCache } from "../cache/edge-cache.ts";
import { IsolateMemory } from "../cache/isolate-memory.ts";
import type { Lifetimes } from "../cache/policy.ts";
import { readEnv } from "../env.ts";
import { createFigures } from "../figures.ts";
import { networkOf } from "../network.ts";
import { createOriginClient, type OriginClient } from "../origin-client.ts";
import { askOrigin, eventKey, eventKeys, type PartQuestion } from "./ask-origin.ts";
import {
  EventObjects,
  type EventViewMethods,
  type PartFound,
  type Viewing,
  type Welcome,
} from "./event-objects.ts";
import { type LiveMessage, LiveLog } from "./live-log.ts";
import { ObjectStore } from "./object-store.ts";

/**
 * Shorter than an isolate's, which counts from when the origin was asked: together they stay within two seconds even
 * when no change is ever told. A told one is read anew, but not by everybody at once.
 */
const lifetimes = {
  freshMs: 700,
  refreshMs: 1_200,
  onErrorMs: 24 * 3_600_000,
  settleMs: 100,
} satisfies Lifetimes;
const patienceMs = 700;
const memoryBytesMax = 32 * 1024 * 1024;
/** Should a change not be told, viewers see it after this long. */
const pollMs = 5_000;

/**
 * One object for each hot event: it asks the origin for the whole world, and knows what live viewers were told.
 * What the origin says is the truth; changes that are told only say that it is time to ask.
 */
export class EventView extends DurableObject<Record<string, unknown>> implements EventViewMethods {
  readonly #cache: EdgeCache;
  readonly #log: LiveLog;
  readonly #objects: EventObjects;
  readonly #origin: Promise<OriginClient>;
  readonly #now = () => Date.now();
  #publishing: Promise<void> | undefined;
  #isDue = false;

  constructor(ctx: DurableObjectState, bindings: Record<string, unknown>) {
    super(ctx, bindings);
    const env = readEnv(bindings);
    const { sql } = ctx.storage;
    const memory = new IsolateMemory({ keptMax: memoryBytesMax, onceMax: 0 });
    this.#cache = new EdgeCache({ memory, shared: new ObjectStore(sql), now: this.#now });
    this.#log = new LiveLog(sql);
    this.#objects = new EventObjects(env);
    this.#origin = importSigningKeys(env.EDGE_SIGNING_KEYS).then((signingKeys) =>
      createOriginClient({
        url: env.ORIGIN_URL,
        network: networkOf(env),
        signingKeys,
        now: this.#now,
        figures: createFigures(env.METRICS),
      }),
    );
    sql.exec("CREATE TABLE IF NOT EXISTS viewers (viewing_group INTEGER PRIMARY KEY)");
    sql.exec("CREATE TABLE IF NOT EXISTS event (id TEXT PRIMARY KEY, pass TEXT)");
  }

  async read(question: PartQuestion, known: string | undefined): Promise<PartFound> {
    try {
      const { answer, ageMs } = await this.#get(question);
      if (answer.etag === known) return { status: "unchanged", ageMs };
      return { status: "found", answer, ageMs };
    } catch {
      return { status: "unavailable" };
    }
  }

  async changed(): Promise<void> {
    const { eventId } = this.#event() ?? {};
    if (eventId === undefined) return; // nobody has asked for anything yet
    for (const key of eventKeys(eventId)) this.#cache.expire(key);
    if (this.#groups().length > 0) this.ctx.waitUntil(this.#publish());
  }

  async attach({ eventId, group, seen, pass }: Viewing): Promise<Welcome | undefined> {
    this.#remember(eventId, pass);
    this.ctx.storage.sql.exec("INSERT OR IGNORE INTO viewers VALUES (?)", group);
    if (!this.#log.welcome(seen)) await this.#publish();
    if ((await this.ctx.storage.getAlarm()) === null)
      await this.ctx.storage.setAlarm(this.#now() + pollMs);
    return this.#log.welcome(seen);
  }

  override async alarm(): Promise<void> {
    if (this.#groups().length === 0) return;
    await this.#publish();
    await this.ctx.storage.setAlarm(this.#now() + pollMs);
  }

  #get(question: PartQuestion, settleMs = lifetimes.settleMs) {
    this.#remember(question.eventId, undefined);
    return this.#cache.get({
      key: eventKey(question),
      lifetimes: { ...lifetimes, settleMs },
      patienceMs,
      waitUntil: (work) => this.ctx.waitUntil(work),
      load: async (previous) =>
        askOrigin({ origin: await this.#origin, now: this.#now }, question, previous),
    });
  }

  /** Tells viewers what has changed: one round at a time, and another one if something changed meanwhile. */
  #publish(): Promise<void> {
    this.#isDue = true;
    this.#publishing ??= this.#publishWhileDue().finally(() => {
      this.#publishing = undefined;
    });
    return this.#publishing;
  }

  async #publishWhileDue(): Promise<void> {
    while (this.#isDue) {
      this.#isDue = false;
      const { eventId, pass } = this.#event() ?? {};
      if (eventId === undefined) return;
      const question = {
        eventId,
        part: "availability",
        pass,
        encoding: "gzip",
        requestId: crypto.randomUUID(),
      } as const;
      // Never a copy from just before the change: nobody would ask again on its behalf.
      const found = await this.#get(question, 0).catch(() => undefined);
      if (found?.answer.status !== 200) return; // the next poll tries again
      const text = new TextDecoder().decode(await plainBody(found.answer));
      const message = this.#log.record(Availability.parse(JSON.parse(text)).statuses);
      if (message) await this.#push(eventId, message);
    }
  }

  async #push(eventId: string, { seq, text }: LiveMessage): Promise<void> {
    await Promise.all(
      this.#groups().map(async (group) => {
        const sent = await this.#objects
          .viewers(eventId, group)
          .push(seq, text)
          .catch(() => undefined); // its viewers see the gap at the next message
        if (sent === 0)
          this.ctx.storage.sql.exec("DELETE FROM viewers WHERE viewing_group = ?", group);
      }),
    );
  }

  #groups(): number[] {
    return this.ctx.storage.sql
      .exec<{ viewing_group: number }>("SELECT viewing_group FROM viewers")
      .toArray()
      .map((row) => row.viewing_group);
  }

  #event(): { eventId: string; pass: string | undefined } | undefined {
    const [row] = this.ctx.storage.sql
      .exec<{ id: string; pass: string | null }>("SELECT id, pass FROM event")
      .toArray();
    return row && { eventId: row.id, pass: row.pass ?? undefined };
  }

  /** @param pass of the last viewer who has one: the object sees what its viewers may see */
  #remember(eventId: string, pass: string | undefined): void {
    const known = this.#event();
    if (known && (pass === undefined || pass === known.pass)) return;
    this.ctx.storage.sql.exec("INSERT OR REPLACE INTO event VALUES (?, ?)", eventId, pass ?? null);
  }
}
