import { randomUUID } from "node:crypto";

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** A payment as Stripe has it, and what moved because of it. */
export interface Intent {
  readonly id: string;
  readonly amount: number;
  readonly currency: string;
  readonly metadata: Readonly<Record<string, string>>;
  status:
    | "requires_payment_method"
    | "requires_action"
    | "requires_capture"
    | "succeeded"
    | "canceled";
  captured: number;
  refunded: number;
}

/** Payment methods that behave like Stripe's test cards of these names. */
export const methods = {
  good: "pm_card_visa",
  declined: "pm_card_chargeDeclinedInsufficientFunds",
  needsAction: "pm_card_authenticationRequired",
} as const;

/** What Stripe has in its books, and its rules for what may follow what (https://docs.stripe.com/payments/paymentintents/lifecycle). */
export class StripeBooks {
  readonly intents = new Map<string, Intent>();

  /** Payments with this booking in their metadata, oldest first. */
  of(bookingId: string): Intent[] {
    return [...this.intents.values()].filter((it) => it.metadata["frontrow_booking"] === bookingId);
  }

  /** The buyer pays in the browser. @returns whether that was possible */
  pay(id: string): boolean {
    const intent = this.intents.get(id);
    if (!intent || !isOpen(intent)) return false;
    intent.status = "requires_capture";
    return true;
  }

  answer(method: string, path: string, asked: URLSearchParams): Reply {
    const [, id = "", verb = ""] = /^\/v1\/payment_intents\/([^/?]+)(?:\/(\w+))?/.exec(path) ?? [];
    if (method === "POST" && path === "/v1/payment_intents") return this.#make(asked);
    if (method === "POST" && path === "/v1/refunds") {
      return this.#change(asked.get("payment_intent") ?? "", "refund", asked);
    }
    return this.#change(id, method === "GET" ? "look" : verb, asked);
  }

  #make(asked: URLSearchParams): Reply {
    const metadata = [...asked].flatMap(([name, value]) => {
      const member = /^metadata\[(\w+)\]$/.exec(name)?.[1];
      return member === undefined ? [] : [[member, value] as const];
    });
    const intent: Intent = {
      id: `pi_${randomUUID().replaceAll("-", "")}`,
      amount: Number(asked.get("amount")),
      currency: asked.get("currency") ?? "",
      metadata: Object.fromEntries(metadata),
      status: "requires_payment_method",
      captured: 0,
      refunded: 0,
    };
    if (asked.get("capture_method") !== "manual")
      return refused("invalid_request_error", "no", 400);
    this.intents.set(intent.id, intent);
    return ok(intent);
  }

  #change(id: string, verb: string, asked: URLSearchParams): Reply {
    const intent = this.intents.get(id);
    if (!intent) return refused("invalid_request_error", "resource_missing", 404);
    switch (verb) {
      case "look":
        return ok(intent);
      case "confirm":
        return confirm(intent, asked.get("payment_method") ?? "");
      case "capture":
        if (intent.status !== "requires_capture") return unexpected();
        intent.status = "succeeded";
        intent.captured += intent.amount;
        return ok(intent);
      case "cancel":
        if (intent.status === "succeeded" || intent.status === "canceled") return unexpected();
        intent.status = "canceled";
        return ok(intent);
      case "refund":
        if (intent.status !== "succeeded") return unexpected();
        if (intent.refunded > 0) {
          return refused("invalid_request_error", "charge_already_refunded", 400);
        }
        intent.refunded += intent.captured;
        return {
          status: 200,
          body: { id: `re_${intent.id}`, object: "refund", status: "succeeded" },
        };
      default:
        return refused("invalid_request_error", "unknown_path", 404);
    }
  }
}

function confirm(intent: Intent, method: string): Reply {
  if (!isOpen(intent)) return unexpected();
  if (method === methods.declined) {
    intent.status = "requires_payment_method";
    return refused("card_error", "card_declined", 402, { decline_code: "insufficient_funds" });
  }
  intent.status = method === methods.needsAction ? "requires_action" : "requires_capture";
  return ok(intent);
}

function isOpen({ status }: Intent): boolean {
  return status === "requires_payment_method" || status === "requires_action";
}

/** As Stripe writes it. */
export function toObject(intent: Intent) {
  const { id, amount, currency, metadata, status } = intent;
  const secret = `${id}_secret_of_the_buyer`;
  return {
    id,
    object: "payment_intent",
    amount,
    currency,
    metadata,
    status,
    client_secret: secret,
  };
}

function ok(intent: Intent): Reply {
  return { status: 200, body: toObject(intent) };
}

function unexpected(): Reply {
  return refused("invalid_request_error", "payment_intent_unexpected_state", 400);
}

function refused(type: string, code: string, status: number, more = {}): Reply {
  return { status, body: { error: { type, code, message: code, ...more } } };
}
