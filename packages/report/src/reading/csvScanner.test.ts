import fc from "fast-check";
import { expect, it } from "vitest";
import { createCsvScanner } from "./csvScanner.js";

function scanAll(chunks: readonly string[]): [number, number, string][] {
  const found: [number, number, string][] = [];
  const scanner = createCsvScanner();
  const hear = (record: number, line: number, text: string) => {
    found.push([record, line, text]);
    return true;
  };
  for (const chunk of chunks) scanner.scan(chunk, hear);
  scanner.end(hear);
  return found;
}

it("finds records and the lines they begin on", () => {
  expect(scanAll(['a,b\r\n"x\r\ny",2\r\n\r\nlast,3'])).toEqual([
    [0, 1, "a,b"],
    [1, 2, '"x\r\ny",2'],
    [2, 5, "last,3"],
  ]);
});

it("does not care where chunks are cut", () => {
  const text = fc.string({ unit: fc.constantFrom("a", '"', "\n", "\r", "\r\n"), maxLength: 30 });
  fc.assert(
    fc.property(text, fc.integer({ min: 0, max: 30 }), (whole, at) => {
      expect(scanAll([whole.slice(0, at), whole.slice(at)])).toEqual(scanAll([whole]));
    }),
    { numRuns: 300 },
  );
});
