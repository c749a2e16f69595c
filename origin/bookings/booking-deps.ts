import type { Db } from "../../db/client.ts";
import type { KeyRegistry } from "../locks/key-registry.ts";
import type { TicketLocks } from "../locks/ticket-locks.ts";
import type { Payments } from "../payments/payments.ts";
import type { EventSales } from "./event-sales.ts";
import type { StoreConfirm } from "./store-confirm.ts";
import type { StoreHold } from "./store-hold.ts";
import type { Seatings } from "./seatings.ts";

/**
 * What the booking verbs need. Every step outside the process goes through `db`, `locks`, `keys` or `payments`, one call a
 * step, so that a test can make any of them fail, before it or after it.
 */
export interface BookingDeps {
  readonly db: Db;
  readonly locks: TicketLocks;
  readonly keys: KeyRegistry;
  /** Has somebody find out, beside the requests, which idempotency keys of an event were used; see `learn-keys.ts`. */
  readonly getToKnowKeys: (eventId: string) => void;
  readonly payments: Payments;
  readonly sales: EventSales;
  readonly seatings: Seatings;
  /** How long a hold lasts, and how far each extension reaches, in seconds. */
  readonly holdSeconds: number;
  /** How long a hold can last with all its extensions, in seconds. */
  readonly holdSecondsMax: number;
  readonly newBookingId: () => string;
  readonly storeHold: StoreHold;
  readonly storeConfirm: StoreConfirm;
}

/** Who asks, and under which request. */
export interface Caller {
  readonly userId: string;
  readonly requestId: string;
  /** Whether nobody waits for the answer any more: then no further step is begun. Absent: somebody always does. */
  readonly isLate?: () => boolean;
}
