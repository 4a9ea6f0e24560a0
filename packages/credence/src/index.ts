export * from "./calibration/index.js";
export * from "./conformal/index.js";
export * from "./ensemble/index.js";
export * from "./estimate/index.js";
export * from "./forecast/index.js";
export * from "./novelty/index.js";
export { CredenceError, type ErrorCode } from "./numeric/error.js";
export * from "./recalibration/index.js";
export * from "./selective/index.js";
