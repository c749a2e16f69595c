import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";

const seconds = [
  0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.06, 0.14, 0.3, 0.6, 1, 2, 3, 5, 10, 30, 60, 300,
];

/** Everything that `/metrics` shows. Names end in their unit. */
export type IndexerMetrics = ReturnType<typeof createMetrics>;

export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `indexer_${name}`, help, registers });
  const counter = (name: string, help: string) =>
    new Counter({ name: `indexer_${name}`, help, registers });
  const histogram = (name: string, help: string) =>
    new Histogram({ name: `indexer_${name}`, help, buckets: seconds, registers });
  return {
    registry,
    state: new Gauge({
      name: "indexer_state",
      help: "1 for the state the service is in",
      labelNames: ["state"],
      registers,
    }),
    slotStatus: new Gauge({
      name: "indexer_slot_status",
      help: "1 for how the server's log stands to the slot: reserved, extended, unreserved, lost or missing",
      labelNames: ["status"],
      registers,
    }),
    slotRetainedBytes: gauge("slot_retained_bytes", "log that the server keeps for the slot"),
    slotSafeBytes: gauge("slot_safe_bytes", "log until the slot is lost; -1 without a limit"),
    slotLagBytes: gauge("slot_lag_bytes", "log between the slot's confirmed position and now"),
    heartbeatSeconds: histogram("heartbeat_seconds", "heartbeat sent until streamed back"),
    lagSeconds: new Histogram({
      name: "indexer_lag_seconds",
      help: "commit until the search server has the document",
      labelNames: ["priority"],
      buckets: seconds,
      registers,
    }),
    dirtyKeys: gauge("dirty_keys", "documents that must be rebuilt"),
    dirtyOldestSeconds: gauge("dirty_oldest_seconds", "age of the oldest of them"),
    rowChanges: counter("row_changes_total", "rows that the stream brought"),
    transactions: counter("transactions_total", "transactions that the stream brought"),
    documents: new Counter({
      name: "indexer_documents_total",
      help: "documents written to or deleted from a collection",
      labelNames: ["kind"],
      registers,
    }),
    batches: counter("batches_total", "batches of dirty keys written"),
    guardRetries: counter("guard_retries_total", "reads repeated: a commit was not visible yet"),
    guardSeconds: gauge("guard_seconds", "how long the last read that had to be repeated waited"),
    importSeconds: histogram("import_seconds", "one import request"),
    linesFailed: new Counter({
      name: "indexer_lines_failed_total",
      help: "documents that the search server refused",
      labelNames: ["code"],
      registers,
    }),
    sinkUnavailable: new Counter({
      name: "indexer_sink_unavailable_total",
      help: "requests that the search server could not take, by status; 0 is no answer",
      labelNames: ["code"],
      registers,
    }),
    deadLetters: gauge("dead_letters", "documents that the search server refuses"),
    fanouts: gauge("fanouts", "venues and performers whose events wait to be rebuilt"),
    fanoutOldestSeconds: gauge("fanout_oldest_seconds", "how long the oldest of them waits"),
    buildDone: gauge("build_done", "share of the build under way; -1 without one"),
    drift: counter("drift_total", "documents that reconciliation found wrong"),
    reconciled: counter("reconciled_total", "documents that reconciliation compared"),
    reconnects: counter("reconnects_total", "sessions that ended with an error"),
    rebuilds: counter("rebuilds_total", "collections built"),
    paused: gauge("stream_paused", "1 while too many keys are dirty to read on"),
    edgeQueue: gauge("edge_queue", "changes that the edge has not been told of yet"),
    edgeBatches: new Counter({
      name: "indexer_edge_batches_total",
      help: "batches sent to the edge, by status; 0 is no answer",
      labelNames: ["code"],
      registers,
    }),
  };
}
