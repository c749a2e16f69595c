import type { Deps } from "../deps.ts";

export type TicketDeps = Pick<Deps, "db" | "ticketKey">;
