import { checkCalledOff } from "./check-called-off.ts";
import { checkComeback } from "./check-comeback.ts";
import { checkKeys } from "./check-keys.ts";
import { checkLocks } from "./check-locks.ts";
import { checkMoney } from "./check-money.ts";
import { checkRows } from "./check-rows.ts";
import type { Round } from "./commands.ts";
import type { Lab } from "./lab.ts";
import { perform } from "./perform.ts";
import { World } from "./world.ts";

/**
 * Lives through one sequence on an event of its own, with all invariants checked after each round and at the end.
 * @returns what was violated, in words; empty when nothing was
 */
export async function runSequence(lab: Lab, rounds: readonly Round[]): Promise<readonly string[]> {
  const world = await World.make(lab);
  const check = async () => {
    await checkRows(world);
    await checkLocks(world);
    return world.violations.length === 0;
  };
  for (const round of rounds) {
    const mayFlush = round.faults.some((fault) => fault?.kind === "flushed");
    await world.arm(round);
    await Promise.all(
      round.commands.map((command, at) =>
        perform(world, world.processes[at % 2 === 0 ? 0 : 1], command, round),
      ),
    );
    await world.settle(round);
    if (mayFlush) world.locked.clear();
    if (!(await check())) return world.violations;
  }
  await checkKeys(world);
  await checkCalledOff(world);
  await checkMoney(world);
  if (!(await check())) return world.violations;
  if (!world.isCalledOff) await checkComeback(world);
  await check();
  return world.violations;
}
