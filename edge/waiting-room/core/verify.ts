import type { QueueStatus } from "../../../contracts/queue.ts";
import { commitmentOf, createLottery, seedOf } from "./lottery.ts";

export interface DrawCheck {
  readonly name: "revealed" | "commitment" | "beacon" | "seed";
  readonly ok: boolean;
  readonly detail: string;
}

/**
 * Checks a draw from the published document alone: that the revealed secret is the one promised before, and that
 * the seed follows from it, the size, the opening and the beacon.
 */
export function checkDraw(status: QueueStatus): DrawCheck[] {
  const { secret, seed, lotterySize, commitment, beacon, opensAt } = status;
  if (secret === undefined || seed === undefined || lotterySize === undefined) {
    return [{ name: "revealed", ok: false, detail: "the draw has not been held yet" }];
  }
  const computed = commitmentOf(secret);
  const expected = seedOf({
    secret,
    size: lotterySize,
    opensAt,
    beacon: beacon?.randomness ?? "",
  });
  return [
    { name: "revealed", ok: true, detail: `${lotterySize} numbers were drawn` },
    {
      name: "commitment",
      ok: computed === commitment,
      detail: `SHA-256 of the secret: ${computed}`,
    },
    { name: "beacon", ok: true, detail: beaconDetail(beacon) },
    { name: "seed", ok: expected === seed, detail: `computed: ${expected}` },
  ];
}

/** @returns the position of each number; numbers that were not drawn keep their own */
export function positionsOf(
  draw: { readonly seed: string; readonly lotterySize: number },
  numbers: readonly number[],
): { readonly number: number; readonly position: number; readonly drawn: boolean }[] {
  const lottery = createLottery(draw.seed, draw.lotterySize);
  return numbers.map((number) => {
    const drawn = number < draw.lotterySize;
    return { number, drawn, position: drawn ? lottery(number) : number };
  });
}

function beaconDetail(beacon: QueueStatus["beacon"]): string {
  if (beacon === null) return "none was configured: the operator could still choose who joins last";
  if (beacon.randomness === null) return `${beacon.source} was silent: the draw went without`;
  return `round ${beacon.round} of ${beacon.source}; compare its randomness there`;
}
