import { expect, test } from "vitest";
import { parseAnswer } from "./connection.ts";

test.each([
  ["with a length", "HTTP/1.1 201 Created\r\nContent-Length: 3\r\n\r\nabc", 201, "abc"],
  [
    "in chunks",
    "HTTP/1.1 409 Conflict\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
    409,
    "abc",
  ],
  ["without a body", "HTTP/1.1 204 No Content\r\nDate: now\r\n\r\n", 204, ""],
])("reads an answer %s, and waits for its end", (_, text, status, body) => {
  const bytes = Buffer.from(text);
  expect(parseAnswer(bytes)).toEqual({ status, body });
  expect(parseAnswer(bytes.subarray(0, -1))).toBeUndefined();
});
