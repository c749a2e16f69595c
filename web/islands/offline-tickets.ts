import { copiesName } from "./tickets-copies.ts";

const workerPath = "/tickets-worker.js";

/** Keeps this page on the device, so that it opens at a door without a connection, and says so once it is kept. */
class OfflineTickets extends HTMLElement {
  connectedCallback(): void {
    void this.#keep();
  }

  async #keep(): Promise<void> {
    if (!("serviceWorker" in navigator) || !navigator.onLine) return;
    try {
      const copies = await caches.open(copiesName);
      const files = [...document.querySelectorAll("link[rel=stylesheet], script[src]")].flatMap(
        (it) => it.getAttribute("href") ?? it.getAttribute("src") ?? [],
      );
      await copies.addAll([location.pathname, ...files]);
      // Below `/tickets` only: the rest of the site never waits for a service worker.
      const scope = location.pathname.replace(/\/tickets.*/, "/tickets");
      await navigator.serviceWorker.register(trusted(workerPath), { scope });
      await navigator.serviceWorker.ready;
    } catch {
      return; // the tickets are there as long as the connection is
    }
    const note = Object.assign(document.createElement("p"), {
      className: "small no-print",
      textContent: this.dataset["ready"] ?? "",
    });
    note.setAttribute("role", "status");
    this.append(note);
  }
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): { createScriptURL: (url: string) => string };
}

/** The page's policy allows this one script to be made into a worker, and nothing else. */
function trusted(path: string): string {
  const { trustedTypes } = window as { trustedTypes?: TrustedTypes };
  if (!trustedTypes) return path;
  const policy = trustedTypes.createPolicy("sw", {
    createScriptURL: (url) => {
      if (url !== workerPath) throw new TypeError("no such worker");
      return url;
    },
  });
  return policy.createScriptURL(path);
}

customElements.define("offline-tickets", OfflineTickets);
