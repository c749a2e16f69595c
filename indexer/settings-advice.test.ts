import { expect, test } from "vitest";
import { adviceOn } from "./settings-advice.ts";

test.each([
  [{ keepMegabytes: 4_096, idleSeconds: null }, []],
  [{ keepMegabytes: 4_096, idleSeconds: 0 }, []],
  [{ keepMegabytes: 4_096, idleSeconds: 172_800 }, []],
  [{ keepMegabytes: -1, idleSeconds: 0 }, ["max_slot_wal_keep_size"]],
  [{ keepMegabytes: 4_096, idleSeconds: 3_600 }, ["idle_replication_slot_timeout"]],
  [{ keepMegabytes: -1, idleSeconds: 60 }, ["max_slot_wal_keep_size", "idle_replication"]],
])("of %j it warns of %j", (settings, names) => {
  expect(adviceOn(settings)).toEqual(names.map((name) => expect.stringContaining(name)));
});
