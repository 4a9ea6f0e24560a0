import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromHalf, toHalf } from "@credence/runtime";
import { createRandom, sampleInteger } from "credence/numeric";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { load } from "../index.js";
import { forwardSlowly } from "./forward.test-support.js";
import { weightsIn } from "./networkFile.js";
import type { Pair } from "./packing.js";
import { type TransformerOptions, transformer } from "./transformer.js";
import type { ConditionalTransformer, Transformer } from "./transformerModel.js";

const random = createRandom(2);
const word = (least: number, most: number, letters = "ab") =>
  Array.from(
    { length: least + sampleInteger(random, most - least + 1) },
    () => letters[sampleInteger(random, letters.length)],
  ).join("");
const reversed = (text: string) => [...text].reverse().join("");

const small = { layers: 2, width: 16, heads: 2 };
const texts = Array.from({ length: 60 }, () => word(0, 5));
const pairs: Pair[] = Array.from({ length: 60 }, () => word(1, 5, "abc")).map((source) => ({
  source,
  target: [...reversed(source)].map((letter) => letter.toUpperCase()),
}));
const long = Array.from({ length: 8 }, () => word(10, 25));
const training = { epochs: 12, learningRate: 0.01, batchSize: 4, seed: 1 };

let folder: string;
let plain: Transformer;
let conditional: ConditionalTransformer;
let sliding: Transformer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "credence-transformer-"));
  const context = 8;
  plain = await transformer({ ...small, context }).train(texts, training);
  conditional = await transformer({ ...small, context: 12, dropout: 0.1 }).train(pairs, training);
  sliding = await transformer({ ...small, context, overflow: "slide" }).train(long, training);
}, 60_000);
afterAll(async () => {
  for (const model of [plain, conditional, sliding]) await model?.release();
  await rm(folder, { recursive: true });
});

/** All texts of at most this many letters. */
function enumerate(most: number, letters = "ab"): string[] {
  const all = [""];
  for (let i = 0; all[i].length < most; i++) for (const letter of letters) all.push(all[i] + letter);
  return all;
}

describe("probabilities", () => {
  it("are those of the network computed slowly in float64", async () => {
    for (const model of [plain, conditional]) {
      const directory = join(folder, "slow");
      await model.save(directory);
      const { dimensions, tokens } = model.card;
      const weights = weightsIn(await readFile(join(directory, "model.onnx")), dimensions);
      const numbers = (sequence: Iterable<string>) =>
        Array.from(sequence, (symbol) => tokens.symbols.indexOf(symbol) + 1);
      const items = model === plain ? texts.slice(0, 6) : pairs.slice(0, 6);
      const found =
        model === plain
          ? await plain.tokenProbabilities(items as string[], { top: 2 })
          : await conditional.tokenProbabilities(items as Pair[], { top: 2 });
      items.forEach((item, i) => {
        const [source, target] =
          typeof item === "object" && "source" in item ? [item.source, item.target] : ["", item];
        const line = [...numbers(source), 0, ...numbers(target)];
        const known = forwardSlowly(weights, dimensions, line, source.length);
        const next = [...line.slice(source.length + 1), 0];
        expect(found[i]).toHaveLength(next.length);
        next.forEach((token, j) => {
          const here = known[source.length + j];
          expect(found[i][j].token).toBe(token === 0 ? "<end>" : tokens.symbols[token - 1]);
          expect(found[i][j].logProbability).toBeCloseTo(here[token], 5);
          const best = here.toSorted((a, b) => b - a);
          found[i][j].top.forEach(({ logProbability }, k) => expect(logProbability).toBeCloseTo(best[k], 5));
        });
      });
    }
  });

  it("of all sequences, and of being cut off, sum to 1", async () => {
    // The context of 8 has room for 7 letters; those that do not end there are what is missing.
    const all = enumerate(7);
    const logP = await plain.logProbability(all);
    const ended = logP.reduce((sum, v) => sum + Math.exp(v), 0);
    expect(ended).toBeLessThan(1 + 1e-6);
    const full = all.filter(({ length }) => length === 7);
    const steps = await plain.tokenProbabilities(full);
    const cut = steps.reduce((sum, tokens) => {
      const before = tokens.slice(0, -1).reduce((total, { logProbability }) => total + logProbability, 0);
      return sum + Math.exp(before) * (1 - Math.exp(tokens.at(-1)!.logProbability));
    }, 0);
    expect(ended + cut).toBeCloseTo(1, 5);
    expect(cut).toBeLessThan(0.1);
  });

  it("do not depend on what else is asked, nor on the filling", async () => {
    const several: [{ logProbability(items: never[]): Promise<Float64Array> }, readonly unknown[]][] = [
      [plain, texts.slice(0, 20)],
      [conditional, pairs.slice(0, 20)],
      [sliding, long],
    ];
    for (const [model, items] of several) {
      const together = await model.logProbability(items as never[]);
      for (const i of [0, 3, 7]) {
        const [alone] = await model.logProbability([items[i]] as never[]);
        expect(alone).toBeCloseTo(together[i], 5);
      }
    }
  });
});

describe("generation", () => {
  it("with remembered keys and values is that with everything computed anew", async () => {
    const all = [
      { drawn: await plain.sample(40, { seed: 3 }), score: (t: string) => plain.logProbability([t]) },
      {
        drawn: await sliding.sample(10, { seed: 3, maxTokens: 40 }),
        score: (t: string) => sliding.logProbability([t]),
      },
    ];
    for (const { drawn, score } of all)
      for (const { text, ended, logProbability } of drawn)
        if (ended) expect((await score(text))[0]).toBeCloseTo(logProbability, 4);
    expect(all[1].drawn.filter(({ ended, text }) => ended && text.length > 8).length).toBeGreaterThan(2);

    const sources = pairs.map(({ source }) => source);
    for (const drawn of [
      await conditional.sample(sources, { seed: 5 }),
      await conditional.greedy(sources),
      (await conditional.beamSearch(sources, { beams: 3 })).map(([best]) => best),
    ]) {
      const done = drawn.flatMap((g, i) => (g.ended ? [{ ...g, source: sources[i] }] : []));
      expect(done.length).toBeGreaterThan(50);
      const anew = await conditional.tokenProbabilities(
        done.map(({ source, tokens }) => ({ source, target: tokens })),
        {
          top: 1,
        },
      );
      done.forEach((g, i) => {
        g.tokenLogProbabilities.forEach((v, j) => expect(anew[i][j].logProbability).toBeCloseTo(v, 4));
      });
    }
    const greedy = await conditional.greedy(sources);
    const items = greedy.map(({ tokens }, i) => ({ source: sources[i], target: tokens }));
    const anew = await conditional.tokenProbabilities(items, { top: 1 });
    greedy.forEach(({ tokens }, i) => {
      expect(tokens).toEqual(anew[i].slice(0, tokens.length).map(({ top }) => top[0].token));
    });
  });

  it("draws as often as the probabilities say", async () => {
    const n = 4000;
    const drawn = await plain.sample(n, { seed: 11 });
    const counts = new Map<string, number>();
    for (const { text, ended } of drawn) if (ended) counts.set(text, (counts.get(text) ?? 0) + 1);
    const common = enumerate(3);
    const p = (await plain.logProbability(common)).map(Math.exp);
    common.forEach((text, i) => {
      const expected = n * p[i];
      // Six standard deviations.
      expect(Math.abs((counts.get(text) ?? 0) - expected)).toBeLessThan(
        6 * Math.sqrt(expected * (1 - p[i])) + 1,
      );
    });
  });

  it("is seeded, sample by sample", async () => {
    const texts20 = (await plain.sample(20, { seed: 4 })).map(({ text }) => text);
    expect((await plain.sample(5, { seed: 4 })).map(({ text }) => text)).toEqual(texts20.slice(0, 5));
    expect((await plain.sample(20, { seed: 5 })).map(({ text }) => text)).not.toEqual(texts20);
  });

  it("narrows what is drawn: temperature, top-k, top-p", async () => {
    const [best] = await plain.greedy([""]);
    for (const options of [{ topK: 1 }, { temperature: 1e-3 }, { topP: 1e-6 }])
      for (const { text } of await plain.sample(5, { ...options, seed: 2 })) expect(text).toBe(best.text);
    // Of three tokens, top-p takes the fewest that have the mass together.
    const [[{ top }]] = await plain.tokenProbabilities([""], { top: 3 });
    const [p1, p2] = top.map(({ logProbability }) => Math.exp(logProbability));
    const first = (g: { tokens: readonly string[] }) => g.tokens[0] ?? "<end>";
    const two = await plain.sample(400, { topP: p1 + p2 / 2, maxTokens: 1 });
    expect(new Set(two.map(first))).toEqual(new Set(top.slice(0, 2).map(({ token }) => token)));
    // Temperature 2: probabilities in proportion to √p.
    const n = 4000;
    const flat = await plain.sample(n, { temperature: 2, maxTokens: 1, seed: 9 });
    const roots = top.map(({ logProbability }) => Math.exp(logProbability / 2));
    const total = roots.reduce((a, b) => a + b);
    top.forEach(({ token }, i) => {
      const share = roots[i] / total;
      const count = flat.filter((g) => first(g) === token).length;
      expect(Math.abs(count - n * share)).toBeLessThan(6 * Math.sqrt(n * share * (1 - share)));
    });
  });

  it("finds the most probable sequences when the beam is broad", async () => {
    const all = enumerate(7);
    const logP = await plain.logProbability(all);
    const order = all.map((_, i) => i).sort((i, j) => logP[j] - logP[i]);
    const [found] = await plain.beamSearch([""], { beams: 100 });
    found
      .slice(0, 20)
      .forEach(({ logProbability }, i) => expect(logProbability).toBeCloseTo(logP[order[i]], 4));
    const [[narrow], [greedy]] = [(await plain.beamSearch([""], { beams: 1 }))[0], await plain.greedy([""])];
    expect(narrow.text).toBe(greedy.text);
  });

  it("goes on from a prompt", async () => {
    const drawn = await plain.sample(30, { prompt: "ab", seed: 1 });
    const anew = await plain.logProbability(drawn.map(({ text }) => `ab${text}`));
    const begin = (await plain.tokenProbabilities(["ab"]))[0].slice(0, 2);
    const before = begin.reduce((sum, { logProbability }) => sum + logProbability, 0);
    drawn.forEach(({ ended, logProbability }, i) => {
      if (ended) expect(before + logProbability).toBeCloseTo(anew[i], 4);
    });
    const [cut] = await plain.greedy(["ababab"], { maxTokens: 1 });
    expect(cut.tokens.length).toBeLessThanOrEqual(1);
  });

  it("may be asked for several things at once", async () => {
    const sources = pairs.slice(0, 12).map(({ source }) => source);
    const alone = await conditional.greedy(sources);
    const [a, , b] = await Promise.all([
      conditional.greedy(sources),
      conditional.sample(sources, { seed: 7 }),
      conditional.greedy(sources),
    ]);
    expect([a, b]).toEqual([alone, alone]);
  });
});

describe("training", () => {
  it("learns to reverse words that it has not seen", async () => {
    const words = [...new Set(Array.from({ length: 300 }, () => word(2, 4, "abcd")))];
    const items = words.map((source) => ({ source, target: reversed(source) }));
    const [held, seen] = [items.slice(0, 40), items.slice(40)];
    const model = await transformer({ layers: 2, width: 32, heads: 4, context: 12 }).train(seen, {
      epochs: 25,
      learningRate: 1e-2,
      batchSize: 8,
      clip: 1,
      validation: held,
    });
    const answers = await model.greedy(held.map(({ source }) => source));
    const right = answers.filter(({ text }, i) => text === held[i].target).length;
    expect(right).toBeGreaterThan(30);
    const tokens = held.reduce((sum, { target }) => sum + target.length + 1, 0);
    const loss = -(await model.logProbability(held)).reduce((a, b) => a + b, 0) / tokens;
    expect(model.card.history.at(-1)?.validation).toBeCloseTo(loss, 4);
    await model.release();
  });

  it("gives the same weights and samples for the same seed", async () => {
    const again = (seed: number) =>
      transformer({ ...small, context: 8, dropout: 0.2 }).train(texts, { ...training, epochs: 2, seed });
    const models = [await again(1), await again(1), await again(2)];
    const [a, b, c] = await Promise.all(models.map((m) => m.logProbability(texts)));
    expect(b).toEqual(a);
    expect(c).not.toEqual(a);
    const [x, y] = await Promise.all(models.map((m) => m.sample(10, { seed: 1 })));
    expect(y).toEqual(x);
    for (const model of models) await model.release();
  });

  it("takes byte pairs and unknown characters", async () => {
    const options: TransformerOptions = {
      ...small,
      context: 16,
      tokens: "bpe",
      vocabularySize: 12,
      unknown: true,
    };
    const model = await transformer(options).train(["the cat", "the hat", "the mat"], { epochs: 2 });
    expect(model.card.tokens.symbols).toContain("the");
    const [before] = await model.logProbability(["the zat"]);
    await model.save(join(folder, "bpe"));
    const loaded = await load(join(folder, "bpe"), "transformer");
    expect((await loaded.logProbability(["the zat"]))[0]).toBe(before);
    for (const m of [model, loaded]) await m.release();
  });
});

describe("saving", () => {
  it("is exact", async () => {
    await plain.save(join(folder, "plain"));
    await conditional.save(join(folder, "conditional"));
    const loaded = await load(join(folder, "plain"), "transformer");
    expect(await loaded.logProbability(texts)).toEqual(await plain.logProbability(texts));
    expect(await loaded.sample(5)).toEqual(await plain.sample(5));
    const other = await load(join(folder, "conditional"), "conditionalTransformer");
    expect(await other.logProbability(pairs)).toEqual(await conditional.logProbability(pairs));
    expect(other.card).toEqual(conditional.card);
    await expect(load(join(folder, "plain"), "conditionalTransformer")).rejects.toMatchObject({
      code: "not-a-model",
    });
    for (const model of [loaded, other]) await model.release();
  });

  it("in half precision rounds each weight", async () => {
    const [whole, half] = [join(folder, "plain"), join(folder, "half")];
    await plain.save(whole);
    await plain.save(half, { weights: "float16" });
    const files = await Promise.all([whole, half].map((d) => readFile(join(d, "model.onnx"))));
    const [exact, rounded] = files.map((file) => weightsIn(file, plain.card.dimensions));
    for (const [name, { data }] of Object.entries(exact))
      expect(rounded[name].data).toEqual(fromHalf(toHalf(data as Float32Array)));
    const loaded = await load(half, "transformer");
    const [a, b] = [await plain.logProbability(texts), await loaded.logProbability(texts)];
    a.forEach((v, i) => expect(Math.abs(v - b[i])).toBeLessThan(0.05));
    expect(b).not.toEqual(a);
    await loaded.release();
  });
});

it("refuses bad input", async () => {
  const refused = (data: unknown, o: TransformerOptions = {}, t = {}) =>
    expect(transformer({ ...small, context: 8, ...o }).train(data as string[], { epochs: 1, ...t })).rejects;
  await refused([]).toMatchObject({ code: "empty-input" });
  await refused(["a", "abababab"]).toMatchObject({ code: "too-long", place: { index: 1 } });
  await refused([{ source: "abcd", target: "abcd" }]).toMatchObject({
    code: "too-long",
    place: { index: 0 },
  });
  await refused([{ source: "a", target: "abababab" }], { overflow: "slide" }).toMatchObject({
    code: "too-long",
  });
  await refused(["a", { source: "a", target: "b" }]).toMatchObject({ code: "shape-mismatch" });
  await refused([{ source: "a", target: "b" }, "a"]).toMatchObject({ code: "shape-mismatch" });
  await refused(["ab"], {}, { validation: ["abc"] }).toMatchObject({
    code: "unknown-token",
    place: { argument: "validation", index: 0, value: "c" },
  });
  await refused(["ab"], { heads: 3 }).toMatchObject({ code: "out-of-range" });
  await refused(["ab"], { layers: 0 }).toMatchObject({ code: "out-of-range" });
  await refused(["ab"], { dropout: 1 }).toMatchObject({ code: "out-of-range" });
  await refused(["ab"], { tokens: "words" as never }).toMatchObject({ code: "unknown-option" });
  await expect(plain.logProbability(["ab", "z"])).rejects.toMatchObject({
    code: "unknown-token",
    place: { index: 1 },
  });
  await expect(plain.logProbability(["abababab"])).rejects.toMatchObject({ code: "too-long" });
  await expect(conditional.greedy(["abcabcabcabc"])).rejects.toMatchObject({ code: "too-long" });
  await expect(conditional.logProbability(["ab"] as never)).rejects.toMatchObject({ code: "shape-mismatch" });
  for (const options of [{ temperature: 0 }, { topP: 0 }, { topP: 1.1 }, { topK: 0 }, { maxTokens: 0 }])
    await expect(plain.sample(1, options)).rejects.toMatchObject({ code: "out-of-range" });
  await expect(plain.sample(0)).rejects.toMatchObject({ code: "out-of-range" });
  await expect(plain.beamSearch([""], { beams: 0 })).rejects.toMatchObject({ code: "out-of-range" });
});
