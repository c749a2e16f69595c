/** The crowd and the sale that the model plays through. Every figure is printed with the results. */
export const modelSettings = {
  visitors: 10_000_000,
  shards: 128,
  seats: 60_000,
  admitPerMinute: 1200,
  maxActive: 5000,
  passSeconds: 600,
  graceSeconds: 120,
  /** Arrivals are Laplace-distributed around the opening, with this spread in seconds. */
  arrivalTauSeconds: 180,
  /** Nobody arrives earlier; this long before the opening the model begins. */
  earliestSeconds: 1800,
  /** Share of visitors who are gone when their turn comes. They poll like everybody until then. */
  noShowShare: 0.35,
  /** Data centres, of uneven size, and polls per second that one isolate in them serves. */
  dataCentres: 300,
  isolatePollsPerSecond: 50,
  /** From an edge to a shard and back, and until a mark in the data centre's cache is seen, in milliseconds. */
  shardRoundTripMs: 60,
  markVisibleMs: 5,
  /** What an admitted person does: seconds until the hold, seconds until done, shares. */
  holdAfterSeconds: [20, 180],
  doneAfterSeconds: [60, 360],
  /** Of the admitted: find and hold seats, …, and of these confirm. The rest of both walk away without leaving. */
  holdsShare: 0.62,
  confirmsShare: 0.9,
  walksAwayShare: 0.1,
  seed: 20261201,
} as const;

/** Dollars per million, from the public price list; durations per million GB-seconds, CPU per million milliseconds. */
export const prices = {
  workerRequests: 0.3,
  objectRequests: 0.15,
  rowsWritten: 1,
  objectGbSeconds: 12.5,
  workerCpuMs: 0.02,
} as const;

/** CPU of a poll that is answered from the cache, in milliseconds: assumed, for the price only. */
export const pollCpuMs = 0.3;
