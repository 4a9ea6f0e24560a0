import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkDisjoint, fingerprint, splitRows } from "./split.js";

const column = (n: number) => Float64Array.from({ length: n }, (_, i) => i / n);

describe("splitRows", () => {
  it("gives every row to exactly one part, groups whole, shares kept", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 200 }),
        fc.integer({ min: 5, max: 10 }),
        fc.integer(),
        (n, k, seed) => {
          const groups = Array.from({ length: n }, (_, i) => i % k);
          for (const options of [{ seed }, { seed, groups }]) {
            const split = splitRows([column(n)], { fit: 0.4, tune: 0.2, certify: 0.4 }, options);
            const parts = [split.fit, split.tune, split.certify];
            const all = parts.flatMap((part) => [...part.indices]).sort((a, b) => a - b);
            expect(all).toEqual(Array.from({ length: n }, (_, i) => i));
            for (const part of parts) expect(part.rows.n).toBe(part.indices.length);
            if ("groups" in options) {
              const owners = groups.map((g) =>
                parts.findIndex((part) => part.indices.some((i) => groups[i] === g)),
              );
              parts.forEach((part, p) => {
                for (const i of part.indices) expect(owners[i]).toBe(p);
              });
            } else expect(Math.abs(split.fit.indices.length - 0.4 * n)).toBeLessThanOrEqual(1);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it("is seeded and takes columns along", () => {
    const x = column(20);
    const [a, b] = [1, 1].map((seed) => splitRows([x], { fit: 0.5, rest: 0.5 }, { seed }));
    expect([...a.fit.indices]).toEqual([...b.fit.indices]);
    expect([...splitRows([x], { fit: 0.5, rest: 0.5 }, { seed: 2 }).fit.indices]).not.toEqual([
      ...a.fit.indices,
    ]);
    expect([...a.fit.takeNumbers(x)]).toEqual([...a.fit.indices].map((i) => x[i]));
    expect(a.fit.take(Array.from(x, String))[0]).toBe(String(x[a.fit.indices[0]]));
  });

  it.each([
    [() => splitRows([], { fit: 1 }), "empty-input"],
    [() => splitRows([[1, 2]], { fit: 0.5, rest: 0.4 }), "out-of-range"],
    [() => splitRows([[1, 2]], { fit: 1.5, rest: -0.5 }), "out-of-range"],
    [() => splitRows([[1, 2]], { fit: 0.1, rest: 0.9 }), "too-few"],
    [() => splitRows([[1, 2, 3]], { fit: 0.5, rest: 0.5 }, { groups: [1, 1, 1] }), "too-few"],
    [() => splitRows([[1, 2, 3]], { fit: 0.5, rest: 0.5 }, { groups: [1] }), "length-mismatch"],
  ])("refuses %#", (call, code) => {
    expect(call).toThrowError(expect.objectContaining({ code }));
  });
});

describe("checkDisjoint", () => {
  const rows = (seed: number, data = column(30)) => splitRows([data], { fit: 0.5, certify: 0.5 }, { seed });
  const check = (a: typeof first.fit, b: typeof first.fit) => checkDisjoint("f", "rows", a.rows, b.rows);
  const first = rows(1);

  it("lets other parts of one split and other data pass", () => {
    expect(() => check(first.certify, first.fit)).not.toThrow();
    expect(() => check(first.fit, rows(1, column(31)).fit)).not.toThrow();
  });

  it("refuses the same part, and any part of another split of the same data", () => {
    for (const [a, b] of [
      [first.fit, first.fit],
      [first.fit, rows(2).fit],
      [first.certify, rows(2).fit],
    ])
      expect(() => check(a, b)).toThrowError(expect.objectContaining({ code: "rows-overlap" }));
  });

  it("survives JSON", () => {
    const travelled = JSON.parse(JSON.stringify(first.fit.rows));
    expect(() => checkDisjoint("f", "rows", travelled, first.fit.rows)).toThrowError(/already used/);
  });
});

describe("fingerprint", () => {
  it("tells values, order, columns and lengths apart, but not −0 from 0 or true from 1", () => {
    const prints = [[[1, 2]], [[2, 1]], [[1], [2]], [[1, 2, 0]], [[1, 2], []], [[1, 2.0000000000000004]]].map(
      fingerprint,
    );
    expect(new Set(prints).size).toBe(prints.length);
    expect(fingerprint([[0, 1]])).toBe(fingerprint([[-0, 1]]));
    expect(fingerprint([[true, false]])).toBe(fingerprint([[1, 0]]));
    expect(prints[0]).toMatch(/^[0-9a-f]{16}$/);
  });
});
