export * from "./detectionMetrics.js";
export * from "./hooks.js";
export * from "./logitScores.js";
export {
  type MahalanobisOptions,
  mahalanobis,
  type NoveltyDetector,
  relativeMahalanobis,
} from "./mahalanobis.js";
export * from "./nearestNeighbour.js";
export * from "./noveltyTest.js";
export * from "./vim.js";
