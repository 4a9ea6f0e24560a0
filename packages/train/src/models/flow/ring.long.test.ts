import { meanEstimate } from "credence/estimate";
import { expect, it } from "vitest";
import { FLOW_TRAINING, flowShape } from "../../../../../examples/ring/flowRecipe.js";
import { ringLogDensity, sampleRing } from "../../../../../examples/ring/ring.js";
import { flow } from "../index.js";

it("comes within 0.05 nats of a ring of eight modes, surely", async () => {
  const model = await flow(flowShape).train(sampleRing(20_000, 1), FLOW_TRAINING);
  const fresh = sampleRing(10_000, 2);
  const learnt = await model.logProbability(fresh);
  const gap = meanEstimate(ringLogDensity(fresh).map((truth, i) => truth - learnt[i]));
  expect(gap.value).toBeGreaterThan(0);
  expect(gap.interval?.[1]).toBeLessThan(0.05);
  const drawn = ringLogDensity(await model.sample(10_000, { seed: 1 }));
  expect(drawn.filter(Number.isFinite).length / 10_000).toBeGreaterThan(0.97);
  await model.release();
});
