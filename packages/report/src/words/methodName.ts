const NAMES: Readonly<Record<string, string>> = {
  identity: "Leave them alone",
  temperature: "Temperature scaling",
  platt: "Platt scaling",
  isotonic: "Isotonic regression",
  histogram: "Histogram binning",
  beta: "Beta calibration",
};

/** A recalibration method as people call it. */
export const methodName = (method: string): string => NAMES[method] ?? method;
