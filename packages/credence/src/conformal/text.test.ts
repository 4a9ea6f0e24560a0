import { describe, expect, test } from "vitest";
import { createRandom, type Random } from "../numeric/random.js";
import { binomialQuantile } from "../numeric/special.js";
import { expectMean, expectMeanAtLeast, refusal } from "./conformal.test-support.js";
import { conformalFactuality, type JudgedAnswer } from "./conformalFactuality.js";
import { conformalLanguageModel, type JudgedPrompt } from "./conformalLanguageModel.js";
import { levelAdaptiveFactuality } from "./levelAdaptiveFactuality.js";
import { conformalRank } from "./quantile.js";

/** Answers of 1–8 claims; scores are coarse (ties), and say something about support. `hard` answers err more. */
function drawAnswer(random: Random, hard = false, levels = 6): JudgedAnswer {
  const m = 1 + Math.floor(8 * random.uniform());
  const scores: number[] = [];
  const supported: number[] = [];
  for (let j = 0; j < m; j++) {
    const score = Math.floor(levels * random.uniform()) / levels;
    scores.push(score);
    supported.push(Number(random.uniform() < (hard ? 0.2 : 0.5) + 0.5 * score));
  }
  return { scores, supported };
}

describe("conformalFactuality", () => {
  test("exactly k/(n+1) where every answer errs, in spite of ties; never less", () => {
    const random = createRandom(1);
    const certain: number[] = [];
    const usual: number[] = [];
    for (let repeat = 0; repeat < 800; repeat++) {
      const wrong = () => {
        for (;;) {
          const answer = drawAnswer(random);
          if (Array.from(answer.supported).includes(0)) return answer;
        }
      };
      const run = (draw: () => JudgedAnswer) =>
        conformalFactuality
          .fit(Array.from({ length: 29 }, draw), { alpha: 0.2, seed: repeat })
          .evaluate(Array.from({ length: 20 }, draw), { interval: false, seed: repeat + 0.5 }).factuality
          .value;
      certain.push(run(wrong));
      usual.push(run(() => drawAnswer(random)));
    }
    expectMean(certain, conformalRank(29, 0.2) / 30);
    expectMeanAtLeast(usual, 0.8);
  });

  test("keeps claims above the threshold only, counts abstentions, abstains when data are too few", () => {
    const answers = [0.2, 0.4, 0.3, 0.6].map((s) => ({ scores: [0.9, s], supported: [true, false] }));
    const fitted = conformalFactuality.fit(answers, { alpha: 0.2 });
    expect(fitted.filter([0.1, 0.61])).toEqual({ kept: [1], abstained: false });
    expect(fitted.filter([0.1]).abstained).toBe(true);
    const report = fitted.evaluate([
      { scores: [0.1], supported: [0] },
      { scores: [0.7, 0.8], supported: [1, 0] },
    ]);
    expect(report).toMatchObject({ abstained: 1, retention: 2 / 3, factuality: { value: 0.5 } });
    const few = conformalFactuality.fit(answers.slice(0, 2), { alpha: 0.2 });
    expect(few.filter([0.99]).abstained).toBe(true);
    expect(few.reason).toContain("2 more");
    const sure = conformalFactuality.fit(
      answers.map(({ scores }) => ({ scores, supported: [1, 1] })),
      { alpha: 0.2 },
    );
    expect(sure.filter([-5]).kept).toEqual([0]);
    expect(conformalFactuality.fit([...answers, { scores: [], supported: [] }], { alpha: 0.2 }).n).toBe(5);
  });

  test("categories keep the promise where it is hard", () => {
    const random = createRandom(2);
    const within: number[] = [];
    const pooled: number[] = [];
    for (let repeat = 0; repeat < 300; repeat++) {
      const draw = (n: number) => Array.from({ length: n }, (_, i) => drawAnswer(random, i % 4 === 0));
      const categories = (n: number) => Array.from({ length: n }, (_, i) => (i % 4 === 0 ? "hard" : "easy"));
      const answers = draw(160);
      const hard = Array.from({ length: 15 }, () => drawAnswer(random, true));
      const by = conformalFactuality.fit(answers, { alpha: 0.2, categories: categories(160), seed: repeat });
      within.push(
        by.evaluate(hard, { interval: false, categories: hard.map(() => "hard"), seed: repeat + 0.5 })
          .factuality.value,
      );
      const all = conformalFactuality.fit(answers, { alpha: 0.2, seed: repeat });
      pooled.push(all.evaluate(hard, { interval: false, seed: repeat + 0.5 }).factuality.value);
      if (repeat === 0) {
        expect(by.categories).toHaveLength(2);
        expect(refusal(() => by.filter([1], { category: "new" })).code).toBe("unknown-group");
      }
    }
    expectMeanAtLeast(within, 0.8);
    expect(pooled.reduce((a, b) => a + b) / pooled.length).toBeLessThan(0.75);
  });

  test("refuses bad answers", () => {
    const fit = (answer: JudgedAnswer) => () => conformalFactuality.fit([answer], { alpha: 0.2 });
    expect(refusal(fit({ scores: [1], supported: [] })).code).toBe("length-mismatch");
    expect(refusal(fit({ scores: [Number.NaN], supported: [1] })).message).toContain("answers[0].scores");
    expect(refusal(fit({ scores: [1], supported: [2] })).code).toBe("not-binary");
    expect(refusal(() => conformalFactuality.fit([], { alpha: 0.2 })).code).toBe("empty-input");
    expect(refusal(() => conformalFactuality.fit([{ scores: [1], supported: [1] }], { alpha: 0 })).code).toBe(
      "out-of-range",
    );
  });
});

describe("levelAdaptiveFactuality", () => {
  test("hard answers get a weaker promise, which holds within both kinds", () => {
    const random = createRandom(3);
    const features = (hard: boolean) => [1, Number(hard)];
    const rates = { hard: [] as number[], easy: [] as number[] };
    let alphaHard = 0;
    let alphaEasy = 0;
    for (let repeat = 0; repeat < 40; repeat++) {
      const kinds = Array.from({ length: 400 }, (_, i) => i % 2 === 0);
      const answers = kinds.map((hard) => drawAnswer(random, hard, 1000));
      const fitted = levelAdaptiveFactuality.fit(
        answers,
        { data: kinds.flatMap(features), rows: 400, columns: 2 },
        { retention: 0.5, seed: repeat, alphaRange: [0.05, 0.9] },
      );
      for (const kind of ["hard", "easy"] as const) {
        const row = features(kind === "hard");
        const alpha = fitted.alphaFor(row);
        if (kind === "hard") alphaHard += alpha;
        else alphaEasy += alpha;
        let right = 0;
        for (let t = 0; t < 40; t++) {
          const answer = drawAnswer(random, kind === "hard", 1000);
          if (fitted.filter(answer.scores, row).kept.every((j) => Boolean(answer.supported[j]))) right++;
        }
        rates[kind].push(right / 40 - (1 - alpha));
      }
    }
    expect(alphaHard).toBeGreaterThan(alphaEasy);
    expectMeanAtLeast(rates.hard, 0);
    expectMeanAtLeast(rates.easy, 0);
    expect(
      refusal(() => levelAdaptiveFactuality.fit([], { data: [], rows: 0, columns: 1 }, { retention: 0.5 }))
        .code,
    ).toBe("empty-input");
    const one = { data: [1, 1], rows: 2, columns: 1 };
    const two = [drawAnswer(random), drawAnswer(random)];
    expect(refusal(() => levelAdaptiveFactuality.fit(two, one, { retention: 0.5 })).code).toBe("too-few");
  });
});

describe("conformalLanguageModel", () => {
  /** Ten samples; quality says how likely a sample is admissible; duplicates share a topic. */
  function drawPrompt(random: Random): JudgedPrompt {
    const quality = Array.from({ length: 10 }, () => random.uniform());
    const topics = quality.map(() => Math.floor(4 * random.uniform()));
    return {
      quality,
      similarity: (i, j) => Number(topics[i] === topics[j]),
      admissible: quality.map((q) => Number(random.uniform() < 0.7 * q)),
    };
  }
  const grid = { similarity: [0.5, 1], quality: [0, 0.3], stop: [0.5, 0.8, 0.9, 0.95, 1.5, 2.5, 3.5] };

  test("the promise holds over the population, and sets stay smaller than everything", () => {
    const random = createRandom(4);
    const population = Array.from({ length: 3000 }, () => drawPrompt(random));
    const repeats = 60;
    let broken = 0;
    let sizes = 0;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const prompts = Array.from({ length: 300 }, () => population[Math.floor(random.uniform() * 3000)]);
      const fitted = conformalLanguageModel.fit(prompts, {
        alpha: 0.3,
        delta: 0.1,
        confidence: "sum",
        grid,
        seed: repeat,
      });
      if (!fitted.rule) continue;
      let missed = 0;
      for (const prompt of population) {
        const { set } = fitted.predict(prompt);
        sizes += set.length / population.length;
        if (!set.some((k) => Boolean(prompt.admissible[k]))) missed++;
      }
      if (missed / population.length > 0.3) broken++;
    }
    expect(broken).toBeLessThanOrEqual(binomialQuantile(1 - 1e-6, repeats, 0.1));
    expect(sizes / repeats).toBeLessThan(6);
    expect(sizes / repeats).toBeGreaterThan(1);
  });

  test("nothing certified: all samples and the reason; errors", () => {
    const random = createRandom(5);
    const prompts = Array.from({ length: 8 }, () => drawPrompt(random));
    const fitted = conformalLanguageModel.fit(prompts, { alpha: 0.05, grid });
    expect(fitted.rule).toBeNull();
    expect(fitted.reason).toContain("prompts");
    expect(fitted.predict(prompts[0])).toMatchObject({ samples: 10 });
    const options = { alpha: 0.1, grid };
    expect(refusal(() => conformalLanguageModel.fit([], options)).code).toBe("empty-input");
    expect(refusal(() => conformalLanguageModel.fit([prompts[0]], options)).code).toBe("too-few");
    expect(
      refusal(() => conformalLanguageModel.fit(prompts, { ...options, grid: { ...grid, stop: [] } })).code,
    ).toBe("empty-input");
    expect(
      refusal(() => conformalLanguageModel.fit(prompts, { ...options, confidence: "best" as "max" })).code,
    ).toBe("unknown-option");
    expect(
      refusal(() => conformalLanguageModel.fit([{ ...prompts[0], admissible: [1] }], options)).code,
    ).toBe("length-mismatch");
  });
});
