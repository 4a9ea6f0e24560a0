import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decomposeEntropy } from "credence/ensemble";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type ConditionalTransformer,
  classifier,
  load,
  type Pair,
  type Transformer,
  transformer,
} from "../models/index.js";
import {
  type ConditionalTransformerEnsemble,
  ensembleOf,
  loadEnsemble,
  type TransformerEnsemble,
  trainMembers,
} from "./index.js";

const texts = ["ab", "ba", "aab", "bba", "abab", "", "bb", "a"];
const pairs: Pair[] = ["ab", "ba", "aab", "bba", "abb", "bab", "a", "b"].map((source) => ({
  source,
  target: [...source].reverse().join("").toUpperCase(),
}));
const sources = pairs.map(({ source }) => source);
const long = ["ababababababab", "bbabbabbabba", "aaaabbbbaaaabbbb"];
const options = { layers: 1, width: 16, heads: 2, context: 8 };
// Trained so little that the members still disagree.
const training = { epochs: 6, learningRate: 0.02, batchSize: 2 };

let folder: string;
let plain: TransformerEnsemble;
let conditional: ConditionalTransformerEnsemble;
let sliding: TransformerEnsemble;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "credence-sequences-"));
  plain = ensembleOf(
    await trainMembers(3, (seed) => transformer(options).train(texts, { ...training, seed })),
  );
  conditional = ensembleOf(
    await trainMembers(2, (seed, i) =>
      // Members may differ in depth and width.
      transformer({ ...options, width: 16 + 8 * i, layers: 1 + i }).train(pairs, { ...training, seed }),
    ),
  );
  sliding = ensembleOf(
    await trainMembers(2, (seed) =>
      transformer({ ...options, overflow: "slide" }).train(long, { ...training, seed }),
    ),
  );
}, 60_000);
afterAll(async () => {
  for (const ensemble of [plain, conditional, sliding]) await ensemble?.release();
  await rm(folder, { recursive: true });
});

/** The probabilities by each model of every token at each place, tokens in alphabetical order. */
async function probabilitiesBy<T>(
  members: readonly { tokenProbabilities: (items: readonly T[], o: { top: number }) => Promise<Known[][]> }[],
  item: T,
): Promise<{ tokens: string[]; byMember: number[][] }[]> {
  const all = await Promise.all(
    members.map(async (m) => (await m.tokenProbabilities([item], { top: 99 }))[0]),
  );
  return all[0].map(({ top }, place) => {
    const tokens = top.map(({ token }) => token).sort();
    const byMember = all.map((known) =>
      tokens.map((token) => Math.exp(known[place].top.find((t) => t.token === token)!.logProbability)),
    );
    return { tokens, byMember };
  });
}
interface Known {
  readonly token: string;
  readonly top: readonly { readonly token: string; readonly logProbability: number }[];
}

const meanOf = (byMember: readonly number[][]) =>
  byMember[0].map((_, j) => byMember.reduce((sum, row) => sum + row[j], 0) / byMember.length);

/** All texts of at most this many letters. */
function enumerate(most: number): string[] {
  const all = [""];
  for (let i = 0; all[i].length < most; i++) all.push(`${all[i]}a`, `${all[i]}b`);
  return all;
}

describe("probabilities of tokens", () => {
  it("are the means of the members'", async () => {
    const check = async <T>(
      ensemble: { members: readonly (Transformer | ConditionalTransformer)[] } & {
        tokenProbabilities: (items: readonly T[]) => Promise<{ token: string; logProbability: number }[][]>;
        logProbability: (items: readonly T[]) => Promise<Float64Array>;
      },
      items: readonly T[],
    ) => {
      const found = await ensemble.tokenProbabilities(items);
      const totals = await ensemble.logProbability(items);
      for (const [i, item] of items.entries()) {
        const places = await probabilitiesBy(ensemble.members as never[], item);
        let total = 0;
        expect(found[i]).toHaveLength(places.length);
        found[i].forEach(({ token, logProbability }, j) => {
          const { tokens, byMember } = places[j];
          const mean = Math.log(meanOf(byMember)[tokens.indexOf(token)]);
          expect(logProbability).toBeCloseTo(mean, 5);
          total += mean;
        });
        expect(totals[i]).toBeCloseTo(total, 4);
      }
    };
    await check(plain, texts);
    await check(conditional, pairs);
    await check(sliding, long);
  });

  it("make a distribution over sequences", async () => {
    const all = enumerate(7);
    const logP = await plain.logProbability(all);
    const ended = logP.reduce((sum, v) => sum + Math.exp(v), 0);
    // The context has room for 7 letters; the rest is what would go on.
    const full = await plain.tokenProbabilities(all.filter(({ length }) => length === 7));
    const cut = full.reduce((sum, places) => {
      const before = places.slice(0, -1).reduce((total, { logProbability }) => total + logProbability, 0);
      return sum + Math.exp(before) * (1 - Math.exp(places.at(-1)!.logProbability));
    }, 0);
    expect(ended + cut).toBeCloseTo(1, 5);
  });
});

describe("uncertainty", () => {
  it("is the decomposition of the members' entropy at each place", async () => {
    const found = await conditional.uncertainty(pairs);
    for (const [i, pair] of pairs.entries()) {
      const places = await probabilitiesBy(conditional.members as never[], pair);
      places.forEach(({ byMember }, j) => {
        const expected = decomposeEntropy(byMember.map(normalised));
        for (const part of ["total", "aleatoric", "epistemic"] as const)
          expect(found[i][part][j]).toBeCloseTo(expected[part], 5);
      });
      expect(found[i].total).toHaveLength(places.length);
      expect(Math.max(...found[i].epistemic)).toBeGreaterThan(1e-4);
    }
  });

  it("is not epistemic where all members are equal", async () => {
    const [model] = plain.members;
    await model.save(join(folder, "one"));
    const copy = await load(join(folder, "one"), "transformer");
    const same = ensembleOf([model, copy]);
    for (const { epistemic } of await same.uncertainty(texts))
      for (const v of epistemic) expect(v).toBeLessThan(1e-9);
    const [a, b] = [await same.logProbability(texts), await model.logProbability(texts)];
    a.forEach((v, i) => expect(v).toBeCloseTo(b[i], 5));
    expect((await same.greedy([""]))[0].text).toBe((await model.greedy([""]))[0].text);
    await copy.release();
  });

  const normalised = (row: number[]) => {
    const total = row.reduce((a, b) => a + b);
    return row.map((p) => p / total);
  };
});

describe("generation", () => {
  it("takes the token whose mean probability is highest, again and again", async () => {
    const found = await conditional.greedy(sources);
    for (const [i, source] of sources.entries()) {
      const tokens: string[] = [];
      for (;;) {
        const places = await probabilitiesBy(conditional.members as never[], { source, target: tokens });
        const { tokens: names, byMember } = places[tokens.length];
        const mean = meanOf(byMember);
        const best = names[mean.indexOf(Math.max(...mean))];
        if (best === "<end>" || source.length + 1 + tokens.length === options.context) break;
        tokens.push(best);
      }
      expect(found[i].tokens).toEqual(tokens);
    }
  });

  it("finds the most probable sequences when the beam is broad", async () => {
    const all = enumerate(7);
    const logP = await plain.logProbability(all);
    const best = Array.from(logP).sort((a, b) => b - a);
    const [found] = await plain.beamSearch([""], { beams: 100 });
    found.slice(0, 20).forEach(({ logProbability }, i) => expect(logProbability).toBeCloseTo(best[i], 4));
  });

  it("with remembered keys and values is that with everything computed anew", async () => {
    for (const drawn of [
      await conditional.sample(sources, { seed: 5 }),
      (await conditional.beamSearch(sources, { beams: 3 })).map(([first]) => first),
    ]) {
      const items = drawn.map(({ tokens }, i) => ({ source: sources[i], target: tokens }));
      const anew = await conditional.tokenProbabilities(items);
      drawn.forEach(({ tokenLogProbabilities }, i) => {
        tokenLogProbabilities.forEach((v, j) => expect(v).toBeCloseTo(anew[i][j].logProbability, 4));
      });
    }
    for (const { text, ended, logProbability } of await sliding.sample(6, { seed: 3, maxTokens: 30 }))
      if (ended) expect((await sliding.logProbability([text]))[0]).toBeCloseTo(logProbability, 4);
  });

  it("of ensembles that share members in another order, at the same time, comes to an end", async () => {
    const [a, b, c] = plain.members;
    const orders = [ensembleOf([a, b, c]), ensembleOf([c, b, a]), ensembleOf([b, a])];
    const alone = [];
    for (const ensemble of orders) alone.push(await ensemble.greedy(["", "a"]));
    expect(await Promise.all(orders.map((ensemble) => ensemble.greedy(["", "a"])))).toEqual(alone);
  });

  it("that is stopped leaves the members free", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(plain.greedy([""], { signal })).rejects.toThrow("enough");
    expect(await plain.greedy([""])).toHaveLength(1);
    expect(await plain.members[0].greedy([""])).toHaveLength(1);
  });
});

it("saves and loads", async () => {
  await conditional.save(join(folder, "exact"));
  await conditional.save(join(folder, "half"), { weights: "float16" });
  const [exact, half] = [
    await loadEnsemble(join(folder, "exact"), "conditionalTransformer"),
    await loadEnsemble(join(folder, "half"), "conditionalTransformer"),
  ];
  expect(await exact.logProbability(pairs)).toEqual(await conditional.logProbability(pairs));
  expect(await half.logProbability(pairs)).not.toEqual(await conditional.logProbability(pairs));
  await expect(loadEnsemble(join(folder, "exact"), "transformer")).rejects.toMatchObject({
    code: "not-a-model",
  });
  await exact.release();
  await half.release();
});

it("refuses members that do not belong together", async () => {
  const refused = (members: readonly unknown[], index: number) =>
    expect(() => ensembleOf(members as never)).toThrow(
      expect.objectContaining({ code: "shape-mismatch", place: expect.objectContaining({ index }) }),
    );
  refused([plain.members[0], conditional.members[0]], 1);
  refused([plain.members[0], plain.members[1], sliding.members[0]], 2);
  const others = [
    await classifier({ hidden: [4] }).train([[1], [2]], [0, 1], { epochs: 1 }),
    await transformer(options).train(["abc"], { epochs: 1 }),
    await transformer({ ...options, context: 10 }).train(texts, { epochs: 1 }),
  ];
  for (const other of others) refused([plain.members[0], other], 1);
  expect(() => ensembleOf([plain.members[0], plain.members[0]])).toThrow(
    expect.objectContaining({ code: "out-of-range" }),
  );
  expect(() => ensembleOf([])).toThrow(expect.objectContaining({ code: "empty-input" }));
  await expect(plain.logProbability(["z"])).rejects.toMatchObject({ code: "unknown-token" });
  for (const other of others) await other.release();
});
