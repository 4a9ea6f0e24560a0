import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CredenceError } from "../numeric/error.js";
import { createRandom } from "../numeric/random.js";
import { aps } from "./aps.js";
import { classRows, refusal } from "./conformal.test-support.js";
import { conformalFactuality } from "./conformalFactuality.js";
import { cqr } from "./cqr.js";
import { lac } from "./lac.js";
import { margin } from "./margin.js";
import { mondrian } from "./mondrian.js";
import { raps } from "./raps.js";
import { saps } from "./saps.js";
import { splitConformal } from "./splitConformal.js";

const random = createRandom(1);
const rows = classRows(random, 60, 5);
const fresh = classRows(random, 40, 5).probabilities;
const categories = rows.labels.map((_, i) => (i % 2 ? "odd" : "even"));
const asked = { categories: Array.from({ length: 40 }, (_, i) => (i % 3 ? "odd" : "even")) };
const claims = Array.from({ length: 30 }, () => ({
  scores: [0, 1, 2].map(() => Math.round(3 * random.uniform())),
  supported: [0, 1, 2].map(() => Number(random.uniform() < 0.7)),
}));
const fittedAt = "2025-01-31T12:00:00.000Z";

const fits: Record<
  string,
  [{ toJSON(): object }, (json: unknown) => { toJSON(): object }, (fit: never) => unknown]
> = {
  split: [
    splitConformal.fit([1, 2, 3, 4, 5], { alpha: 0.2, fittedAt }),
    splitConformal.fromJSON,
    (fit: ReturnType<typeof splitConformal.fit>) => fit.predict(0.3),
  ],
  "split, infinite": [
    splitConformal.fit([1, 2], { alpha: 0.2, difficulties: [1, 2] }),
    splitConformal.fromJSON,
    (fit: ReturnType<typeof splitConformal.fit>) => [fit.predict(0.3, 2), fit.reason],
  ],
  cqr: [
    cqr.fit([0, 0, 0, 0, 0, 0, 0, 0, 0, 0], Array(10).fill(1), [1, 2, 3, -4, 5, 6, 0.1, 0.2, 0.3, 0.4], {
      alpha: 0.3,
      margins: "asymmetric",
    }),
    cqr.fromJSON,
    (fit: ReturnType<typeof cqr.fit>) => [fit.predict(0.3, 0.6), fit.threshold, fit.alpha],
  ],
  mondrian: [
    mondrian.fit([1, 2, 3, 4, 9, 9], ["a", "a", "a", "a", 7, 7], { alpha: 0.2 }),
    mondrian.fromJSON,
    (fit: ReturnType<typeof mondrian.fit>) => [fit.predict(1, "a"), fit.predict(1, 7), fit.n],
  ],
  factuality: [
    conformalFactuality.fit(claims, { alpha: 0.2, categories: claims.map((_, i) => i % 2) }),
    conformalFactuality.fromJSON,
    (fit: ReturnType<typeof conformalFactuality.fit>) =>
      claims.map(({ scores }, i) => fit.filter(scores, { category: i % 2 })),
  ],
  ...Object.fromEntries(
    Object.entries({ lac, margin, aps, raps, saps }).flatMap(([name, method]) =>
      [
        {},
        { randomised: true, seed: 3 },
        { conditional: "class" as const, emptySets: "top" as const },
        { categories },
      ].map((options, k) => [
        `${name} ${k}`,
        [
          method.fit(rows.probabilities, rows.labels, { alpha: 0.05, ...options }),
          method.fromJSON,
          (fit: ReturnType<typeof aps.fit>) => [fit.predict(fresh, asked), fit.threshold, fit.method],
        ],
      ]),
    ),
  ),
};

describe.each(Object.entries(fits))("%s", (_, [fit, fromJSON, use]) => {
  const text = JSON.stringify(fit);

  test("comes back the same from JSON text and from the parsed value", () => {
    for (const json of [text, JSON.parse(text)]) {
      const back = fromJSON(json);
      expect(JSON.stringify(back)).toBe(text);
      expect(use(back as never)).toEqual(use(fit as never));
    }
  });

  test("broken JSON is refused by name, never half read", () => {
    const paths: string[][] = [];
    const walk = (value: unknown, path: string[]) => {
      if (path.length) paths.push(path);
      if (typeof value === "object" && value !== null)
        for (const key of Object.keys(value)) walk((value as Record<string, unknown>)[key], [...path, key]);
    };
    walk(JSON.parse(text), []);
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.constantFrom(undefined, "x", -1.5, {}), (path, value) => {
        const broken = JSON.parse(text);
        const holder = path.slice(0, -1).reduce((at, key) => at[key], broken);
        holder[path[path.length - 1]] = value;
        try {
          fromJSON(JSON.stringify(broken));
        } catch (error) {
          expect(error).toBeInstanceOf(CredenceError);
          expect((error as CredenceError).code).toMatch(/invalid-json|out-of-range/);
        }
      }),
      { numRuns: 60 },
    );
  });
});

test("other methods and versions are refused; the record names the rows", () => {
  const fit = splitConformal.fit([1, 2, 3, 4], { alpha: 0.2, fittedAt });
  expect(fit.fitted).toMatchObject({ n: 4, fittedAt });
  expect(fit.fitted.fingerprint).toMatch(/^[0-9a-f]{16}$/);
  expect(refusal(() => cqr.fromJSON(fit.toJSON())).message).toContain("method");
  expect(refusal(() => splitConformal.fromJSON({ ...fit.toJSON(), schema: 2 })).code).toBe("invalid-json");
  expect(refusal(() => splitConformal.fromJSON("{")).code).toBe("invalid-json");
});
