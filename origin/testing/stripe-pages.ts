import type { ServerResponse } from "node:http";
import type { Page, StripeBooks } from "./stripe-books.ts";

/** The page where the buyer pays, with as much of it as a purchase needs: no card, a button, and the way back. */
export async function servePayPage(
  books: StripeBooks,
  { method, url }: { readonly method: string; readonly url: string },
  res: ServerResponse,
  onPaid: (page: Page) => Promise<void>,
): Promise<void> {
  const page = books.pages.get(url.slice("/c/pay/".length));
  if (!page) return answer(res, 404, "<h1>There is no such page</h1>");
  if (method === "POST" && books.payAt(page.id)) {
    await onPaid(page);
    res.writeHead(303, { Location: page.returnTo }).end();
    return;
  }
  const back = `<p><a href="${escape(page.returnTo)}">Back</a></p>`;
  if (page.status !== "open") return answer(res, 200, `<h1>This page is closed</h1>${back}`);
  const price = `${page.currency.toUpperCase()} ${(page.amount / 100).toFixed(2)}`;
  return answer(
    res,
    200,
    `<h1>${escape(page.title)}</h1><p>${price}</p><form method="post"><button>Pay</button></form>${back}`,
  );
}

function answer(res: ServerResponse, status: number, body: string): void {
  res.writeHead(status, { "Content-Type": "text/html; charset=utf-8" });
  res.end(`<!doctype html><html lang="en"><title>Stripe, played</title>${body}</html>`);
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
