export * from "./adam.js";
export * from "./average.js";
export * from "./clip.js";
export type { Optimiser } from "./optimiser.js";
export * from "./schedule.js";
export { type SgdOptions, sgd } from "./sgd.js";
