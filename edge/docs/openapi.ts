import { createDocument, type ZodOpenApiPathsObject } from "zod-openapi";
import { adminPaths } from "./admin-paths.ts";
import { publicPaths } from "./public-paths.ts";
import { queuePaths } from "./queue-paths.ts";
import { servicePaths } from "./service-paths.ts";

let built: ReturnType<typeof createDocument> | undefined;

/** The OpenAPI document, made from the very schemas that validate; built once per isolate. */
export function openApiDocument(): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {
    ...publicPaths,
    ...queuePaths,
    ...adminPaths,
    ...servicePaths,
  };
  built ??= createDocument({
    openapi: "3.1.0",
    info: {
      title: "Frontrow",
      version: "1.0.0",
      description:
        "View and search events, hold and book tickets. Errors are RFC 9457 problems with a stable `code`.",
    },
    paths,
    components: {
      securitySchemes: { user: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
    },
  });
  return built;
}
