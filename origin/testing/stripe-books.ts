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

/** A page where somebody pays: a Checkout Session. */
export interface Page {
  readonly id: string;
  readonly title: string;
  readonly amount: number;
  readonly currency: string;
  readonly returnTo: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly intentMetadata: Readonly<Record<string, string>>;
  status: "open" | "complete" | "expired";
  /** Made once somebody pays. */
  intent: Intent | undefined;
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
  readonly pages = new Map<string, Page>();
  /** Where the pages are, without a trailing slash. */
  pagesUrl = "";

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

  /** The buyer pays at a page. @returns whether that was possible */
  payAt(id: string): boolean {
    const page = this.pages.get(id);
    if (page?.status !== "open") return false;
    page.intent = {
      ...newIntent(page.amount, page.currency, page.intentMetadata),
      status: "requires_capture",
    };
    this.intents.set(page.intent.id, page.intent);
    page.status = "complete";
    return true;
  }

  answer(method: string, path: string, asked: URLSearchParams): Reply {
    if (path.startsWith("/v1/checkout/sessions")) return this.#answerPage(method, path, asked);
    const [, id = "", verb = ""] = /^\/v1\/payment_intents\/([^/?]+)(?:\/(\w+))?/.exec(path) ?? [];
    if (method === "POST" && path === "/v1/payment_intents") return this.#make(asked);
    if (method === "POST" && path === "/v1/refunds") {
      return this.#change(asked.get("payment_intent") ?? "", "refund", asked);
    }
    return this.#change(id, method === "GET" ? "look" : verb, asked);
  }

  #answerPage(method: string, path: string, asked: URLSearchParams): Reply {
    const [, id, verb] = /^\/v1\/checkout\/sessions(?:\/([^/?]+)(?:\/(\w+))?)?/.exec(path) ?? [];
    if (id === undefined) return this.#makePage(asked);
    const page = this.pages.get(id);
    if (!page) return refused("invalid_request_error", "resource_missing", 404);
    if (method === "POST" && verb === "expire") {
      if (page.status !== "open") return refused("invalid_request_error", undefined, 400);
      page.status = "expired";
    }
    return { status: 200, body: toPageObject(page, this.pagesUrl) };
  }

  #makePage(asked: URLSearchParams): Reply {
    const of = (name: string) => asked.get(name) ?? "";
    const isOurs =
      of("mode") === "payment" && of("payment_intent_data[capture_method]") === "manual";
    if (!isOurs) return refused("invalid_request_error", "no", 400);
    const page: Page = {
      id: `cs_test_${randomUUID().replaceAll("-", "")}`,
      title: of("line_items[0][price_data][product_data][name]"),
      amount: Number(of("line_items[0][price_data][unit_amount]")),
      currency: of("line_items[0][price_data][currency]"),
      returnTo: of("success_url"),
      metadata: membersOf(asked, "metadata"),
      intentMetadata: membersOf(asked, "payment_intent_data[metadata]"),
      status: "open",
      intent: undefined,
    };
    this.pages.set(page.id, page);
    return { status: 200, body: toPageObject(page, this.pagesUrl) };
  }

  #make(asked: URLSearchParams): Reply {
    const amount = Number(asked.get("amount"));
    const intent = newIntent(amount, asked.get("currency") ?? "", membersOf(asked, "metadata"));
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

/** As Stripe writes a page, with its payment in it. */
export function toPageObject(page: Page, pagesUrl: string) {
  const { id, metadata, status, intent } = page;
  return {
    id,
    object: "checkout.session",
    metadata,
    status,
    url: status === "open" ? `${pagesUrl}/c/pay/${id}` : null,
    payment_intent: intent ? toObject(intent) : null,
  };
}

function newIntent(amount: number, currency: string, metadata: Intent["metadata"]): Intent {
  const id = `pi_${randomUUID().replaceAll("-", "")}`;
  return {
    id,
    amount,
    currency,
    metadata,
    status: "requires_payment_method",
    captured: 0,
    refunded: 0,
  };
}

/** What was sent as `name[member]`. */
function membersOf(asked: URLSearchParams, name: string): Record<string, string> {
  const members = [...asked].flatMap(([key, value]) =>
    key.startsWith(`${name}[`) ? [[key.slice(name.length + 1, -1), value] as const] : [],
  );
  return Object.fromEntries(members);
}

function ok(intent: Intent): Reply {
  return { status: 200, body: toObject(intent) };
}

function unexpected(): Reply {
  return refused("invalid_request_error", "payment_intent_unexpected_state", 400);
}

function refused(type: string, code: string | undefined, status: number, more = {}): Reply {
  return { status, body: { error: { type, code, message: code ?? "no", ...more } } };
}
