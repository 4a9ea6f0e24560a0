import { readFileSync } from "node:fs";
import { type Calibrator, calibratorFromJSON } from "credence/recalibration";
import { InputError } from "../reading/inputError.js";

/**
 * Reads the calibrator that `credence fit` wrote, or that stands in the JSON of a report.
 * @throws InputError "broken-file" where there is none; CredenceError "invalid-json" naming the field.
 */
export function readCalibratorFile(file: string): Calibrator {
  const text = readFileSync(file, "utf8");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new InputError("broken-file", "is not JSON; `credence fit` writes calibrators.", { file });
  }
  const report = json as { schema?: unknown; recalibration?: { calibrator?: unknown } } | null;
  if (typeof report?.schema !== "string" || !report.schema.startsWith("credence.report/"))
    return calibratorFromJSON(json);
  const calibrator = report.recalibration?.calibrator;
  if (!calibrator)
    throw new InputError("broken-file", "is a report without a calibrator; use `credence fit`.", { file });
  return calibratorFromJSON(calibrator);
}
