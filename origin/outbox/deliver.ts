/** A message as it waits in the outbox. */
export interface OutboxMessage {
  readonly id: string;
  readonly payload: unknown;
}

/**
 * Hands messages of one topic over, oldest first. They may come again: whoever gets them must bear that.
 * Throws when they were not taken, or when that is not known.
 */
export type Deliver = (messages: readonly OutboxMessage[]) => Promise<void>;

/** Who takes the messages of which topic. */
export type Deliveries = Readonly<Record<string, Deliver>>;
