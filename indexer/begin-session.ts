import {
  type Build,
  type RebuildReason,
  countRecentLosses,
  readBuild,
  recordBuild,
} from "./builds.ts";
import {
  type Checkpoint,
  beginEpoch,
  demandRebuild,
  readCheckpoint,
  readLogIdentity,
} from "./checkpoint.ts";
import { schemaHash } from "./collections.ts";
import type { ServiceDeps } from "./deps.ts";
import { HaltError } from "./errors.ts";
import type { Lsn } from "./lsn.ts";
import { adviceOn, readSlotSettings } from "./settings-advice.ts";
import { ensureSlot, readSlot } from "./slot.ts";

/** Makes the slot ready to be streamed, and records it when changes were missed. */
export async function prepareSlot(deps: ServiceDeps): Promise<void> {
  const { pool, config } = deps;
  const slot = config.SLOT_NAME;
  await ensureSlot(pool, slot, async (reason) => {
    const losses = await countRecentLosses(pool, slot);
    if (losses >= config.REBUILDS_PER_H) {
      throw new HaltError("too-many-rebuilds", `the slot was lost ${losses} times within an hour`);
    }
    deps.log.warn({ slot, reason }, "making a slot");
    await demandRebuild(pool, slot, (await readCheckpoint(pool, slot)) ? reason : "no-checkpoint");
  });
}

export interface Beginning {
  readonly epoch: number;
  readonly live: string | null;
  readonly build: Build | null;
  /** Where the slot was: everything before is in the rows. */
  readonly position: Lsn;
}

/**
 * Decides, while holding the slot's stream, whether the collection that readers see can be carried on or must be
 * built anew, and begins or resumes that build.
 */
export async function beginSession(deps: ServiceDeps): Promise<Beginning> {
  const { pool, config, collections, log } = deps;
  const slot = config.SLOT_NAME;
  for (const advice of adviceOn(await readSlotSettings(pool))) log.warn(advice);
  const reason = await reasonToBuild(deps, await readCheckpoint(pool, slot));
  if (reason) await demandRebuild(pool, slot, reason);
  const { epoch } = await beginEpoch(pool, slot);
  const live = await liveCollection(deps);
  const health = await readSlot(pool, slot);
  const position = health.status === "usable" ? health.confirmed : 0n;
  const underWay = await readBuild(pool, slot);
  if (!reason) {
    if (!underWay) return { epoch, live, position, build: null };
    if (underWay.schemaHash === schemaHash && (await collections.exists(underWay.collection))) {
      log.info({ collection: underWay.collection, cursor: underWay.cursor }, "resuming a build");
      return { epoch, live, position, build: underWay };
    }
  }
  const build = await newBuild(deps, reason ?? "schema");
  return { epoch, live, position, build };
}

/** Makes the next collection and records that it is to be filled. */
export async function newBuild(deps: ServiceDeps, reason: RebuildReason): Promise<Build> {
  const { pool, config, collections, log } = deps;
  const collection = await collections.create();
  const build = await recordBuild(pool, config.SLOT_NAME, { collection, reason, schemaHash });
  log.info({ collection, reason, total: build.total }, "building");
  return build;
}

async function reasonToBuild(
  deps: ServiceDeps,
  checkpoint: Checkpoint | null,
): Promise<RebuildReason | null> {
  const { pool, config } = deps;
  if (!checkpoint) return "no-checkpoint";
  if (checkpoint.rebuildReason) return checkpoint.rebuildReason;
  // Before the first confirmation the checkpoint says nothing yet.
  if (checkpoint.systemId !== "") {
    const log = await readLogIdentity(pool);
    if (checkpoint.systemId !== log.systemId) return "other-system";
    if (checkpoint.timeline !== log.timeline) return "other-timeline";
    const slot = await readSlot(pool, config.SLOT_NAME);
    if (slot.status === "usable" && slot.confirmed > checkpoint.applied) return "slot-moved";
  }
  if (await readBuild(pool, config.SLOT_NAME)) return null;
  if (checkpoint.schemaHash !== schemaHash) return "schema";
  return (await liveCollection(deps)) === checkpoint.collection ? null : "collection-missing";
}

/** The alias outlives its collection: only what is really there can be written to. */
async function liveCollection({ collections }: ServiceDeps): Promise<string | null> {
  const current = await collections.current();
  return current && (await collections.exists(current)) ? current : null;
}
