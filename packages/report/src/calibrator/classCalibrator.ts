import type { MulticlassCalibrator } from "credence/recalibration";

/** A calibrator of class probabilities, with what its classes are called, in its order. */
export interface ClassCalibrator {
  readonly calibrator: MulticlassCalibrator;
  readonly classes: readonly string[];
  /** The calibrator's JSON and the names: what `credence fit` writes. */
  toJSON(): object;
}

/** Puts a calibrator and the names of its classes together. */
export const classCalibrator = (
  calibrator: MulticlassCalibrator,
  classes: readonly string[],
): ClassCalibrator => ({ calibrator, classes, toJSON: () => ({ ...calibrator.toJSON(), classes }) });
