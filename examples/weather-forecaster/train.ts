/** Trains the forecaster of main.ts on two years: `npm run examples:train -- weather-forecaster`, some seconds. */
import { forecaster } from "@credence/train/models";
import { LEARNT, readWeather, WEIGHTS } from "./weather.js";

const { values, covariates } = readWeather();
const learnt = { values: values.subarray(0, LEARNT), covariates: covariates.slice(0, LEARNT) };
const model = await forecaster({ context: 3, hidden: [16], components: 2 }).train(learnt, {
  epochs: 60,
  batchSize: 32,
  learningRate: 5e-3,
  weightDecay: 0.05,
  averageDecay: 0.98,
  seed: 1,
});
await model.save(WEIGHTS);
console.log(`loss ${model.card.history.at(-1)?.loss.toFixed(3)} after ${model.card.training.steps} steps`);
await model.release();
