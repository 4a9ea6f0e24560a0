import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decomposeEntropy } from "credence/ensemble";
import { createRandom, sampleNormal } from "credence/numeric";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Classifier, classifier } from "../models/index.js";
import {
  type DeepEnsemble,
  deepEnsemble,
  ensembleOf,
  laplace,
  loadEnsemble,
  mcDropout,
  trainMembers,
} from "./index.js";

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
