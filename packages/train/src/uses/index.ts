export * from "./anomalyDetector.js";
export * from "./anomalyScores.js";
export * from "./windowsOf.js";
