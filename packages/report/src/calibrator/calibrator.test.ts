import { readFileSync } from "node:fs";
import { calibratorFromJSON } from "credence/recalibration";
import { describe, expect, it } from "vitest";
import { analyse } from "../analysis/analyse.js";
import { temporaryFolder } from "../folder.test-support.js";
import { InputError } from "../reading/inputError.js";
import { readRecords } from "../reading/readRecords.js";
import { recordsCsv, smallRecords } from "../records.test-support.js";
import { renderJson } from "../render/json.js";
import { applyCalibrator } from "./applyCalibrator.js";
import { CALIBRATION_METHODS, fitCalibrator } from "./fitCalibrator.js";
import { readCalibratorFile } from "./readCalibratorFile.js";

const folder = temporaryFolder();
const records = smallRecords({ overstated: 0.4 });

describe("fitting", () => {
  it.each(CALIBRATION_METHODS)("%s survives JSON", (method) => {
    const calibrator = fitCalibrator(records, method);
    const again = calibratorFromJSON(JSON.parse(JSON.stringify(calibrator)));
    expect(again.predict([0.35, 0.9])).toEqual(calibrator.predict([0.35, 0.9]));
    expect(calibrator.fitted).toMatchObject({ n: 600, groups: 60 });
  });

  it("refuses unknown methods, with the nearest name", () => {
    expect(() => fitCalibrator(records, "isotonik")).toThrow('did you mean "isotonic"?');
  });
});

describe("reading a calibrator", () => {
  it("takes the file of `fit`, or a report's JSON", () => {
    const report = analyse(records);
    const file = folder.write("report.json", renderJson(report));
    expect(readCalibratorFile(file).method).toBe(report.recalibration.chosen);
  });

  it("refuses what is none", () => {
    expect(() => readCalibratorFile(folder.write("a.json", "{"))).toThrow(InputError);
    expect(() => readCalibratorFile(folder.write("b.json", "null"))).toThrow("calibratorFromJSON");
    const empty = { ...analyse({ ...records, outcomes: records.outcomes.map(() => 1) }) };
    expect(() => readCalibratorFile(folder.write("c.json", renderJson(empty)))).toThrow(
      "report without a calibrator",
    );
  });
});

describe("applying", () => {
  const calibrator = fitCalibrator(records, "platt");
  const csv = `id,note,${recordsCsv(records).split("\n", 1)[0]}\n007,"a, ""b""",0.9,1,p1,clean\n008,,,1,p1,clean\n`;

  it.each(["out.csv", "out.csv.gz", "out.jsonl", "out.parquet"])(
    "writes %s that can be read again",
    async (name) => {
      const out = folder.path(name);
      const applied = await applyCalibrator(calibrator, [folder.write("in.csv", csv)], out);
      expect(applied).toMatchObject({ rows: 2, missing: 1 });
      const read = await readRecords([out], { confidence: "calibrated" });
      expect(read.missing).toBe(1);
      expect(read.confidences[0]).toBeCloseTo(calibrator.predict([0.9])[0], 15);
    },
  );

  it("leaves the cells of a CSV file as they were written", () => {
    const [header, first, second] = readFileSync(folder.path("out.csv"), "utf8").split("\n");
    expect(header).toBe("id,note,confidence,correct,page,condition,calibrated");
    expect(first).toMatch(/^007,"a, ""b""",0\.9,1,p1,clean,0\.\d+$/);
    expect(second).toBe("008,,,1,p1,clean,");
  });

  it("refuses bad confidences, names that are taken, and formats it cannot write", async () => {
    const bad = folder.write("bad.csv", "confidence\n0.5\n1.5\n");
    const out = folder.path("never.csv");
    await expect(applyCalibrator(calibrator, [bad], out)).rejects.toMatchObject({
      code: "not-a-probability",
      place: { row: 2 },
    });
    await expect(
      applyCalibrator(calibrator, [folder.path("in.csv")], out, { as: "Note" }),
    ).rejects.toMatchObject({ code: "duplicate-column" });
    await expect(async () => applyCalibrator(calibrator, [bad], "out.xlsx")).rejects.toMatchObject({
      code: "unknown-format",
    });
  });
});
