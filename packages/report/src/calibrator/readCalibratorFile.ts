import { readFileSync } from "node:fs";
import { type Calibrator, calibratorFromJSON, type MulticlassCalibrator } from "credence/recalibration";
import { InputError } from "../reading/inputError.js";
import { type ClassCalibrator, classCalibrator } from "./classCalibrator.js";

/**
 * Reads the calibrator that `credence fit` wrote, or that stands in the JSON of a report.
 * @throws InputError "broken-file" where there is none, or one of class probabilities; CredenceError "invalid-json"
 * naming the field.
 */
export function readCalibratorFile(file: string): Calibrator {
  const json = readJson(file);
  const classes = classesOf(json);
  if (classes)
    throw new InputError(
      "broken-file",
      `calibrates the probabilities of ${classes.length} classes; say --probabilities COLUMNS.`,
      { file },
    );
  const report = json as { schema?: unknown; recalibration?: { calibrator?: unknown } } | null;
  if (typeof report?.schema !== "string" || !report.schema.startsWith("credence.report/"))
    return calibratorFromJSON(json);
  const calibrator = report.recalibration?.calibrator;
  if (!calibrator)
    throw new InputError("broken-file", "is a report without a calibrator; use `credence fit`.", { file });
  return calibratorFromJSON(calibrator);
}

/**
 * Reads the calibrator of class probabilities that `credence fit --probabilities …` wrote.
 * @throws InputError "broken-file" where there is none; CredenceError "invalid-json" naming the field.
 */
export function readClassCalibratorFile(file: string): ClassCalibrator {
  const json = readJson(file);
  const classes = classesOf(json);
  if (!classes)
    throw new InputError(
      "broken-file",
      "is no calibrator of class probabilities; `credence fit --probabilities COLUMNS --label COLUMN` writes one.",
      { file },
    );
  return classCalibrator(calibratorFromJSON(json) as unknown as MulticlassCalibrator, classes);
}

function readJson(file: string): unknown {
  const text = readFileSync(file, "utf8");
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError("broken-file", "is not JSON; `credence fit` writes calibrators.", { file });
  }
}

/** The names of the classes that the file speaks of. */
function classesOf(json: unknown): readonly string[] | null {
  const classes = (json as { classes?: unknown } | null)?.classes;
  return Array.isArray(classes) && classes.length > 1 && classes.every((name) => typeof name === "string")
    ? classes
    : null;
}
