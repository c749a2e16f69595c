import { createServer, connect, type AddressInfo, type Socket } from "node:net";

export interface Relay {
  readonly url: string;
  /** Cuts every connection; new ones may be made. */
  readonly cut: () => void;
  readonly stop: () => Promise<void>;
}

/** A line to a server that can be cut, while the server itself stays as it is. @param targetUrl on this machine */
export async function startRelay(targetUrl: string): Promise<Relay> {
  const { hostname, port } = new URL(targetUrl);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cutAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: cutAll,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      cutAll();
      await closed;
    },
  };
}
