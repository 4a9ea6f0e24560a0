export { type KernelOptions, type Kernels, startKernels } from "./kernels/kernels.js";
export { type Model, type ModelOptions, openModel, type PredictOptions } from "./model.js";
export { encodeModel } from "./onnx/encode.js";
export { fromHalf, toHalf } from "./onnx/half.js";
export { initializersOf } from "./onnx/initializers.js";
export type { Attribute, OnnxGraph, OnnxModel, OnnxNode, OnnxValue } from "./onnx/model.js";
export type { Bindings, SessionOptions } from "./protocol.js";
export {
  type RunOptions,
  type Runtime,
  type RuntimeOptions,
  type Session,
  startRuntime,
  type Tensors,
} from "./runtime.js";
export {
  bytesOf,
  type DataType,
  sizeOf,
  type TensorArray,
  type TensorData,
  tensorData,
  zeros,
} from "./tensor.js";
