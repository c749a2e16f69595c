import { expect, test } from "vitest";
import { toTraceparent, traceOf } from "./trace.ts";

const id = "4bf92f3577b34da6a3ce929d0e0e4736";

test.each([
  [`00-${id}-00f067aa0ba902b7-01`, id],
  [`00-${"0".repeat(32)}-00f067aa0ba902b7-01`, undefined],
  [`ff-${id}-00f067aa0ba902b7-01`, undefined],
  [`00-${id.toUpperCase()}-00f067aa0ba902b7-01`, undefined],
  ["", undefined],
  [undefined, undefined],
])("the trace of %s is %s", (header, trace) => {
  expect(traceOf(header)).toBe(trace);
});

test("a request id that is a UUID or a trace id goes on as the trace, with a span of its own", () => {
  expect(toTraceparent(id)).toMatch(new RegExp(`^00-${id}-[0-9a-f]{16}-01$`));
  expect(toTraceparent("4bf92f35-77b3-4da6-a3ce-929d0e0e4736")).toContain(id);
  expect(toTraceparent(id)).not.toBe(toTraceparent(id));
  expect(toTraceparent("chosen-by-hand")).toBeUndefined();
});
