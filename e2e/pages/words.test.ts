import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
/** Groups whose words are looked up by what the data says. */
const byData = /problems|phases|statuses|refunds|sorts|availability/;

test("every word that is translated is said somewhere", async () => {
  const { en } = (await import(join(root, "edge/pages/messages/en.ts"))) as { en: object };
  const text = ["edge/pages", "web"]
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((file) => /\.tsx?$/.test(file) && !/messages\/|\.test\.|testing/.test(file))
        .map((file) => readFileSync(join(root, folder, file), "utf8")),
    )
    .join("\n");
  const words = Object.entries(en).flatMap(([group, inside]) =>
    typeof inside === "object" && !byData.test(group) ? Object.keys(inside) : [group],
  );
  expect(words.length).toBeGreaterThan(150);
  // Browser code names the form for exactly one by its key.
  const unsaid = words.filter(
    (word) => !new RegExp(`\\b${word.replace(/One$/, "(One)?")}\\b`).test(text),
  );
  expect(unsaid).toEqual([]);
});
