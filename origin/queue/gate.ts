import { sql } from "drizzle-orm";
import * as z from "zod";
import { type AdmissionPass, checkAdmissionPass } from "../../contracts/admission-pass.ts";
import { rowsOf } from "../bookings/call-function.ts";
import { Remembered } from "../bookings/remembered.ts";
import { joinUrl } from "../catalogue/event-view.ts";
import type { Deps } from "../deps.ts";
import { DomainError } from "../errors.ts";
import { isEnded } from "./ended-passes.ts";

/** How long what Postgres said of an event's queue is believed, in milliseconds. */
const freshMs = 1_000;
const eventsMax = 5_000;

const QueueState = z.object({ isQueued: z.boolean(), generation: z.int().nullable() });
type QueueState = z.infer<typeof QueueState>;

interface Presented {
  readonly event: string;
  readonly user: string | undefined;
  /** As it came. */
  readonly pass: string | undefined;
}

/** Whether somebody may pass a waiting room; Postgres says which events have one, whatever the edge knows. */
export interface Gate {
  /** @throws DomainError `admission-required` for a queued event without a valid pass of this user */
  requireAdmission(presented: Presented): Promise<void>;
  /** @returns whether the pass, if one came, shows the seats of a queued event; also while a queue is failing open */
  maySeeSeats(presented: Presented): Promise<boolean>;
}

export function openGate({
  db,
  redis,
  passKeys,
  now,
}: Pick<Deps, "db" | "redis" | "passKeys" | "now">): Gate {
  const states = new Remembered<QueueState>({
    load: (event) => readState(db, event),
    freshMs: () => freshMs,
    weight: () => 1,
    weightMax: eventsMax,
    now: () => performance.now(),
  });
  const checkPass = async (
    { event, user, pass }: Presented,
    generation: number | null,
  ): Promise<AdmissionPass | undefined> => {
    if (pass === undefined || generation === null) return undefined;
    const check = await checkAdmissionPass(
      passKeys,
      pass,
      { event, user, generation },
      now() / 1000,
    );
    return check.ok ? check.pass : undefined;
  };
  return {
    async requireAdmission(presented) {
      const { isQueued, generation } = await states.read(presented.event);
      if (!isQueued) return;
      const pass = presented.user ? await checkPass(presented, generation) : undefined;
      if (pass && !(await isEnded(redis, pass))) return;
      throw new DomainError(
        "admission-required",
        "This event has a waiting room, and no valid admission pass came.",
        { extras: { queue: joinUrl(presented.event) } },
      );
    },
    async maySeeSeats(presented) {
      const { isQueued, generation } = await states.read(presented.event);
      return !isQueued || (await checkPass(presented, generation)) !== undefined;
    },
  };
}

/** While a queue fails open its event counts as not queued. By the database's clock. */
async function readState(db: Deps["db"], event: string): Promise<QueueState> {
  const [row] = rowsOf(
    await db.execute(sql`
      SELECT e.queue_enabled AND COALESCE(q.fail_open_until <= now(), true) AS "isQueued", q.generation
      FROM events e LEFT JOIN event_queues q ON q.event_id = e.id WHERE e.id = ${event}`),
  );
  return row === undefined ? { isQueued: false, generation: null } : QueueState.parse(row);
}
