/**
 * The metrics against numbers from other tools on the same data: NumPy 1.24, SciPy 1.10, scikit-learn 1.2, PyTorch 1.13,
 * on the published definitions.
 */
import { expect, it } from "vitest";
import { alphaPrecision } from "./alphaPrecision.js";
import { cmmd } from "./cmmd.js";
import { dataCopying } from "./dataCopying.js";
import { waves } from "./draw.test-support.js";
import { featureLikelihoodDivergence } from "./featureLikelihoodDivergence.js";
import { mauveOfHistograms } from "./mauve.js";
import { membershipInference } from "./membershipInference.js";
import { prdOfHistograms } from "./prdCurve.js";
import { probabilisticPrecisionRecall } from "./probabilisticPrecisionRecall.js";
import { slicedWasserstein } from "./slicedWasserstein.js";
import { ksComplement } from "./tabular.js";
import { vendiScore } from "./vendiScore.js";

const quick = { interval: false } as const;
const real = waves(60, 3, 1);
const generated = waves(50, 3, 2, 1.1);
const held = waves(40, 3, 3);
const made = waves(50, 3, 2);
const firstColumn = ({ data }: { data: ArrayLike<number> }) => Array.from(data).filter((_, i) => i % 3 === 0);
const line = (m: { data: ArrayLike<number>; rows: number }) => ({
  data: firstColumn(m),
  rows: m.rows,
  columns: 1,
});

it("α-precision and β-recall", () => {
  const { alphaPrecision: precision, betaRecall } = alphaPrecision(real, generated, quick);
  expect(precision.value).toBeCloseTo(0.90997701, 7);
  expect(betaRecall.value).toBeCloseTo(0.31, 10);
});

it("probabilistic precision and recall", () => {
  const { precision, recall } = probabilisticPrecisionRecall(real, generated, quick);
  expect(precision.value).toBeCloseTo(0.7767297875, 9);
  expect(recall.value).toBeCloseTo(0.8448711088, 9);
});

it("CMMD, published form", () => {
  expect(cmmd(real, generated, quick).value).toBeCloseTo(0.43477201238, 8);
});

it("the p-value of the data-copying test: Mann–Whitney's", () => {
  expect(dataCopying(real, held, made).pValue).toBeCloseTo(0.48704466546, 9);
});

it("the area of the membership attack", () => {
  expect(membershipInference(real, held, waves(80, 3, 5)).auc.value).toBeCloseTo(0.43375, 10);
});

it("KS complement", () => {
  expect(ksComplement(firstColumn(real), firstColumn(generated), quick).value).toBeCloseTo(0.846666667, 8);
});

it("Vendi scores of three orders", () => {
  for (const [order, wanted] of [
    [1, 2.7106159178],
    [2, 2.4746884475],
    [0.5, 2.8507969777],
  ])
    expect(vendiScore(real, { ...quick, order }).value).toBeCloseTo(wanted, 7);
});

it("MAUVE and PRD of histograms", () => {
  const p = [0.1, 0.2, 0.3, 0.4, 0];
  const q = [0.3, 0.1, 0.3, 0.1, 0.2];
  expect(mauveOfHistograms(p, q)).toBeCloseTo(0.46764870645, 9);
  const curve = prdOfHistograms(p, q);
  expect(curve.precision[300]).toBeCloseTo(0.40381017982, 9);
  expect(curve.recall[300]).toBeCloseTo(0.7925221011, 9);
});

it("sliced Wasserstein in one dimension", () => {
  expect(slicedWasserstein(line(real), line(generated), quick).value).toBeCloseTo(0.23183516645, 9);
});

it("feature likelihood divergence: the fitted mixtures, by automatic differentiation", () => {
  // Both share the baseline, so the difference is that of the two fits.
  const [a, b] = [made, waves(50, 3, 7)].map(
    (sample) => featureLikelihoodDivergence(real, held, sample, quick).value,
  );
  expect(a - b).toBeCloseTo(-5.235353, 3);
});
