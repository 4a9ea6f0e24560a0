export {
  type DecomposeEntropyOptions,
  decomposeEntropy,
  type EntropyDecomposition,
} from "./decomposeEntropy.js";
export * from "./decomposeVariance.js";
export * from "./disagreement.js";
export {
  type LaplaceDraws,
  type LaplaceOptions,
  type LastLayerLaplace,
  lastLayerLaplace,
} from "./lastLayerLaplace.js";
export * from "./meanPrediction.js";
