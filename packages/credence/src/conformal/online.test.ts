import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sampleNormal } from "../numeric/distributions.js";
import { createRandom } from "../numeric/random.js";
import { binomialQuantile } from "../numeric/special.js";
import { adaptiveConformal } from "./adaptiveConformal.js";
import { aggregatedAdaptiveConformal } from "./aggregatedAdaptive.js";
import { refusal } from "./conformal.test-support.js";
import { conformalPid } from "./conformalPid.js";
import { dynamicAdaptiveConformal } from "./dynamicAdaptive.js";
import { enbpi } from "./enbpi.js";
import { fullConformal } from "./fullConformal.js";
import { exchangeabilityMartingale } from "./martingale.js";
import { onlineConformal } from "./onlineConformal.js";
import { type OnlineThreshold, runOnline } from "./onlineThreshold.js";
import { conformalPValues } from "./pValues.js";
import { conformalQuantile } from "./quantile.js";
import { createScoreWindow } from "./scoreWindow.js";
import { stronglyAdaptiveConformal } from "./stronglyAdaptive.js";

/** Absolute normal scores whose scale jumps from 1 to 4 and back to 2. */
function shiftingScores(seed: number, n: number): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length: n }, (_, t) => {
    const scale = t < n / 3 ? 1 : t < (2 * n) / 3 ? 4 : 2;
    return scale * Math.abs(sampleNormal(random));
  });
}

describe("score window", () => {
  test("equals sorting the last scores", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 12 }),
        (scores, capacity) => {
          const window = createScoreWindow("test", capacity, []);
          const all = createScoreWindow("test", Infinity, []);
          scores.forEach((score, t) => {
            window.add(score);
            all.add(score);
            const last = scores.slice(Math.max(0, t + 1 - capacity), t + 1);
            expect(window.size).toBe(last.length);
            expect([window.smallest, window.largest]).toEqual([Math.min(...last), Math.max(...last)]);
            for (const alpha of [0.05, 0.3, 0.5]) {
              expect(window.threshold(alpha)).toBe(conformalQuantile(last, alpha));
              expect(all.threshold(alpha)).toBe(conformalQuantile(scores.slice(0, t + 1), alpha));
            }
            const attained = window.attained(4.5);
            expect(attained).toBeCloseTo((1 + last.filter((s) => s >= 4.5).length) / (last.length + 1), 12);
            // Covered just below the attained α, missed from it on.
            if (attained < 1) expect(4.5 <= window.threshold(attained * (1 - 1e-6))).toBe(true);
            expect(4.5 <= window.threshold(attained)).toBe(false);
          });
        },
      ),
    );
    const grown = createScoreWindow(
      "test",
      Infinity,
      Array.from({ length: 3000 }, (_, i) => (i * 7) % 3000),
    );
    expect(grown.threshold(0.5)).toBe(1500);
    expect(refusal(() => createScoreWindow("test", 0, [])).code).toBe("out-of-range");
  });
});

describe("adaptiveConformal", () => {
  test("follows the recursion, unclipped, by its written-out definition", () => {
    const scores = shiftingScores(1, 900);
    const options = { alpha: 0.1, gamma: 0.2, window: 50 };
    const run = runOnline(adaptiveConformal(options), scores);
    let alpha = 0.1;
    let sawWholeLine = false;
    let sawEmpty = false;
    scores.forEach((score, t) => {
      const window = scores.slice(Math.max(0, t - 50), t);
      const threshold =
        alpha <= 0
          ? Infinity
          : alpha >= 1
            ? -Infinity
            : t === 0
              ? Infinity
              : conformalQuantile(window, alpha);
      expect(run.thresholds[t]).toBe(threshold);
      if (alpha <= 0) sawWholeLine = true;
      if (alpha >= 1) sawEmpty = true;
      alpha += 0.2 * (0.1 - (score > threshold ? 1 : 0));
    });
    expect(sawWholeLine).toBe(true);
    expect(sawEmpty).toBe(false);
    // A stream that is always covered drives α_t to 1 and beyond: then the set is empty.
    const easy = adaptiveConformal({ alpha: 0.5, gamma: 0.3 });
    const thresholds = Array.from({ length: 6 }, () => {
      const { threshold } = easy;
      easy.update(0);
      return threshold;
    });
    expect(thresholds).toContain(-Infinity);
  });

  test("|error rate − α| ≤ its bound for shifting and adversarial streams, T making the bound < .01", () => {
    const gamma = 0.02;
    const T = 6000;
    for (const alpha of [0.05, 0.1, 0.3]) {
      const bound = (Math.max(alpha, 1 - alpha) + gamma) / (gamma * T);
      expect(bound).toBeLessThan(0.01);
      const streams = [
        shiftingScores(2, T),
        Float64Array.from({ length: T }, (_, t) => t),
        Float64Array.from({ length: T }, (_, t) => -t),
      ];
      for (const scores of streams) {
        const stream = adaptiveConformal({ alpha, gamma, window: 200 });
        const { errorRate } = runOnline(stream, scores);
        expect(Math.abs(errorRate - alpha)).toBeLessThanOrEqual(bound);
        expect(stream.errorBound).toBeCloseTo(bound, 12);
        expect(stream.misses / stream.steps).toBe(errorRate);
      }
    }
  });

  test("intervals, state and errors", () => {
    const stream = adaptiveConformal({ alpha: 0.1 });
    expect(stream.predict(3)).toEqual([-Infinity, Infinity]);
    stream.update(1);
    expect(stream.currentAlpha).toBeCloseTo(0.1005, 12);
    expect(refusal(() => stream.update(Number.NaN)).code).toBe("not-finite");
    expect(refusal(() => adaptiveConformal({ alpha: 0 })).code).toBe("out-of-range");
    expect(refusal(() => adaptiveConformal({ alpha: 0.1, gamma: 0 })).code).toBe("out-of-range");
    expect(refusal(() => adaptiveConformal({ alpha: 0.1, window: 1.5 })).code).toBe("out-of-range");
  });
});

describe("the family on a stream whose scale jumps", () => {
  const scores = shiftingScores(3, 9000);
  const largest = Math.max(...scores);
  const methods: Record<string, () => OnlineThreshold> = {
    adaptive: () => adaptiveConformal({ alpha: 0.1, gamma: 0.01 }),
    aggregated: () => aggregatedAdaptiveConformal({ alpha: 0.1 }),
    dynamic: () => dynamicAdaptiveConformal({ alpha: 0.1 }),
    pid: () => conformalPid({ alpha: 0.1 }),
    strong: () => stronglyAdaptiveConformal({ alpha: 0.1, largestScore: largest }),
  };
  test.each(Object.entries(methods))("%s: long-run error near α, and again after each jump", (_, create) => {
    const { covered, errorRate } = runOnline(create(), scores);
    expect(Math.abs(errorRate - 0.1)).toBeLessThan(0.015);
    for (const from of [1500, 4500, 7500]) {
      let missed = 0;
      for (let t = from; t < from + 1500; t++) missed += 1 - covered[t];
      expect(Math.abs(missed / 1500 - 0.1)).toBeLessThan(0.04);
    }
  });

  test("a fixed threshold loses its promise after the jump", () => {
    const fixed = conformalQuantile(scores.subarray(0, 1000), 0.1);
    const missed = scores.subarray(3000, 6000).filter((s) => s > fixed).length;
    expect(missed / 3000).toBeGreaterThan(0.4);
  });

  test("DtACI by its written-out recursion", () => {
    const stream = dynamicAdaptiveConformal({ alpha: 0.1, gammas: [0.01, 0.1], window: 30, horizon: 100 });
    const alphas = [0.1, 0.1];
    let w = [0.5, 0.5];
    const eta = Math.sqrt((3 / 100) * ((Math.log(200) + 2) / (0.81 * 0.001 + 0.01 * 0.729)));
    scores.subarray(2800, 3200).forEach((score, t, part) => {
      const window = part.slice(Math.max(0, t - 30), t);
      const beta = (1 + window.filter((s) => s >= score).length) / (window.length + 1);
      const total = w[0] + w[1];
      expect(stream.currentAlpha).toBeCloseTo((w[0] * alphas[0] + w[1] * alphas[1]) / total, 9);
      const loss = alphas.map((a) => 0.1 * (beta - a) - Math.min(0, beta - a));
      const bar = w.map((x, e) => x * Math.exp(-eta * loss[e]));
      const sum = bar[0] + bar[1];
      w = bar.map((x) => (1 - 1 / 200) * x + sum / 200 / 2);
      [0.01, 0.1].forEach((gamma, e) => {
        alphas[e] += gamma * (0.1 - (alphas[e] >= beta ? 1 : 0));
      });
      stream.update(score);
    });
  });

  test("PID: a scorecaster that knows the season narrows the sets", () => {
    const season = (t: number) => 10 + 8 * Math.sin((2 * Math.PI * t) / 50);
    const random = createRandom(4);
    const seasonal = Float64Array.from({ length: 4000 }, (_, t) => season(t) + random.uniform());
    const width = (run: { thresholds: Float64Array }) =>
      run.thresholds.subarray(500).reduce((a, b) => a + b, 0);
    const plain = runOnline(conformalPid({ alpha: 0.1 }), seasonal);
    const cast = runOnline(
      conformalPid({ alpha: 0.1, gain: 1, scorecaster: (past) => season(past.length) }),
      seasonal,
    );
    expect(Math.abs(cast.errorRate - 0.1)).toBeLessThan(0.02);
    expect(width(cast)).toBeLessThan(width(plain));
    expect(refusal(() => conformalPid({ alpha: 0.1, learningRate: 0 })).code).toBe("out-of-range");
    expect(refusal(() => conformalPid({ alpha: 0.1, gain: -1 })).code).toBe("out-of-range");
  });

  test("bad options", () => {
    expect(refusal(() => aggregatedAdaptiveConformal({ alpha: 0.1, gammas: [] })).code).toBe("empty-input");
    expect(refusal(() => dynamicAdaptiveConformal({ alpha: 0.1, gammas: [-1] })).code).toBe("out-of-range");
    expect(refusal(() => stronglyAdaptiveConformal({ alpha: 0.1, largestScore: 0 })).code).toBe(
      "out-of-range",
    );
  });
});

describe("online and full conformal", () => {
  test("misses of online conformal prediction are no more than α for exchangeable rows, from the start", () => {
    const random = createRandom(5);
    let missed = 0;
    let steps = 0;
    for (let repeat = 0; repeat < 200; repeat++) {
      const stream = onlineConformal({ alpha: 0.2 });
      for (let t = 0; t < 30; t++) stream.update(random.uniform());
      missed += stream.misses;
      steps += stream.steps;
    }
    expect(missed).toBeLessThanOrEqual(binomialQuantile(1 - 1e-6, steps, 0.2));
  });

  test("full conformal covers exactly 1 − α when smoothed", () => {
    const random = createRandom(6);
    let plain = 0;
    let exact = 0;
    const repeats = 3000;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const rows = Array.from({ length: 15 }, () => Math.floor(3 * random.uniform()));
      const truth = Math.floor(3 * random.uniform());
      const scoresWith = (candidate: number) => {
        const all = [...rows, candidate];
        return all.map((y) => -all.filter((z) => z === y).length);
      };
      if (fullConformal([0, 1, 2], scoresWith, { alpha: 0.2 }).set.includes(truth)) plain++;
      if (
        fullConformal([0, 1, 2], scoresWith, { alpha: 0.2, smoothed: true, seed: repeat }).set.includes(truth)
      )
        exact++;
    }
    expect(plain).toBeGreaterThanOrEqual(binomialQuantile(1e-6, repeats, 0.8));
    expect(exact).toBeGreaterThanOrEqual(binomialQuantile(1e-6, repeats, 0.8));
    expect(exact).toBeLessThanOrEqual(binomialQuantile(1 - 1e-6, repeats, 0.8));
    expect(refusal(() => fullConformal([1], () => [], { alpha: 0.2 })).code).toBe("empty-input");
  });
});

describe("enbpi", () => {
  test("the narrowest interval with share 1 − α between its quantiles, by search", () => {
    const random = createRandom(7);
    const residuals = Array.from({ length: 41 }, () => sampleNormal(random) ** 2);
    const sorted = [...residuals].sort((a, b) => a - b);
    const at = (q: number) => {
      const p = q * 40;
      const low = Math.floor(p);
      return sorted[low] + (p - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
    };
    let best = Infinity;
    for (let k = 0; k <= 20_000; k++) {
      const beta = (0.2 * k) / 20_000;
      best = Math.min(best, at(Math.min(1, 0.8 + beta)) - at(beta));
    }
    const [low, high] = enbpi(residuals, { alpha: 0.2 }).predict(0);
    expect(high - low).toBeLessThanOrEqual(best + 1e-9);
    expect(high - low).toBeGreaterThan(best - 1e-3);
  });

  test("slides with the series, batch by batch", () => {
    const series = enbpi([0, 0, 0, 0], { alpha: 0.5, batch: 2, narrowest: false });
    expect(series.update(8)).toBe(false);
    expect(series.predict(0)).toEqual([0, 0]);
    series.update(8);
    expect(series.predict(1)).toEqual([1, 9]);
    expect([series.steps, series.misses]).toEqual([2, 2]);
    expect(refusal(() => enbpi([], { alpha: 0.5 })).code).toBe("empty-input");
    expect(refusal(() => series.update(Number.NaN)).code).toBe("not-finite");
  });
});

describe("exchangeability martingales", () => {
  test.each(["jumper", "mixture", "power"] as const)("%s: rare false alarms, early true ones", (bets) => {
    const random = createRandom(8);
    const repeats = 400;
    let falseAlarms = 0;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const watch = exchangeabilityMartingale({ bets });
      for (let t = 0; t < 150; t++) watch.update(random.uniform());
      if (watch.largestLogCapital >= Math.log(10)) falseAlarms++;
    }
    expect(falseAlarms).toBeLessThanOrEqual(binomialQuantile(1 - 1e-6, repeats, 0.1));
    const watch = exchangeabilityMartingale({ bets });
    const scores = Array.from({ length: 400 }, (_, t) => sampleNormal(random) + (t < 200 ? 0 : 3));
    for (let t = 1; t < 400; t++)
      watch.update(conformalPValues(scores.slice(0, t), [scores[t]], { smoothed: true, seed: t })[0]);
    expect(watch.logCapital).toBeGreaterThan(Math.log(1000));
  });

  test("one step by hand; errors", () => {
    expect(exchangeabilityMartingale({ bets: "power" }).update(0.25)).toBeCloseTo(
      Math.log(0.5 * 0.25 ** -0.5),
      12,
    );
    expect(exchangeabilityMartingale().update(0.9)).toBeCloseTo(0, 12);
    expect(refusal(() => exchangeabilityMartingale({ jump: 0 })).code).toBe("out-of-range");
    expect(refusal(() => exchangeabilityMartingale().update(2)).code).toBe("not-a-probability");
  });
});

test("conformalPid survives infinite scores", () => {
  for (const strange of [Infinity, -Infinity]) {
    const stream = conformalPid({ alpha: 0.1 });
    const random = createRandom(7);
    stream.update(strange);
    for (let t = 0; t < 3000; t++) {
      stream.update(t % 500 === 250 ? strange : random.uniform());
      expect(Number.isNaN(stream.threshold)).toBe(false);
    }
    expect(Math.abs(stream.misses / stream.steps - 0.1)).toBeLessThan(0.02);
  }
});

test("stronglyAdaptiveConformal equals its definition, expert by expert", () => {
  const [alpha, largestScore, lifetime] = [0.1, 3, 3];
  const random = createRandom(9);
  const scores = Float64Array.from({ length: 600 }, (_, t) => (2 + Math.sin(t / 40)) * random.uniform());
  const pinball = (q: number, s: number) => (s > q ? (1 - alpha) * (s - q) : alpha * (q - s));
  const experts: Record<
    "born" | "end" | "prior" | "q" | "squares" | "weight" | "gains" | "stakes",
    number
  >[] = [];
  const stream = stronglyAdaptiveConformal({ alpha, largestScore, lifetime });
  let mixed = 0;
  scores.forEach((score, i) => {
    const t = i + 1;
    let power = 1;
    while (t % (2 * power) === 0) power *= 2;
    const prior = 1 / (t * t * (1 + Math.floor(Math.log2(t))));
    experts.push({
      ...{ born: t, end: t + lifetime * power, prior, q: mixed, squares: 0 },
      ...{ weight: 0, gains: 0, stakes: 0 },
    });
    const alive = experts.filter(({ end }) => end > t);
    const won = alive.map(({ prior: p, weight }) => p * Math.max(weight, 0));
    const shares = won.some((w) => w > 0) ? won : alive.map(({ prior: p }) => p);
    const total = shares.reduce((a, b) => a + b);
    mixed = alive.reduce((sum, { q }, e) => sum + (shares[e] / total) * q, 0);
    expect(Math.abs(stream.threshold - mixed)).toBeLessThan(1e-9);
    for (const expert of alive) {
      let gain = (pinball(mixed, score) - pinball(expert.q, score)) / largestScore;
      if (expert.weight <= 0) gain = Math.max(gain, 0);
      expert.stakes += expert.weight * gain;
      expert.gains += gain;
      expert.weight = (expert.gains * (1 + expert.stakes)) / (t - expert.born + 1);
      const slope = score > expert.q ? alpha - 1 : alpha;
      expert.squares += slope * slope;
      expert.q -= ((largestScore / Math.sqrt(3)) * slope) / Math.sqrt(expert.squares);
    }
    stream.update(score);
  });
});
