import { bodyLimit } from "hono/body-limit";
import { EdgeProblem } from "../problem.ts";

const bytesMax = 64 * 1024;

/** Refuses large bodies before anything reads them. */
export const limitBody = bodyLimit({
  maxSize: bytesMax,
  onError: () => {
    throw new EdgeProblem("payload-too-large", `The body is larger than ${bytesMax} bytes.`);
  },
});
