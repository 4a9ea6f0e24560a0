export * from "./adversarial.js";
export * from "./classification.js";
export * from "./regression.js";
