/** A drand chain's clock. */
export interface BeaconClock {
  /** When round 1 was published, Unix seconds. */
  readonly genesisSeconds: number;
  readonly periodSeconds: number;
}

/** drand's quicknet: a round each three seconds. */
export const quicknet: BeaconClock = { genesisSeconds: 1_692_803_367, periodSeconds: 3 };

/**
 * @param at Unix milliseconds
 * @returns the first round that is published at or after an instant: nobody knows it before
 */
export function roundAt(clock: BeaconClock, at: number): number {
  const since = at / 1000 - clock.genesisSeconds;
  return Math.max(1, Math.ceil(since / clock.periodSeconds) + 1);
}
