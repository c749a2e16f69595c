import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { WebSocketServer } from "ws";
import { packStatuses } from "../../../contracts/availability-bits.ts";
import type { Plan } from "../../../contracts/plan.ts";
import { buildWeb } from "../../../web/build.ts";

const root = join(import.meta.dirname, "../../..");
/** How many changes a message carries, as the edge gathers them. */
const changesPerMessage = 100;
const states = ["available", "held", "booked", "blocked"] as const;

interface File {
  readonly type: string;
  readonly body: Buffer;
}

export interface MapSite {
  /** `/map` shows the plan, `/empty` a canvas of the same size and nothing on it. */
  readonly url: string;
  /** From now on so many seats change a second, over the socket. */
  readonly change: (perSecond: number) => void;
  readonly close: () => Promise<void>;
}

/**
 * Serves the shop's own script and stylesheet around one plan, and nothing else that could take time from the frames.
 * @param plan whose seats; about one in five is not free
 */
export async function openMapSite(plan: Plan, seats: number): Promise<MapSite> {
  const folder = await mkdtemp(join(tmpdir(), "frontrow-map-"));
  const assets = await buildWeb(root, folder);
  // All from memory, as the edge does: the browser needs the processors that a server would take.
  const files = new Map<string, File>();
  for (const path of Object.values(assets)) {
    const type = path.endsWith(".css") ? "text/css" : "text/javascript";
    files.set(path, { type, body: await readFile(join(folder, path)) });
  }
  await rm(folder, { recursive: true });
  const statuses = Array.from({ length: seats }, (_, index) => statusOf(index));
  const json = (value: unknown): File => ({
    type: "application/json",
    body: Buffer.from(JSON.stringify(value)),
  });
  files.set("/plan", json(plan));
  files.set("/availability", json({ version: plan.version, statuses: packStatuses(statuses) }));
  for (const kind of ["map", "empty"] as const) {
    files.set(`/${kind}`, { type: "text/html", body: Buffer.from(page(assets, kind)) });
  }
  for (const name of ["driver", "empty"]) {
    const { outputFiles } = await build({
      entryPoints: [join(import.meta.dirname, `${name}.ts`)],
      bundle: true,
      write: false,
      format: "esm",
    });
    const body = Buffer.from(outputFiles[0]?.contents ?? "");
    files.set(`/${name}.js`, { type: "text/javascript", body });
  }
  return await listen(files, seats);
}

async function listen(files: ReadonlyMap<string, File>, seats: number): Promise<MapSite> {
  const server = createServer(({ url = "" }, response) => {
    const file = files.get(url);
    if (!file) return response.writeHead(404).end();
    return response.writeHead(200, { "Content-Type": file.type }).end(file.body);
  });
  const sockets = new WebSocketServer({ server, path: "/live" });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  let [seq, timer] = [0, undefined as ReturnType<typeof setInterval> | undefined];
  const change = (perSecond: number) => {
    clearInterval(timer);
    if (perSecond === 0) return;
    timer = setInterval(
      () => {
        seq++;
        const changes = Array.from({ length: changesPerMessage }, (_, nth) => {
          const index = (seq * 7919 + nth * 613) % seats;
          return [index, (seq + nth) % 3];
        });
        for (const socket of sockets.clients) socket.send(JSON.stringify({ seq, changes }));
      },
      (1000 * changesPerMessage) / perSecond,
    );
  };
  // A page that has just come gets everything, as from the edge.
  sockets.on("connection", (socket) => {
    const statuses = Array.from({ length: seats }, (_, index) => statusOf(index));
    socket.send(JSON.stringify({ seq, statuses: packStatuses(statuses) }));
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return {
    url: `http://127.0.0.1:${address.port}`,
    change,
    close: async () => {
      clearInterval(timer);
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The status that a seat begins with. */
export function statusOf(index: number): (typeof states)[number] {
  const turn = (index * 2654435761) % 97;
  return states[turn < 6 ? 1 : turn < 18 ? 2 : turn < 20 ? 3 : 0] ?? "available";
}

/** As the shop's own pages ask for them early. */
const preloads = ["/plan", "/availability"]
  .map((path) => `<link rel="preload" as="fetch" href="${path}" crossorigin>`)
  .join("");

function page(assets: Readonly<Record<string, string>>, kind: "map" | "empty"): string {
  const words = JSON.stringify({
    place: "{section} {row} {seat}",
    inSection: "{section}",
    inRow: "{section} {row}",
    nothing: "-",
  });
  const map = `<seat-map data-plan="/plan" data-availability="/availability" data-live="/live" data-locale="en"
    data-limit="8" data-prices='["€25","€55","€99"]' data-messages='${words}' hidden><form><button>Hold seats</button></form></seat-map>`;
  const canvas = `<seat-map><div class="map-box"><canvas></canvas></div></seat-map>`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1"><title>Map</title>
    <link rel="icon" href="data:,"><link rel="stylesheet" href="${assets["style.css"]}">
    ${kind === "map" ? preloads : ""}
    <script type="module" src="${kind === "map" ? assets["event.js"] : "/empty.js"}"></script>
    <script type="module" src="/driver.js"></script></head>
    <body><main><div class="choices">${kind === "map" ? map : canvas}</div></main></body></html>`;
}
