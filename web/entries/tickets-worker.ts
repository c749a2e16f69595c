import { copiesName, isTicketsPath } from "../islands/tickets-copies.ts";

/** The part of a service worker's `fetch` that is used; the DOM's types have none of it. */
interface FetchInWorker extends Event {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

/** Tickets open without a connection: the newest copy of each page that was seen, and what it is drawn with. */
addEventListener("fetch", (event) => {
  const { request, respondWith } = event as FetchInWorker;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  const isPage = request.mode === "navigate" && isTicketsPath(pathname);
  if (!isPage && !pathname.startsWith("/assets/")) return;
  respondWith.call(event, answer(request, pathname, isPage));
});

async function answer(request: Request, pathname: string, isPage: boolean): Promise<Response> {
  const copies = await caches.open(copiesName);
  try {
    const response = await fetch(request);
    if (isPage && response.ok && !response.redirected) await copies.put(pathname, response.clone());
    return response;
  } catch (error) {
    const copy = await copies.match(pathname);
    if (copy) return copy;
    throw error;
  }
}
