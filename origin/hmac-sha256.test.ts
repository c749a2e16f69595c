import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createHmacSha256 } from "./hmac-sha256.ts";

test("the published vectors (RFC 4231, cases 1 and 2)", () => {
  const cases = [
    [
      Buffer.alloc(20, 0x0b),
      "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ],
    [
      Buffer.from("Jefe"),
      "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ],
  ] as const;
  for (const [key, text, mac] of cases) {
    expect(createHmacSha256(key)(text).toString("hex")).toBe(mac);
  }
});

test("the same as Node's own, for every key and text, one after the other", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 64 }),
      fc.array(fc.string({ unit: "binary", maxLength: 300 })),
      (key, texts) => {
        const mac = createHmacSha256(key);
        for (const text of texts) {
          expect(mac(text)).toEqual(createHmac("sha256", key).update(text).digest());
        }
      },
    ),
  );
});

test("a key that is longer than a block is refused", () => {
  expect(() => createHmacSha256(new Uint8Array(65))).toThrow(RangeError);
});
