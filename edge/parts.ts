import { importSigningKeys, type SigningKeys } from "../contracts/edge-signature.ts";
import { CacheApiStore } from "./cache/cache-api-store.ts";
import { EdgeCache } from "./cache/edge-cache.ts";
import { IsolateMemory } from "./cache/isolate-memory.ts";
import type { Env } from "./env.ts";
import { EventObjects } from "./events/event-objects.ts";
import { createFigures, type Figures } from "./figures.ts";
import { HotEvents } from "./events/hot-events.ts";
import { networkOf } from "./network.ts";
import { createOriginClient, type OriginClient } from "./origin-client.ts";
import { sharedIndexSize } from "./search/index-size.ts";
import { SearchKeys } from "./search/search-keys.ts";
import { createSearchServer, type SearchServer } from "./search/typesense.ts";
import { type Caller, createTokenVerifier, type VerifyToken } from "./verify-token.ts";

import { openWaitingRoom, type WaitingRoom } from "./waiting-room/open-waiting-room.ts";

/** In bytes; an isolate has 128 MB for everything. What was asked for once are searches, not packed: some 1,500 of them. */
const memoryBounds = { keptMax: 24 * 1024 * 1024, onceMax: 16 * 1024 * 1024 };

/** Some hundred bytes each. */
const searchKeysMax = 2_000;

/**
 * Says whether an `Admission-Pass` is good for this event and caller.
 * @returns the pass, or `undefined`: an unverified pass counts as none, and must not get past the caches
 */
export type VerifyPass = (
  eventId: string,
  pass: string,
  caller: Caller | undefined,
) => Promise<string | undefined>;

/** What the routes need from the outside. */
export interface Parts {
  readonly env: Env;
  readonly now: () => number;
  readonly figures: Figures;
  readonly origin: OriginClient;
  readonly verifyToken: VerifyToken;
  readonly verifyPass: VerifyPass;
  /** Live keys that edge and origin sign their requests with. */
  readonly signingKeys: SigningKeys;
  readonly waitingRoom: WaitingRoom;
  readonly cache: EdgeCache;
  readonly searchKeys: SearchKeys;
  readonly hotEvents: HotEvents;
  readonly eventObjects: EventObjects;
  /** Absent where there is no Typesense: the origin's search answers instead. */
  readonly searchServer: SearchServer | undefined;
}

/**
 * Opens the parts of an isolate; nothing is connected before its first use.
 * @throws Error naming the variable when a signing key is malformed
 */
export async function openParts(env: Env): Promise<Parts> {
  const now = () => Date.now();
  const signingKeys = await importSigningKeys(env.EDGE_SIGNING_KEYS).catch(() => {
    // what went wrong may quote the keys
    throw new Error(
      "the edge is not configured: EDGE_SIGNING_KEYS: must name 32 bytes of hex each",
    );
  });
  const waitingRoom = await openWaitingRoom(env, now);
  const figures = createFigures(env.METRICS);
  const network = networkOf(env);
  const { TYPESENSE_URL: url, TYPESENSE_SEARCH_KEY: key } = env;
  return {
    env,
    now,
    figures,
    origin: createOriginClient({ url: env.ORIGIN_URL, network, signingKeys, now, figures }),
    verifyToken: createTokenVerifier({
      issuer: env.JWT_ISSUER,
      audience: env.JWT_AUDIENCE,
      jwksUrl: env.JWKS_URL,
      now,
    }),
    searchKeys: new SearchKeys(searchKeysMax),
    hotEvents: new HotEvents(),
    eventObjects: new EventObjects(env),
    signingKeys,
    waitingRoom,
    verifyPass: async (eventId, pass, caller) =>
      caller && (await waitingRoom.isAdmitted(eventId, pass, caller)) ? pass : undefined,
    cache: new EdgeCache({
      memory: new IsolateMemory(memoryBounds),
      shared: new CacheApiStore(),
      now,
    }),
    searchServer:
      url && key
        ? createSearchServer({ url, network, key, size: sharedIndexSize, now, figures })
        : undefined,
  };
}
