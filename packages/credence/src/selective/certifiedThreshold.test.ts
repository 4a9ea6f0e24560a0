import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clopperPearsonUpper } from "../estimate/proportion.js";
import { atMost } from "../estimate/simulation.test-support.js";
import { splitRows } from "../estimate/split.js";
import { shuffle } from "../numeric/distributions.js";
import { createRandom } from "../numeric/random.js";
import { binomialCdf } from "../numeric/special.js";
import { type CertifiedThresholdOptions, certifiedThreshold } from "./certifiedThreshold.js";
import { hostileClustered, hostileIndependent, independentRows } from "./populations.test-support.js";
import { defaultSequence } from "./thresholdSequence.js";

const calibrated = (n: number, seed: number) =>
  independentRows("calibrated", (c) => 1 - c).draw(createRandom(seed), n);

/** Learn then Test written out: walk down the grid from its top, stop at the first p-value above δ. */
function slowThreshold(
  confidences: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  grid: number[],
  r: number,
  d: number,
) {
  let best: number | null = null;
  for (const t of [...grid].sort((a, b) => b - a)) {
    let accepted = 0;
    let errors = 0;
    for (let i = 0; i < confidences.length; i++)
      if (confidences[i] >= t) {
        accepted++;
        errors += 1 - outcomes[i];
      }
    if (accepted === 0 || binomialCdf(errors, accepted, r) > d) break;
    best = t;
  }
  return best;
}

describe("certifiedThreshold for independent rows", () => {
  it("with a grid is Learn then Test written out", () => {
    const row = fc.record({
      c: fc.integer({ min: 0, max: 10 }).map((k) => k / 10),
      y: fc.constantFrom(0, 1, 1, 1, 1),
    });
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 120 }),
        fc.constantFrom(0.1, 0.3),
        (rows, risk) => {
          const c = rows.map((x) => x.c);
          const y = rows.map((x) => x.y);
          const grid = [0.9, 0.7, 0.5, 0.3, 0];
          const found = certifiedThreshold(c, y, { risk, delta: 0.2, grid });
          expect(found.threshold).toBe(slowThreshold(c, y, grid, risk, 0.2));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("certifies a useful threshold on 4 000 calibrated rows, with bound, coverage and risk that fit together", () => {
    const { confidences, outcomes } = calibrated(4000, 1);
    const found = certifiedThreshold(confidences, outcomes, { risk: 0.1 });
    expect(found.certified).toBe(true);
    // The risk of "c and above" is about (1 − c)/2, so 0.8 is the best that could be had.
    expect(found.threshold).toBeGreaterThan(0.79);
    expect(found.threshold).toBeLessThan(0.87);
    const accepted = confidences.filter((c) => c >= found.threshold!).length;
    expect(found.coverage.value).toBe(accepted / 4000);
    expect(found.risk!.n).toBe(accepted);
    expect(found.bound).toBeLessThanOrEqual(0.1);
    expect(found.bound).toBeGreaterThan(found.risk!.value);
    const step = found.tested.find((s) => s.threshold === found.threshold)!;
    expect(found.bound).toBeCloseTo(clopperPearsonUpper(step.errors, step.accepted, step.budget), 12);
    expect(found.labelsNeeded).toBeNull();
    expect(found).toMatchObject({ method: "clopper-pearson", target: 0.1, delta: 0.05, n: 4000 });
  });

  it("does not depend on the order of the rows, groups or not", () => {
    const { confidences, outcomes } = calibrated(600, 2);
    const order = shuffle(
      createRandom(3),
      Array.from(confidences, (_, i) => i),
    );
    const take = <T>(column: ArrayLike<T>) => order.map((i) => column[i]);
    const groups = Array.from(confidences, (_, i) => i % 300);
    for (const withGroups of [false, true]) {
      const options = (g: number[]): CertifiedThresholdOptions => ({
        risk: 0.2,
        ...(withGroups && { groups: g }),
      });
      const a = certifiedThreshold(confidences, outcomes, options(groups));
      const b = certifiedThreshold(take(confidences), take(outcomes), options(take(groups)));
      expect(b.threshold).toBe(a.threshold);
      expect(b.bound).toBeCloseTo(a.bound!, 9);
      expect(b.coverage).toEqual(a.coverage);
    }
  });

  it("starting at the very top certifies nothing", () => {
    const { confidences, outcomes } = calibrated(3000, 4);
    const top = certifiedThreshold(confidences, outcomes, { risk: 0.05, starts: [1] });
    expect(top.certified).toBe(false);
    expect(top.tested.length).toBe(1);
    expect(certifiedThreshold(confidences, outcomes, { risk: 0.05 }).certified).toBe(true);
  });

  it("says how many labels are needed where nothing can be certified, and that none would do where that is so", () => {
    const few = calibrated(80, 5);
    const found = certifiedThreshold(few.confidences, few.outcomes, { risk: 0.05 });
    expect(found).toMatchObject({ certified: false, threshold: null, bound: null, risk: null });
    expect(found.coverage.value).toBe(0);
    expect(found.labelsNeeded).toBeGreaterThan(80);
    expect(found.reason).toContain(`${found.labelsNeeded} labelled rows`);
    const bad = independentRows("bad", () => 0.4).draw(createRandom(6), 500);
    const hopeless = certifiedThreshold(bad.confidences, bad.outcomes, { risk: 0.05 });
    expect(hopeless.labelsNeeded).toBeNull();
    expect(hopeless.reason).toContain("would not help");
  });

  it("the labels it asks for are enough, mostly", () => {
    const population = independentRows("calibrated", (c) => 1 - c);
    const random = createRandom(7);
    const pilot = population.draw(random, 150);
    const { labelsNeeded } = certifiedThreshold(pilot.confidences, pilot.outcomes, { risk: 0.03 });
    let enough = 0;
    for (let run = 0; run < 60; run++) {
      const { confidences, outcomes } = population.draw(random, labelsNeeded!);
      if (certifiedThreshold(confidences, outcomes, { risk: 0.03 }).certified) enough++;
    }
    expect(enough).toBeGreaterThan(30);
  });

  it("one row, all right, all wrong", () => {
    expect(certifiedThreshold([0.9], [1], { risk: 0.1 }).certified).toBe(false);
    const flawless = certifiedThreshold(new Array(500).fill(0.9), new Array(500).fill(1), { risk: 0.05 });
    expect(flawless).toMatchObject({ certified: true, risk: { value: 0 }, coverage: { value: 1 } });
    const wrong = certifiedThreshold(new Array(500).fill(0.9), new Array(500).fill(0), { risk: 0.05 });
    expect(wrong).toMatchObject({ certified: false, labelsNeeded: null });
  });

  it("is plain data", () => {
    const { confidences, outcomes } = calibrated(500, 8);
    const found = certifiedThreshold(confidences, outcomes, { risk: 0.2 });
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  });
});

describe("tuning", () => {
  it("starts where the tuning part speaks most clearly, with all of δ", () => {
    const tuning = calibrated(1500, 9);
    const { confidences, outcomes } = calibrated(1500, 10);
    const found = certifiedThreshold(confidences, outcomes, { risk: 0.1, tuning });
    expect(found.certified).toBe(true);
    expect(found.tested[0].budget).toBe(0.05);
    expect(found.tested[0].threshold).toBeLessThan(0.99);
  });

  it("cannot be combined with a grid, and must be other rows", () => {
    const { confidences, outcomes } = calibrated(100, 11);
    const split = splitRows([confidences, outcomes], { tune: 0.5, certify: 0.5 });
    const tuning = { confidences, outcomes };
    const code = (c: string) => expect.objectContaining({ code: c });
    expect(() => certifiedThreshold(confidences, outcomes, { risk: 0.1, tuning, grid: [0.5] })).toThrowError(
      code("unknown-option"),
    );
    expect(() =>
      certifiedThreshold(confidences, outcomes, {
        risk: 0.1,
        rows: split.tune.rows,
        tuning: { ...tuning, rows: split.tune.rows },
      }),
    ).toThrowError(code("rows-overlap"));
  });
});

describe("groups", () => {
  it("of one row each are independent rows", () => {
    const { confidences, outcomes, groups } = calibrated(800, 12);
    const alone = certifiedThreshold(confidences, outcomes, { risk: 0.1 });
    const single = certifiedThreshold(confidences, outcomes, { risk: 0.1, groups });
    expect(single.threshold).toBe(alone.threshold);
    expect(single).toMatchObject({ method: "clopper-pearson", groups: 800 });
  });

  it("that copy their row count once: rows copied twenty times certify nothing that groups do not", () => {
    const { confidences, outcomes } = calibrated(60, 13);
    const copies = <T>(column: ArrayLike<T>) =>
      Array.from({ length: 1200 }, (_, i) => column[Math.floor(i / 20)]);
    const groups = Array.from({ length: 1200 }, (_, i) => Math.floor(i / 20));
    const data = [copies(confidences), copies(outcomes)] as const;
    expect(certifiedThreshold(...data, { risk: 0.1 }).certified).toBe(true);
    const grouped = certifiedThreshold(...data, { risk: 0.1, groups });
    expect(grouped).toMatchObject({ certified: false, method: "betting", n: 1200, groups: 60 });
    expect(grouped.labelsNeeded).toBeGreaterThan(1200);
    expect(grouped.reason).toContain("in groups of this kind");
  });

  it("a much larger possible group makes the bets too small; one below the largest seen is refused", () => {
    const { confidences, outcomes } = calibrated(2000, 14);
    const groups = Array.from(confidences, (_, i) => i % 1000);
    const bound = (maxGroupSize?: number) =>
      certifiedThreshold(confidences, outcomes, { risk: 0.3, groups, maxGroupSize, grid: [0.6] }).bound!;
    expect(bound(2)).toBe(bound());
    expect(bound(50)).toBeGreaterThan(bound(2));
    expect(() => bound(1)).toThrowError(expect.objectContaining({ code: "out-of-range" }));
  });
});

describe("the promise: risk above the target no more often than δ, judged on the whole population", () => {
  const risk = 0.1;
  const delta = 0.1;
  const violations = (
    draw: (random: ReturnType<typeof createRandom>) => boolean,
    runs: number,
    seed: number,
  ): number => {
    const random = createRandom(seed);
    let count = 0;
    for (let run = 0; run < runs; run++) if (draw(random)) count++;
    return count;
  };

  it.each(hostileIndependent)("independent rows, $name", (population) => {
    const runs = 300;
    for (const grid of [undefined, [0.5]]) {
      const count = violations(
        (random) => {
          const { confidences, outcomes } = population.draw(random, 400);
          const options = { risk, delta, grid, interval: false };
          const { threshold } = certifiedThreshold(confidences, outcomes, options);
          return threshold !== null && population.risk(threshold) > risk;
        },
        runs,
        1,
      );
      expect(count).toBeLessThanOrEqual(atMost(delta, runs));
    }
  });

  it.each(hostileClustered)("groups, $name", (population) => {
    const runs = 150;
    for (const maxGroupSize of [undefined, population.maxGroupSize]) {
      const count = violations(
        (random) => {
          const { confidences, outcomes, groups } = population.draw(random, 120);
          const options = { risk, delta, groups, maxGroupSize, interval: false };
          const { threshold } = certifiedThreshold(confidences, outcomes, options);
          return threshold !== null && population.risk(threshold) > risk;
        },
        runs,
        2,
      );
      expect(count).toBeLessThanOrEqual(atMost(delta, runs));
    }
  });

  it("is broken if groups are ignored", () => {
    const runs = 100;
    const [population] = hostileClustered;
    const count = violations(
      (random) => {
        const { confidences, outcomes } = population.draw(random, 120);
        const { threshold } = certifiedThreshold(confidences, outcomes, { risk, delta, interval: false });
        return threshold !== null && population.risk(threshold) > risk;
      },
      runs,
      3,
    );
    expect(count).toBeGreaterThan(atMost(delta, runs));
  });
});

describe("rows that were used before", () => {
  const { confidences, outcomes } = calibrated(200, 15);
  const split = splitRows([confidences, outcomes], { fit: 0.5, certify: 0.5 });
  const c = split.certify.takeNumbers(confidences);
  const y = split.certify.takeNumbers(outcomes);

  it("other parts of the split pass, and the certificate remembers its rows", () => {
    const found = certifiedThreshold(c, y, { risk: 0.3, rows: split.certify.rows, fittedOn: split.fit.rows });
    expect(found.rows).toEqual(split.certify.rows);
    expect(() =>
      certifiedThreshold(c, y, { risk: 0.3, rows: split.certify.rows, fittedOn: [split.fit.rows] }),
    ).not.toThrow();
  });

  it("the list of what was fitted on is left alone", () => {
    const fittedOn = [split.fit.rows];
    const tuning = { confidences, outcomes, rows: split.fit.rows };
    certifiedThreshold(c, y, { risk: 0.3, rows: split.certify.rows, fittedOn, tuning });
    expect(fittedOn).toEqual([split.fit.rows]);
  });

  it.each([
    ["the same part", { rows: split.certify.rows, fittedOn: split.certify.rows }],
    ["one of several", { rows: split.certify.rows, fittedOn: [split.fit.rows, split.certify.rows] }],
    ["nobody can tell", { fittedOn: split.fit.rows }],
  ])("are refused: %s", (_, options) => {
    expect(() => certifiedThreshold(c, y, { risk: 0.3, ...options })).toThrowError(
      expect.objectContaining({ code: "rows-overlap" }),
    );
  });
});

describe("bad input", () => {
  it.each<[string, () => unknown, string]>([
    ["no rows", () => certifiedThreshold([], [], { risk: 0.1 }), "empty-input"],
    ["lengths", () => certifiedThreshold([0.5], [1, 0], { risk: 0.1 }), "length-mismatch"],
    ["confidence 1.2", () => certifiedThreshold([1.2], [1], { risk: 0.1 }), "not-a-probability"],
    ["NaN", () => certifiedThreshold([Number.NaN], [1], { risk: 0.1 }), "not-finite"],
    ["outcome 2", () => certifiedThreshold([0.5], [2], { risk: 0.1 }), "not-binary"],
    ["risk 0", () => certifiedThreshold([0.5], [1], { risk: 0 }), "out-of-range"],
    ["δ 1", () => certifiedThreshold([0.5], [1], { risk: 0.1, delta: 1 }), "out-of-range"],
    ["level 1", () => certifiedThreshold([0.5], [1], { risk: 0.1, level: 1 }), "out-of-range"],
    ["groups", () => certifiedThreshold([0.5], [1], { risk: 0.1, groups: [] }), "length-mismatch"],
    ["grid", () => certifiedThreshold([0.5], [1], { risk: 0.1, grid: [1.5] }), "not-a-probability"],
    [
      "start",
      () => certifiedThreshold([0.5], [1], { risk: 0.1, grid: [0.5], starts: [0.4] }),
      "out-of-range",
    ],
  ])("%s", (_, call, code) => {
    expect(call).toThrowError(expect.objectContaining({ code }));
  });
});

describe("defaultSequence", () => {
  it.each([0.001, 0.02, 0.05, 0.1, 0.3, 0.9])(
    "descends from 1 to 0 and shares out all of δ (risk %d)",
    (risk) => {
      const { thresholds, shares } = defaultSequence(risk);
      expect(thresholds[0]).toBe(1);
      expect(thresholds[thresholds.length - 1]).toBe(0);
      for (let i = 1; i < thresholds.length; i++) expect(thresholds[i]).toBeLessThan(thresholds[i - 1]);
      expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    },
  );
});
