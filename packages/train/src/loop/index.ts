export { fit } from "./fit.js";
export { estimateMemory, type MemoryEstimate } from "./memory.js";
export { decodeTensors, encodeTensors } from "./safetensors.js";
export type {
  Fit,
  Fitted,
  Losses,
  LossPoint,
  Player,
  Progress,
  TrainOptions,
  Validation,
} from "./training.js";
