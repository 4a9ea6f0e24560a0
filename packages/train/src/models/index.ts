export {
  type BayesianClassifierDefinition,
  bayesianClassifier,
} from "./bayesianClassifier/bayesianClassifier.js";
export type {
  BayesianClassifier,
  BayesianClassifierCard,
  BayesianClassifierOptions,
  PassOptions,
} from "./bayesianClassifier/bayesianClassifierModel.js";
export * from "./bayesianNetwork/index.js";
export type { Body, StridedConv } from "./bodies.js";
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
export type { DenoisingNetwork, MlpNetwork, UnetNetwork } from "./diffusion/denoiser.js";
export {
  type ConditionalDiffusionDefinition,
  type ConditionalDiffusionOptions,
  type DiffusionDefinition,
  type DiffusionOptions,
  diffusion,
} from "./diffusion/diffusion.js";
export type { DiffusionCard, DiffusionSettings } from "./diffusion/diffusionCard.js";
export type { ConditionalDiffusion, Diffusion } from "./diffusion/diffusionModel.js";
export type { DiffusionSampleOptions } from "./diffusion/drawSamples.js";
export type { NoiseSchedule } from "./diffusion/noiseSchedule.js";
export {
  type ConditionalFlowDefinition,
  type ConditionalFlowOptions,
  type ConditionalFlowTraining,
  type FlowDefinition,
  type FlowOptions,
  type FlowTraining,
  flow,
} from "./flow/flow.js";
export type { FlowCard, FlowSettings } from "./flow/flowCard.js";
export type { ConditionalFlow, Flow } from "./flow/flowModel.js";
export { type ForecasterDefinition, type ForecasterOptions, forecaster } from "./forecaster/forecaster.js";
export type {
  BacktestOptions,
  Forecaster,
  ForecasterCard,
  ForecastOptions,
  MixtureForecaster,
  QuantileForecaster,
} from "./forecaster/forecasterModel.js";
export type { Series } from "./forecaster/series.js";
export type { Diversity, GanWarning } from "./gan/diversity.js";
export {
  type ConditionalGanDefinition,
  type GanDefinition,
  type GanOptions,
  type GanProgress,
  type GanTraining,
  gan,
} from "./gan/gan.js";
export type { ConditionalGanCard, GanCard, GanFacts } from "./gan/ganCard.js";
export type { ConditionalGan, Gan } from "./gan/ganModel.js";
export type { GanArchitecture } from "./gan/ganNet.js";
export type { Inversion, InversionOptions } from "./gan/invert.js";
export { type GanomalyDefinition, ganomaly } from "./ganomaly/ganomaly.js";
export type { GanomalyCard, GanomalyOptions } from "./ganomaly/ganomalyCard.js";
export type { Ganomaly } from "./ganomaly/ganomalyModel.js";
export { type Kind, load, type ModelOf } from "./load.js";
export type { Rows } from "./rows.js";
export type { EpochOptions } from "./trainEpochs.js";
export type { BeamOptions, GenerateOptions, SequenceSampleOptions } from "./transformer/generate.js";
export type { Pair } from "./transformer/packing.js";
export type {
  AlternativesOptions,
  ConditionalSequenceSampler,
  Generated,
  SequenceDensity,
  SequenceSampler,
  SequenceSearch,
  SequenceUncertainty,
  TokenProbability,
} from "./transformer/sequences.js";
export type { Sequence, TokeniserJson, TokenOptions } from "./transformer/tokeniser.js";
export {
  type TransformerDefinition,
  type TransformerOptions,
  type TransformerTraining,
  transformer,
} from "./transformer/transformer.js";
export type { TransformerCard } from "./transformer/transformerCard.js";
export type { ConditionalTransformer, SaveOptions, Transformer } from "./transformer/transformerModel.js";
export type {
  Architecture as TransformerArchitecture,
  Dimensions as TransformerDimensions,
} from "./transformer/transformerNet.js";
export type { ImputeOptions } from "./vae/impute.js";
export {
  type ConditionalVaeDefinition,
  type ConditionalVaeTraining,
  type VaeDefinition,
  type VaeOptions,
  type VaeTraining,
  vae,
} from "./vae/vae.js";
export type { ConditionalVaeCard, VaeCard, VaeFacts } from "./vae/vaeCard.js";
export type { ConditionalVae, Encoding, Vae, VaeSampleOptions } from "./vae/vaeModel.js";
export type { Likelihood, VaeArchitecture } from "./vae/vaeNet.js";
