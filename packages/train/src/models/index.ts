export {
  type ClassifierDefinition,
  type ClassifierOptions,
  type ClassifierTraining,
  classifier,
} from "./classifier.js";
export { type Classifier, type ClassifierCard, load } from "./classifierModel.js";
export type { Architecture, ConvBlock } from "./classifierNet.js";
export type { Rows } from "./rows.js";
