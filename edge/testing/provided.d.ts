/// <reference types="@cloudflare/vitest-plugin/types" />
import "vitest";

/** What the global setup of the workerd project provides. */
declare module "vitest" {
  export interface ProvidedContext {
    originUrl: string;
    issuerUrl: string;
    searchUrl: string;
    edgeSigningKeys: string;
    queueTicketKeys: string;
    passSigningKeys: string;
    issuerJwk: string;
    turnstileUrl: string;
    turnstileSecret: string;
  }
}
