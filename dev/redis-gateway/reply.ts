/** What an engine answers: text and bytes as buffers, whole numbers as numbers or as their digits (64 bits do not fit
 * a JavaScript number), errors as errors, also inside lists. */
export type Reply = Buffer | string | number | null | Error | Reply[];

/** How text leaves: as it is, or in base64 where the client asked for it because bytes may be anything. */
export type Encoding = "text" | "base64";

const ok = Buffer.from("OK");

/** The JSON of one reply as Upstash writes it: whole numbers bare, `OK` never in base64. */
export function writeReply(reply: Reply, encoding: Encoding): string {
  if (reply === null) return "null";
  if (Buffer.isBuffer(reply)) return writeText(reply, encoding);
  if (Array.isArray(reply)) return `[${reply.map((item) => writeReply(item, encoding)).join(",")}]`;
  if (reply instanceof Error) return writeText(Buffer.from(reply.message), encoding);
  return String(reply);
}

/** The JSON of one command's outcome: `{"result":…}` or `{"error":…}`. */
export function writeOutcome(reply: Reply, encoding: Encoding): string {
  if (reply instanceof Error) return writeError(reply.message);
  return `{"result":${writeReply(reply, encoding)}}`;
}

/** Errors are plain text in every encoding. */
export function writeError(message: string): string {
  return `{"error":${JSON.stringify(message)}}`;
}

function writeText(text: Buffer, encoding: Encoding): string {
  if (encoding === "text") return JSON.stringify(text.toString());
  return text.equals(ok) ? '"OK"' : `"${text.toString("base64")}"`;
}
