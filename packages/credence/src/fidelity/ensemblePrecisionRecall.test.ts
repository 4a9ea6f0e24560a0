import { describe, expect, it } from "vitest";
import { sampleNormal } from "../numeric/distributions.js";
import { createRandom } from "../numeric/random.js";
import { modes, normals } from "./draw.test-support.js";
import { ensemblePrecisionRecall } from "./ensemblePrecisionRecall.js";

const random = createRandom(31);

describe("ensemblePrecisionRecall", () => {
  const shifts = Array.from({ length: 8 }, () => 0.8 * sampleNormal(random));
  const real = normals(random, 800, 2);
  const models = [...shifts, 6].map((shift) => normals(random, 700, 2, shift));
  const found = ensemblePrecisionRecall(real, models, { angles: 40 });

  it("finds the worst member, and a noise floor above everybody", () => {
    expect(found.worst).toBe(8);
    expect(found.n).toBe(350);
    expect(found.noiseFloor!.summary.auc).toBeGreaterThan(0.9);
    expect(found.noiseFloor!.summary.auc).toBeGreaterThan(found.summary.auc.value);
    expect(found.members).toHaveLength(9);
    expect(found.notes).toEqual([]);
  });

  it("lays spread to the trainings where trainings differ", () => {
    const { seed, generated, reference } = found.components.overlap;
    expect(seed.value).toBeGreaterThan(20 * generated!.value);
    expect(seed.value).toBeGreaterThan(20 * reference!.value);
  });

  it("lays none to the trainings where only samples differ", () => {
    const same = Array.from({ length: 6 }, () => normals(random, 700, 2, 1));
    const { seed } = ensemblePrecisionRecall(real, same, { angles: 10 }).components.overlap;
    expect(seed.interval[0]).toBe(0);
    expect(seed.value).toBeLessThan(0.002);
  });

  it("aggregates along rays, with a band around the mean that is wider than one ray needs", () => {
    found.angles.forEach((_, a) => {
      const radii = found.members.map(({ radius }) => radius[a]);
      expect(found.mean[a]).toBeCloseTo(radii.reduce((x, y) => x + y) / 9, 12);
      expect(found.band.low[a]).toBeLessThan(found.mean[a]);
      expect(found.band.high[a] - found.mean[a]).toBeGreaterThan((1.9 * found.sd[a]) / 3);
      expect(found.p10[a]).toBeLessThanOrEqual(found.p90[a]);
    });
    expect(found.vertical.recall[999]).toBe(1);
    // Areas agree where curves are interpolated instead.
    found.members.forEach(({ summary }, s) => expect(found.vertical.aucs[s]).toBeCloseTo(summary.auc, 1));
    expect(found.vertical.bandArea).toBeGreaterThan(0.05);
  });

  it("pins which side is which", () => {
    const both = modes(random, 800, [0, 10], [0.5, 0.5]);
    const dropping = [1, 2, 3].map(() => modes(random, 800, [0], [1]));
    const dropped = ensemblePrecisionRecall(both, dropping, { angles: 20 });
    const steep = dropped.mean[19] * Math.sin(dropped.angles[19]); // precision at large λ
    const flat = dropped.mean[0] * Math.cos(dropped.angles[0]); // recall at small λ
    expect(steep).toBeGreaterThan(0.95);
    expect(flat).toBeLessThan(0.6);
    expect(dropped.notes[0]).toContain("3 models are too few");
  });

  it("takes folds made elsewhere, cut to one size", () => {
    const folds = (shift: number) => [normals(random, 210, 2, shift), normals(random, 200, 2, shift)];
    const result = ensemblePrecisionRecall(folds(0), [folds(0), folds(0.2), folds(0.4)], {
      angles: 8,
      family: "coverage",
    });
    expect(result.n).toBe(200);
    expect(result.k).toBe(10);
  });

  it("separates training sets when they are named", () => {
    const datasets = ["a", "a", "a", "b", "b", "b"];
    const trained = datasets.map((id) => normals(random, 400, 2, id === "a" ? 0 : 2));
    const { data, seed } = ensemblePrecisionRecall(real, trained, { angles: 8, datasets }).components.overlap;
    expect(data!.value).toBeGreaterThan(10 * seed.value);
  });

  it("refuses a single model, and mixed features", () => {
    expect(() => ensemblePrecisionRecall(real, [models[0]])).toThrow(/at least two/);
    expect(() => ensemblePrecisionRecall(real, [models[0], normals(random, 50, 3)])).toThrow(
      /3 columns but real has 2/,
    );
    expect(() => ensemblePrecisionRecall(real, [models[0], normals(random, 4, 2)])).toThrow(/at least 4/);
    expect(() => ensemblePrecisionRecall([], models)).toThrow();
    expect(() => ensemblePrecisionRecall(real, [models[0], []])).toThrow(/without any fold/);
    const broken = { ...models[0], data: Float64Array.from(models[0].data) };
    broken.data[3] = Number.NaN;
    expect(() => ensemblePrecisionRecall(real, [models[0], broken])).toThrow(
      /models\[1\]\[3\] is NaN: 1 of 700/,
    );
  });
});
