import { createServer, type Server } from "node:http";
import type { Clock } from "./clock.ts";
import type { IndexerMetrics } from "./metrics.ts";
import { readinessOf, type ServiceStatus } from "./status.ts";

export interface HttpOptions {
  readonly port: number;
  readonly metrics: IndexerMetrics;
  readonly status: ServiceStatus;
  readonly clock: Clock;
  readonly heartbeatLostMs: number;
}

/**
 * Serves `/health` (the process), `/ready` (whether the index can be relied on) and `/metrics` (Prometheus).
 * @param options `port` 0 takes any free one
 */
export function serveHttp(options: HttpOptions): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    const answer = async (): Promise<[number, string, string]> => {
      switch (request.url) {
        case "/health":
          return [200, "application/json", JSON.stringify({ status: "ok" })];
        case "/ready": {
          const ready = readinessOf(options.status, options.clock.now(), options.heartbeatLostMs);
          return [ready.ready ? 200 : 503, "application/json", JSON.stringify(ready)];
        }
        case "/metrics": {
          const { registry } = options.metrics;
          return [200, registry.contentType, await registry.metrics()];
        }
        default:
          return [404, "text/plain", "not found\n"];
      }
    };
    answer().then(
      ([code, type, body]) => response.writeHead(code, { "content-type": type }).end(body),
      () => response.writeHead(500).end(),
    );
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, () => {
      const address = server.address();
      resolve({ server, port: typeof address === "object" && address ? address.port : 0 });
    });
  });
}
