import { once } from "node:events";
import { connect } from "node:net";
import { neonConfig } from "@neondatabase/serverless";
import { WebSocketServer, type WebSocket } from "ws";

export interface WsRelay {
  readonly port: number;
  /** Ends every connection at once, as a network does; new ones are taken. */
  cut(): void;
  close(): Promise<void>;
}

/**
 * A WebSocket relay in front of a Postgres server, as Neon has one: what comes in binary messages goes on as bytes.
 * @param serverUrl any database of the server; nothing else can be reached through it
 */
export async function startWsRelay(serverUrl: string): Promise<WsRelay> {
  const { hostname, port } = new URL(serverUrl);
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  server.on("connection", (client) => join(client, Number(port || 5432), hostname));
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the relay has no port");
  return {
    port: address.port,
    cut: () => server.clients.forEach((client) => client.terminate()),
    close: async () => {
      server.clients.forEach((client) => client.terminate());
      server.close();
      await once(server, "close");
    },
  };
}

/** Makes the Neon driver of this process go through a relay, without TLS. Its configuration is global. */
export function useWsRelay(relay: Pick<WsRelay, "port">): void {
  neonConfig.wsProxy = () => `127.0.0.1:${relay.port}/`;
  neonConfig.useSecureWebSocket = false;
  neonConfig.pipelineTLS = false;
  neonConfig.pipelineConnect = false;
}

function join(client: WebSocket, port: number, host: string): void {
  const server = connect({ port, host, noDelay: true });
  // Errors need no answer: the end that follows ends the other side, too.
  server.on("error", () => {});
  client.on("error", () => {});
  server.on("data", (bytes) => client.send(bytes));
  server.on("close", () => client.close());
  client.on("message", (data) => server.write(data as Buffer));
  client.on("close", () => server.destroy());
}
