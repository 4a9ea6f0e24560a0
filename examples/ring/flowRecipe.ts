import type { FlowOptions, FlowTraining } from "@credence/train/models";

/** The flow whose weights are committed: six spline couplings, about 16 000 weights. */
export const flowShape: FlowOptions & { classes?: undefined } = {
  couplings: "spline",
  layers: 6,
  hidden: [32, 32],
  bins: 16,
  tail: 3,
};

/** How it is trained, on 20 000 points. */
export const FLOW_TRAINING: FlowTraining = {
  epochs: 40,
  batchSize: 256,
  learningRate: 5e-3,
  clip: 5,
  averageDecay: 0.99,
  seed: 1,
};
