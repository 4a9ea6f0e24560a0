export type {
  BoundedDensity,
  BoundOptions,
  ConditionalBoundedDensity,
  ConditionalDensity,
  ConditionalSampler,
  Density,
  SampleOptions,
  Sampler,
  Trained,
} from "./capabilities.js";
export type { Card } from "./card.js";
export {
  type ClassifierDefinition,
  type ClassifierOptions,
  type ClassifierTraining,
  classifier,
} from "./classifier/classifier.js";
export type { Classifier, ClassifierCard } from "./classifier/classifierModel.js";
export type { Architecture, ConvBlock } from "./classifier/classifierNet.js";
export { type Kind, load, type ModelOf } from "./load.js";
export type { Rows } from "./rows.js";
export type { EpochOptions } from "./trainEpochs.js";
