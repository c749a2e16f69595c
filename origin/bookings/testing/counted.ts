import type { Redis } from "@upstash/redis";
import type { Db } from "../../../db/client.ts";

/** How often something outside was asked. */
export interface Count {
  asked: number;
}

/** The same database, with its statements counted. */
export function countedDb(db: Db, count: Count): Db {
  return counted(db, new Set(["execute", "select", "insert", "update", "delete"]), count);
}

/** The same Redis, with its commands counted. */
export function countedRedis(redis: Redis, count: Count): Redis {
  return counted(redis, new Set(["eval", "evalsha"]), count);
}

function counted<Part extends object>(
  part: Part,
  methods: ReadonlySet<string>,
  count: Count,
): Part {
  return new Proxy(part, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function" || typeof name !== "string") return member;
      return (...args: unknown[]): unknown => {
        if (methods.has(name)) count.asked += 1;
        return Reflect.apply(member, target, args);
      };
    },
  });
}
