import type { CachedAnswer } from "../cache/cached-answer.ts";
import type { Env } from "../env.ts";
import { within } from "../within.ts";
import type { PartQuestion } from "./ask-origin.ts";
import type { FeedOrder, FeedPosition } from "./feed-order.ts";

/** What an event's object says when it is asked for a part: outcomes are data, errors lose theirs on the way. */
export type PartFound =
  /** The tag that the asker named still holds. */
  | { readonly status: "unchanged"; readonly ageMs: number }
  | { readonly status: "found"; readonly answer: CachedAnswer; readonly ageMs: number }
  | { readonly status: "unavailable" };

/** The last message that a viewer has seen, and the log that numbered it. */
export interface Seen {
  readonly log: string;
  readonly seq: number;
}

/** What a viewer is sent first, and where the numbered messages go on from there. */
export interface Welcome {
  readonly seq: number;
  readonly messages: readonly string[];
}

/** The methods of an event's object. */
export interface EventViewMethods {
  read(question: PartQuestion, known: string | undefined): Promise<PartFound>;
  /** Something of the event has changed: what is kept is old. */
  changed(): Promise<void>;
  /** A group of viewers wants to be told from now on. @returns `undefined` when their seats cannot be read */
  attach(viewing: Viewing): Promise<Welcome | undefined>;
}

export interface Viewing {
  readonly eventId: string;
  /** Which group of viewers. */
  readonly group: number;
  /** How far this viewer had come before it was cut off. */
  readonly seen: Seen | undefined;
  readonly pass: string | undefined;
}

export interface SeatViewersMethods {
  /** @returns how many it was sent to */
  push(seq: number, message: string): Promise<number>;
  fetch(request: Request): Promise<Response>;
}

/** The methods of the object that watches over the order of changes. */
export interface ChangeFeedMethods {
  /** @param batch of the indexer's; it may come again, or late */
  note(batch: FeedPosition & { readonly from: number }): Promise<FeedOrder>;
}

/** An object that takes longer is no help. */
const answerMsMax = 6_000;

/** The only place that knows objects' names. */
export class EventObjects {
  readonly #views: DurableObjectNamespace;
  readonly #viewers: DurableObjectNamespace;
  readonly #feeds: DurableObjectNamespace;

  constructor(env: Pick<Env, "EVENT_VIEWS" | "SEAT_VIEWERS" | "CHANGE_FEED">) {
    this.#views = env.EVENT_VIEWS;
    this.#viewers = env.SEAT_VIEWERS;
    this.#feeds = env.CHANGE_FEED;
  }

  /** The feed of the indexer's changes. */
  feed(): ChangeFeedMethods {
    const id = this.#feeds.idFromName("indexer");
    return this.#feeds.get(id) as unknown as ChangeFeedMethods; // the binding's class has these methods
  }

  view(eventId: string): EventViewMethods {
    const id = this.#views.idFromName(`event/${eventId}`);
    return this.#views.get(id) as unknown as EventViewMethods; // the binding's class has these methods
  }

  viewers(eventId: string, group: number): SeatViewersMethods {
    const id = this.#viewers.idFromName(`event/${eventId}/${group}`);
    return this.#viewers.get(id) as unknown as SeatViewersMethods; // the binding's class has these methods
  }

  /** @returns `undefined` when the object cannot say */
  async read(question: PartQuestion, known: string | undefined): Promise<PartFound | undefined> {
    try {
      const found = await within(this.view(question.eventId).read(question, known), answerMsMax);
      return found === "late" || found.status === "unavailable" ? undefined : found;
    } catch {
      return undefined;
    }
  }
}
