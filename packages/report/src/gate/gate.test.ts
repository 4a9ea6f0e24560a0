import fc from "fast-check";
import { expect, it } from "vitest";
import { InputError } from "../reading/inputError.js";
import { type Condition, evaluateGate, parseGate } from "./gate.js";

const subject = {
  n: 100,
  ece: { value: 0.04, interval: [0.01, 0.07], level: 0.95, method: "x", n: 100 },
  bare: { value: 2, interval: null },
  infinite: { value: 1, interval: [-Infinity, Infinity] },
  threshold: { coverage: { value: 0.6, interval: [0.5, 0.7] }, threshold: null, reason: "text" },
  slices: [{ gap: { value: 0.2, interval: [0.1, 0.3] } }],
};

const holds = (text: string): boolean => evaluateGate(parseGate(text), subject).holds;

it("compares values, bounds and plain numbers", () => {
  expect(holds("ece.high > 0.05")).toBe(true);
  expect(holds("ece > 0.05")).toBe(false);
  expect(holds("ece.value<=.04")).toBe(true);
  expect(holds("n == 1e2")).toBe(true);
  expect(holds("n != 100")).toBe(false);
  expect(holds("threshold.coverage.low >= 0.5")).toBe(true);
  expect(holds("slices[0].gap.low > 0.05")).toBe(true);
  expect(holds("infinite.high > 1000000")).toBe(true);
});

it("and binds closer than or; brackets change that", () => {
  expect(holds("n > 1 or n > 1000 and n > 1000")).toBe(true);
  expect(holds("(n > 1 or n > 1000) and n > 1000")).toBe(false);
});

it("says which numbers it saw", () => {
  const { seen } = evaluateGate(parseGate("ece.high > 0.05 or n < 10"), subject);
  expect(seen).toEqual(["ece.high = 0.07 > 0.05", "n = 100 < 10"]);
});

it.each([
  ["", "expected a name"],
  ["ece.high >", "expected a number, found the end"],
  ["ece.high 0.05", "expected a comparison"],
  ["ece.high > 0.05 n", 'expected "and", "or" or the end'],
  ["(n > 1", 'expected ")"'],
  ["n > 1 and", "expected a name"],
  ["n ? 1", "cannot be read from character"],
  ["ecce > 1", 'there is no "ecce"'],
  ["ece.hi > 1", "there is value, low, high"],
  ["toString > 1", 'there is no "toString"'],
  ["threshold.threshold > 1", "the gate cannot be passed"],
  ["bare.low > 1", "is null"],
  ["threshold.reason > 1", "there is no number to compare"],
])("refuses %j", (text, message) => {
  expect(() => holds(text)).toThrow(InputError);
  expect(() => holds(text)).toThrow(message);
});

it("reads back what it is made of, and anything else is an InputError", () => {
  const compare = fc.record({
    kind: fc.constant("compare" as const),
    path: fc.constantFrom(["ece", "high"], ["slices", "0", "gap"], ["n"]),
    operator: fc.constantFrom(
      ">" as const,
      ">=" as const,
      "<" as const,
      "<=" as const,
      "==" as const,
      "!=" as const,
    ),
    number: fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
  });
  const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
    condition: fc.oneof(
      { depthSize: "small" },
      compare,
      fc.record({
        kind: fc.constantFrom("and" as const, "or" as const),
        left: tie("condition"),
        right: tie("condition"),
      }),
    ),
  }));
  const write = (found: Condition): string =>
    found.kind === "compare"
      ? `${found.path.join(".")} ${found.operator} ${found.number}`
      : `(${write(found.left)} ${found.kind} ${write(found.right)})`;
  fc.assert(
    fc.property(condition, (made) => {
      expect(parseGate(write(made))).toEqual(made);
    }),
  );

  const noise = fc.string({
    unit: fc.constantFrom(
      "n",
      "ece",
      ".",
      ">",
      "=",
      "1",
      "e",
      "-",
      "(",
      ")",
      " and ",
      " or ",
      "[0]",
      " ",
      "é",
    ),
    maxLength: 12,
  });
  fc.assert(
    fc.property(noise, (text) => {
      try {
        holds(text);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }),
    { numRuns: 500 },
  );
});
