import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decomposeEntropy } from "credence/ensemble";
import { createRandom, sampleNormal } from "credence/numeric";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { add, compileSteps, parameter } from "../graph/index.js";
import { type Classifier, classifier } from "../models/index.js";
import {
  type DeepEnsemble,
  deepEnsemble,
  ensembleOf,
  laplace,
  loadEnsemble,
  mcDropout,
  swag,
  trainMembers,
} from "./index.js";
import { drawWeights, weightMoments } from "./weightMoments.js";

/** Two clouds on the left and the right; nothing above or below. */
function clouds(n: number, seed: number) {
  const random = createRandom(seed);
  const labels = Int32Array.from({ length: n }, (_, i) => i % 2);
  const data = Float64Array.from(
    { length: 2 * n },
    (_, i) => (i % 2 ? 0 : 3 * labels[i >> 1] - 1.5) + sampleNormal(random),
  );
  return { x: { data, rows: n, columns: 2 }, labels };
}
const { x, labels } = clouds(300, 1);
const definition = classifier({ hidden: [16], dropout: 0.2 });
const training = { epochs: 10, learningRate: 0.01, batchSize: 50, seed: 4 };
const between = [[0, 0]];
const far = [[0, 40]];

let folder: string;
let ensemble: DeepEnsemble;
let model: Classifier;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "credence-ensemble-"));
  ensemble = await deepEnsemble(definition, { members: 3 }).train(x, labels, training);
  [model] = ensemble.members;
});
afterAll(async () => {
  await ensemble.release();
  await rm(folder, { recursive: true });
});

describe("training members", () => {
  it("gives each its own seed and keeps their order, however many work at a time", async () => {
    const seeds = async (parallel: number) => {
      const members = await trainMembers(
        5,
        async (seed, member) => {
          await new Promise((done) => setTimeout(done, 5 * (5 - member)));
          return { seed, release: async () => {} };
        },
        { seed: 7, parallel },
      );
      return members.map(({ seed }) => seed);
    };
    const [one, three] = [await seeds(1), await seeds(3)];
    expect(three).toEqual(one);
    expect(new Set(one).size).toBe(5);
  });

  it("releases the others when one fails, and starts no more", async () => {
    let released = 0;
    const started: number[] = [];
    const train = async (_: number, member: number) => {
      started.push(member);
      if (member === 1) throw new Error("member 1 failed");
      return { release: async () => void released++ };
    };
    await expect(trainMembers(6, train, { parallel: 1 })).rejects.toThrow("member 1 failed");
    expect([released, started]).toEqual([1, [0, 1]]);
  });
});

describe("deep ensemble", () => {
  it("does not depend on how many trainings run at a time", async () => {
    const short = { ...training, epochs: 1 };
    const [a, b] = await Promise.all(
      [1, 2].map((parallel) =>
        deepEnsemble(definition, { members: 2 }).train(x, labels, { ...short, parallel }),
      ),
    );
    expect(await b.predictMembers(x)).toEqual(await a.predictMembers(x));
    await Promise.all([a.release(), b.release()]);
  });

  it("predicts the mean of its members, whose disagreement is its doubt", async () => {
    const members = await ensemble.predictMembers(between);
    expect(members).toHaveLength(3);
    const mean = await ensemble.predict(between);
    expect(mean.data[0]).toBeCloseTo(
      members.reduce((sum, { data }) => sum + data[0] / 3, 0),
      12,
    );
    expect(await ensemble.uncertainty(between)).toEqual(decomposeEntropy(members));
    expect((await ensemble.uncertainty(far)).total[0]).toBeGreaterThan(0);
  });

  it("hears the progress of every member", async () => {
    const heard = new Set<number>();
    const onProgress = ({ member, members }: { member: number; members: number }) =>
      heard.add(member * 10 + members);
    const other = await deepEnsemble(definition, { members: 2 }).train(x, labels, {
      ...training,
      epochs: 1,
      onProgress,
    });
    expect(heard).toEqual(new Set([2, 12]));
    await other.release();
  });

  it("saves and loads", async () => {
    await ensemble.save(folder);
    const loaded = await loadEnsemble(folder);
    expect(loaded.members).toHaveLength(3);
    expect(await loaded.predict(x)).toEqual(await ensemble.predict(x));
    await loaded.release();
    await expect(loadEnsemble(join(folder, "nowhere"))).rejects.toMatchObject({ code: "not-a-model" });
  });

  it("refuses one member, and members that do not belong together", async () => {
    expect(() => deepEnsemble(definition, { members: 1 })).toThrow(
      expect.objectContaining({ code: "too-few" }),
    );
    const other = await classifier({ hidden: [4] }).train([[1], [2]], [0, 1], { epochs: 1 });
    expect(() => ensembleOf([model, other])).toThrow(expect.objectContaining({ code: "shape-mismatch" }));
    await other.release();
  });
});

describe("SWAG", () => {
  it("keeps mean, variance and last deviations of the snapshots, as computed apart", async () => {
    const w = parameter("w", [2], [1, -2]);
    const moments = weightMoments(2);
    const updates = moments.updates([w]);
    // w moves by +1 in each step; snapshots before steps 1, 2 and 4.
    updates.set(w, add(w, 1));
    const stepper = await compileSteps({ outputs: {}, updates });
    const at = new Map([
      [1, 0],
      [2, 1],
      [4, 2],
    ]);
    await stepper.run(
      [0, 1, 2, 3, 4].map((step) => moments.feeds(at.get(step) ?? null)),
      { step: 0 },
    );
    const values = await stepper.parameters();
    await stepper.release();
    const seen = [2, 3, 5]; // the first weight at the snapshots
    const mean = 10 / 3;
    expect(Number(values["mean of w"].data[0])).toBeCloseTo(mean, 5);
    expect(Number(values["mean square of w"].data[0])).toBeCloseTo((4 + 9 + 25) / 3, 4);
    // Column 0 holds snapshot 2, less the mean of all three; column 1 snapshot 1, less the mean of two.
    expect(Array.from(values["deviations of w"].data, Number)).toEqual(
      [5 - mean, 5 - mean, 0.5, 0.5].map((v) => expect.closeTo(v, 4)),
    );

    const random = createRandom(1);
    const draws = Array.from({ length: 20_000 }, () =>
      Number(drawWeights(values, ["w"], 2, random).w.data[0]),
    );
    const average = draws.reduce((a, b) => a + b) / draws.length;
    const variance = draws.reduce((s, v) => s + (v - average) ** 2, 0) / draws.length;
    const diagonal = seen.reduce((s, v) => s + (v - mean) ** 2, 0) / 3;
    const expected = diagonal / 2 + ((5 - mean) ** 2 + 0.25) / 2;
    expect(Math.abs(average - mean)).toBeLessThan(5 * Math.sqrt(expected / draws.length));
    expect(Math.abs(variance / expected - 1)).toBeLessThan(5 * Math.sqrt(2 / draws.length));
  });

  it("draws models that differ, repeats by seed, and refuses what cannot be", async () => {
    const definition = swag({ hidden: [8] }, { snapshots: 4, draws: 3 });
    const [a, b] = [await definition.train(x, labels, training), await definition.train(x, labels, training)];
    const members = await a.predictMembers(x);
    expect(members).toHaveLength(3);
    expect(members[1].data).not.toEqual(members[0].data);
    expect(await b.predictMembers(x)).toEqual(members);
    const { data } = await a.predict(x);
    expect(
      Array.from(labels, (label, i) => Number(data[2 * i + label] > 0.5)).reduce((s, v) => s + v, 0),
    ).toBeGreaterThan(240);
    await a.release();
    await b.release();
    expect(() => swag({}, { snapshots: 3, rank: 4 })).toThrow(
      expect.objectContaining({ code: "out-of-range" }),
    );
    expect(() => swag({}, { wander: 0 })).toThrow(expect.objectContaining({ code: "out-of-range" }));
    // Its learning rate goes a way of its own.
    await expect(swag({}).train([[0], [1], [0], [1]], [0, 1, 0, 1], { decay: "none" })).rejects.toMatchObject(
      {
        code: "unknown-option",
      },
    );
  });
});

describe("one model, many predictions", () => {
  it("dropout: passes differ, seeds repeat", async () => {
    const dropping = mcDropout(model, { passes: 12 });
    const [a, b] = [
      await dropping.predictMembers(x, { seed: 1 }),
      await dropping.predictMembers(x, { seed: 1 }),
    ];
    expect(a).toHaveLength(12);
    expect(b).toEqual(a);
    expect((await dropping.uncertainty(between)).epistemic[0]).toBeGreaterThan(0);
    const plain = await classifier({ hidden: [4] }).train([[1], [2]], [0, 1], { epochs: 1 });
    expect(() => mcDropout(plain)).toThrow(expect.objectContaining({ code: "unknown-option" }));
    await plain.release();
  });

  it("Laplace: agrees with the network near the data, doubts far away, chooses its prior on rows held out", async () => {
    const held = clouds(200, 2);
    const chosen = await laplace(model, x, { prior: { data: held.x, labels: held.labels } });
    expect(chosen.priorPrecision).toBeGreaterThan(0);
    const [bayesian, plain] = [await chosen.predict(held.x), await model.predict(held.x)];
    const differences = Array.from(plain.data, (p, i) => Math.abs(p - bayesian.data[i]));
    expect(differences.reduce((a, b) => a + b) / differences.length).toBeLessThan(0.05);
    const loose = await laplace(model, x, { prior: 1, samples: 200 });
    const [near, distant] = [await loose.uncertainty([[1.5, 0]]), await loose.uncertainty(far)];
    expect(distant.epistemic[0]).toBeGreaterThan(near.epistemic[0]);
  });
});
