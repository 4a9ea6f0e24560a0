import { describe, expect, it } from "vitest";
import {
  checkCount,
  checkFinite,
  checkNotEmpty,
  checkOneOf,
  checkOpenUnit,
  checkOutcomes,
  checkProbabilities,
  checkSameLength,
  checkScored,
} from "./check.js";
import { CredenceError } from "./error.js";
import { groupCodes, groupRows } from "./groups.js";
import { checkMatrix, checkProbabilityRows } from "./matrix.js";

/** The error a call throws. */
function refusal(call: () => void): CredenceError {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(CredenceError);
    return error as CredenceError;
  }
  throw new Error("was accepted");
}

describe("what is refused, with its code and place", () => {
  it.each<[string, () => void, string, object]>([
    ["nothing", () => checkNotEmpty("f", "x", []), "empty-input", { argument: "x" }],
    [
      "other lengths",
      () => checkSameLength("f", "x", [1], "y", [1, 2]),
      "length-mismatch",
      { argument: "x" },
    ],
    ["no list", () => checkNotEmpty("f", "x", undefined as never), "shape-mismatch", { argument: "x" }],
    [
      "a matrix for a list",
      () => checkScored("f", { data: [0.5], rows: 1, columns: 1 } as never, [1]),
      "shape-mismatch",
      { argument: "confidences" },
    ],
    ["a list for a matrix", () => checkMatrix("f", "x", [[1]] as never), "shape-mismatch", { argument: "x" }],
    [
      "half a row",
      () => checkMatrix("f", "x", { data: [1, 2, 3], rows: 1.5, columns: 2 }),
      "empty-input",
      { argument: "x" },
    ],
    [
      "a missing probability",
      () => checkProbabilities("f", "p", [0.5, null as never]),
      "not-finite",
      { index: 1, value: null },
    ],
    [
      "texts for probabilities",
      () => checkProbabilityRows("f", "p", { data: ["1"] as never, rows: 1, columns: 1 }),
      "not-a-probability",
      { index: 0, value: "1" },
    ],
    ["a level as text", () => checkOpenUnit("f", "level", "0.5" as never), "out-of-range", { value: "0.5" }],
    ["NaN", () => checkFinite("f", "x", [0, Number.NaN]), "not-finite", { index: 1 }],
    ["infinity", () => checkFinite("f", "x", [Infinity]), "not-finite", { index: 0, value: Infinity }],
    ["1.2", () => checkProbabilities("f", "p", [0, 1, 1.2]), "not-a-probability", { index: 2, value: 1.2 }],
    ["−0.1", () => checkProbabilities("f", "p", [-0.1]), "not-a-probability", { index: 0 }],
    [
      "an infinite probability",
      () => checkProbabilities("f", "p", [Infinity]),
      "not-a-probability",
      { index: 0 },
    ],
    ["a NaN probability", () => checkProbabilities("f", "p", [Number.NaN]), "not-finite", { index: 0 }],
    [
      "outcome 2",
      () => checkOutcomes("f", "y", [0, 1, true, false, 2]),
      "not-binary",
      { index: 4, value: 2 },
    ],
    [
      "a scored row without outcome",
      () => checkScored("f", [0.5], []),
      "length-mismatch",
      { argument: "confidences" },
    ],
    ["a level of 1", () => checkOpenUnit("f", "level", 1), "out-of-range", { value: 1 }],
    ["a level of NaN", () => checkOpenUnit("f", "level", Number.NaN), "out-of-range", {}],
    ["2.5 bins", () => checkCount("f", "bins", 2.5), "out-of-range", { value: 2.5 }],
    ["0 bins", () => checkCount("f", "bins", 0), "out-of-range", { value: 0 }],
    [
      "an unknown word",
      () => checkOneOf("f", "norm", "l3" as "l1", ["l1", "l2"]),
      "unknown-option",
      { value: "l3" },
    ],
    ["an empty matrix", () => checkMatrix("f", "m", { data: [], rows: 0, columns: 3 }), "empty-input", {}],
    [
      "a short matrix",
      () => checkMatrix("f", "m", { data: [1], rows: 1, columns: 3 }),
      "length-mismatch",
      {},
    ],
    [
      "a row that sums to 0.9",
      () => checkProbabilityRows("f", "m", { data: [0.5, 0.5, 0.5, 0.4], rows: 2, columns: 2 }),
      "not-normalised",
      { index: 1 },
    ],
    [
      "a negative entry",
      () => checkProbabilityRows("f", "m", { data: [1.5, -0.5], rows: 1, columns: 2 }),
      "not-a-probability",
      { index: 0 },
    ],
    [
      "groups of another length",
      () => groupCodes("f", ["a"], [1, 2]),
      "length-mismatch",
      { argument: "groups" },
    ],
  ])("%s", (_, call, code, place) => {
    const error = refusal(call);
    expect(error.code).toBe(code);
    expect(error.place).toMatchObject({ function: "f", ...place });
  });
});

describe("the message", () => {
  it("names function, argument, index and value, and says what to do", () => {
    expect(refusal(() => checkProbabilities("brierScore", "confidences", [0.5, 87])).message).toBe(
      "brierScore: confidences[1] is 87: a probability lies in [0, 1]; divide percentages by 100, and turn logits into probabilities first.",
    );
    expect(refusal(() => checkOneOf("f", "norm", "l3" as "l1", ["l1", "l2"])).message).toBe(
      'f: norm is "l3": must be one of "l1", "l2".',
    );
  });
});

describe("groupCodes", () => {
  it('numbers groups in order of first appearance; the number 1 and the text "1" differ', () => {
    const coded = groupCodes("f", ["b", 1, "b", "1"], new Array(4));
    expect([...coded.codes]).toEqual([0, 1, 0, 2]);
    expect(coded.labels).toEqual(["b", 1, "1"]);
    expect(groupRows(coded).map((rows) => [...rows])).toEqual([[0, 2], [1], [3]]);
  });
});
