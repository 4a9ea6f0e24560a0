export * from "./graph/index.js";
export * from "./loop/index.js";
export * from "./models/index.js";
export * from "./uses/index.js";
