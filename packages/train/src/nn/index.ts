export * from "./initialise.js";
export * from "./layers.js";
export * from "./scope.js";
