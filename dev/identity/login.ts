import { createHash, randomBytes } from "node:crypto";
import { Hono } from "hono";
import { html } from "hono/html";
import * as z from "zod";
import { audience, signToken } from "./sign-token.ts";
import type { SigningKey } from "./signing-key.ts";

/** Whom one can be on this machine. */
const accounts = {
  alice: { name: "Alice", roles: [] },
  bob: { name: "Bob", roles: [] },
  admin: { name: "Admin", roles: ["admin"] },
} satisfies Record<string, { name: string; roles: readonly string[] }>;

const codeMsMax = 60_000;
const tokenSeconds = 12 * 3600;

/** Only this machine: a page of another may not have anybody sent to it. */
const RedirectUri = z
  .url({ protocol: /^http$/, hostname: /^(localhost|127\.0\.0\.1|\[::1\])$/ })
  .refine((url) => new URL(url).pathname === "/auth/callback");

const Authorization = z.object({
  response_type: z.literal("code"),
  client_id: z.literal(audience),
  redirect_uri: RedirectUri,
  code_challenge: z.string().min(43).max(128),
  code_challenge_method: z.literal("S256"),
  state: z.string().max(500).default(""),
  nonce: z.string().max(500).optional(),
});
type Authorization = z.infer<typeof Authorization>;

const Choice = Authorization.extend({ user: z.enum(["alice", "bob", "admin"]) });

const Exchange = z.object({
  grant_type: z.literal("authorization_code"),
  code: z.string(),
  redirect_uri: z.string(),
  code_verifier: z.string(),
});

interface Issued extends z.infer<typeof Choice> {
  readonly expiresAt: number;
}

export interface LoginOptions {
  readonly key: SigningKey;
  readonly issuer: string;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Signing in as real issuers do it, authorization code and PKCE, but with a button where they ask for a password. */
export function loginRoutes({ key, issuer, now }: LoginOptions): Hono {
  const codes = new Map<string, Issued>();
  return new Hono()
    .get("/authorize", (ctx) => {
      const asked = Authorization.safeParse(ctx.req.query());
      if (!asked.success) return ctx.text(`Not a valid request: ${asked.error.message}`, 400);
      return ctx.html(loginPage(asked.data), 200, { "Cache-Control": "no-store" });
    })
    .post("/authorize", async (ctx) => {
      const chosen = Choice.safeParse(await ctx.req.parseBody());
      if (!chosen.success) return ctx.text(`Not a valid request: ${chosen.error.message}`, 400);
      const code = randomBytes(24).toString("base64url");
      codes.set(code, { ...chosen.data, expiresAt: now() + codeMsMax });
      const back = new URL(chosen.data.redirect_uri);
      back.searchParams.set("code", code);
      back.searchParams.set("state", chosen.data.state);
      back.searchParams.set("iss", issuer);
      return ctx.redirect(back.href, 303);
    })
    .post("/token", async (ctx) => {
      const asked = Exchange.safeParse(await ctx.req.parseBody());
      const issued = asked.success ? codes.get(asked.data.code) : undefined;
      if (asked.success) codes.delete(asked.data.code); // good for one exchange
      if (!asked.success || !issued || !fits(issued, asked.data, now())) {
        return ctx.json({ error: "invalid_grant" }, 400, { "Cache-Control": "no-store" });
      }
      const { name, roles } = accounts[issued.user];
      const token = await signToken({
        key,
        issuer,
        user: issued.user,
        roles,
        name,
        nonce: issued.nonce,
        nowSeconds: Math.floor(now() / 1000),
      });
      return ctx.json(
        { access_token: token, id_token: token, token_type: "Bearer", expires_in: tokenSeconds },
        200,
        { "Cache-Control": "no-store" },
      );
    });
}

function fits(issued: Issued, asked: z.infer<typeof Exchange>, nowMs: number): boolean {
  const challenge = createHash("sha256").update(asked.code_verifier).digest("base64url");
  return (
    issued.expiresAt > nowMs &&
    issued.redirect_uri === asked.redirect_uri &&
    issued.code_challenge === challenge
  );
}

function loginPage(asked: Authorization) {
  const fields = Object.entries(asked).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  );
  const buttons = Object.entries(accounts).map(
    ([user, { name }]) => html`<p><button name="user" value="${user}">${name}</button></p>`,
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Local sign-in</title>
        <style>
          :root {
            color-scheme: light dark;
            font:
              1.125rem/1.5 system-ui,
              sans-serif;
          }
          main {
            max-width: 24rem;
            margin: 12vh auto;
            padding: 0 1.5rem;
          }
          button {
            font: inherit;
            width: 100%;
            min-height: 3rem;
            cursor: pointer;
          }
        </style>
      </head>
      <body>
        <main>
          <h1>Who are you?</h1>
          <p>This is the issuer of the local stack. It asks for no password.</p>
          <form method="post" action="/authorize">${fields}${buttons}</form>
        </main>
      </body>
    </html>`;
}
