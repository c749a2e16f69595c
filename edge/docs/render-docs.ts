import { html, raw } from "hono/html";
import type { openApiDocument } from "./openapi.ts";

type Document = ReturnType<typeof openApiDocument>;

const style = `body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
code{font:14px ui-monospace,monospace}section{border-top:1px solid #8886;padding:1rem 0}h2{font-size:1.1rem;margin:0}
dt{font-weight:600}dd{margin:0 0 .3rem 1rem}`;

/**
 * The documentation as one page that loads nothing, rendered from the OpenAPI document.
 * @returns HTML, every text escaped by `html`
 */
export function renderDocs(document: Document) {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    (["get", "post", "put", "patch", "delete"] as const).flatMap((method) => {
      const operation = item[method];
      return operation ? [renderOperation(method, path, operation)] : [];
    }),
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${document.info.title} API</title>
        <style>
          ${raw(style)}
        </style>
      </head>
      <body>
        <h1>${document.info.title} API</h1>
        <p>
          ${document.info.description} The same for machines:
          <a href="/openapi.json">openapi.json</a>.
        </p>
        ${operations}
      </body>
    </html>`;
}

type Operation = NonNullable<NonNullable<Document["paths"]>[string]["get"]>;

function renderOperation(method: string, path: string, operation: Operation) {
  const parameters = (operation.parameters ?? []).flatMap((it) => ("name" in it ? [it] : []));
  const answers = Object.entries(operation.responses ?? {});
  return html`<section>
    <h2><code>${method.toUpperCase()} ${path}</code></h2>
    <p>${operation.summary}${operation.security ? html` <em>(signed in)</em>` : ""}</p>
    <dl>
      ${parameters.map(
        (it) =>
          html`<dt><code>${it.name}</code> in ${it.in}</dt>
            <dd>${it.description ?? (it.required ? "required" : "optional")}</dd>`,
      )}
      ${answers.map(
        ([status, answer]) =>
          html`<dt>${status}</dt>
            <dd>${"description" in answer ? answer.description : ""}</dd>`,
      )}
    </dl>
  </section>`;
}
