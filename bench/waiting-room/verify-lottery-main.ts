import { readFileSync } from "node:fs";
import { QueueStatus } from "../../contracts/queue.ts";
import { checkDraw, positionsOf } from "../../edge/waiting-room/core/verify.ts";

const [file, ...rest] = process.argv.slice(2);
const numbers = rest.map(Number);
if (file === undefined || numbers.some((it) => !Number.isInteger(it) || it < 0)) {
  console.error(
    "usage: npm run verify-lottery -- STATUS.json [NUMBER…]   (- reads standard input)",
  );
  process.exit(2);
}
const parsed = QueueStatus.safeParse(JSON.parse(readFileSync(file === "-" ? 0 : file, "utf8")));
if (!parsed.success) {
  console.error(`${file} is no status document: ${parsed.error.issues[0]?.message ?? ""}`);
  process.exit(2);
}
const status = parsed.data;
const checks = checkDraw(status);
for (const { ok, name, detail } of checks)
  console.log(`${ok ? "ok  " : "BAD "} ${name}: ${detail}`);
const { seed, lotterySize } = status;
if (seed !== undefined && lotterySize !== undefined) {
  for (const { number, position, drawn } of positionsOf({ seed, lotterySize }, numbers)) {
    console.log(
      `number ${number} → position ${position}${drawn ? "" : " (joined after the opening)"}`,
    );
  }
}
process.exitCode = checks.every((it) => it.ok) ? 0 : 1;
