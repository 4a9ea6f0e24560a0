import { describe, expect, it } from "vitest";
import { readClassRecords } from "../classes/readClassRecords.js";
import { temporaryFolder } from "../folder.test-support.js";
import { applyClassCalibrator } from "./applyClassCalibrator.js";
import { CLASS_CALIBRATION_METHODS, fitClassCalibrator } from "./fitClassCalibrator.js";
import { readCalibratorFile, readClassCalibratorFile } from "./readCalibratorFile.js";

const folder = temporaryFolder();

/** Says 0.9, is right two times in three; every page holds five rows. */
const rows = Array.from({ length: 240 }, (_, i) => {
  const said = [0, 1, 2].map((k) => (k === i % 3 ? 0.9 : 0.05));
  return { said, label: "abc"[(i % 9 < 6 ? i : i + 1) % 3], page: Math.floor(i / 5) };
});
const csv = `a,b,c,truth,page\n${rows.map(({ said, label, page }) => `${said},${label},${page}`).join("\n")}\n`;
const probabilities = ["a", "b", "c"];
const read = (file: string, columns = probabilities, logits = false) =>
  readClassRecords([file], { probabilities: columns, label: "truth", group: "page", logits });

describe("calibrators of class probabilities", () => {
  it.each(CLASS_CALIBRATION_METHODS)("%s survives its file", async (method) => {
    const records = await read(folder.write("data.csv", csv));
    const { calibrator, ...rest } = fitClassCalibrator(records, method);
    expect(calibrator.fitted).toMatchObject({ n: 240, groups: 48 });
    expect(rest.classes).toEqual(["a", "b", "c"]);
    const again = readClassCalibratorFile(folder.write("calibrator.json", JSON.stringify(rest)));
    expect(again.classes).toEqual(["a", "b", "c"]);
    expect(again.calibrator.predict(records.classes.probabilities)).toEqual(
      calibrator.predict(records.classes.probabilities),
    );
    expect(() => readCalibratorFile(folder.path("calibrator.json"))).toThrow("--probabilities");
  });

  it.each(["out.csv", "out.jsonl", "out.parquet"])("write %s that can be read again", async (name) => {
    const records = await read(folder.write("data.csv", csv));
    const fitted = fitClassCalibrator(records, "vector");
    const out = folder.path(name);
    const applied = await applyClassCalibrator(fitted, [folder.path("data.csv")], out, { probabilities });
    expect(applied).toMatchObject({ rows: 240, missing: 0 });
    const back = await read(out, ["calibrated_*"]);
    const { data } = fitted.calibrator.predict(records.classes.probabilities);
    expect(Array.from(back.classes.probabilities.data)).toEqual(Array.from(data));
  });

  it("go by the names of the classes, not by the order of their columns", async () => {
    const records = await read(folder.write("data.csv", csv));
    const fitted = fitClassCalibrator(records, "vector");
    const out = folder.path("turned.csv");
    const turned = { probabilities: ["c", "a", "b"] };
    await applyClassCalibrator(fitted, [folder.path("data.csv")], out, turned);
    const back = await read(out, ["calibrated_a", "calibrated_b", "calibrated_c"]);
    const { data } = fitted.calibrator.predict(records.classes.probabilities);
    expect(Array.from(back.classes.probabilities.data)).toEqual(Array.from(data));
  });

  it("take logits, lists and rows without probabilities", async () => {
    const lines = rows.map(({ said, label, page }) =>
      JSON.stringify({ z: said.map(Math.log), truth: "abc".indexOf(label), page }),
    );
    const records = await read(folder.write("logits.jsonl", lines.join("\n")), ["z"], true);
    const fitted = fitClassCalibrator(records, "temperature");
    const out = folder.path("soft.jsonl");
    const bare = folder.write("bare.jsonl", [lines[0], '{"z": null, "truth": 1}', lines[1]].join("\n"));
    const options = { probabilities: ["z"], logits: true, as: "soft" };
    expect(await applyClassCalibrator(fitted, [bare], out, options)).toMatchObject({ rows: 3, missing: 1 });
    const back = await readClassRecords([out], { probabilities: ["soft_*"], label: "truth" });
    expect(back).toMatchObject({ n: 2, missing: 1 });
    const right = rows.filter(({ label }, i) => label === "abc"[i % 3]).length;
    expect(back.classes.probabilities.data[0]).toBeCloseTo(right / rows.length, 6);
  });

  it("refuse other classes, and names that are taken", async () => {
    const records = await read(folder.write("data.csv", csv));
    const fitted = fitClassCalibrator(records, "temperature");
    const file = [folder.path("data.csv")];
    const apply = (options: { probabilities: string[]; as?: string }) =>
      applyClassCalibrator(fitted, file, folder.path("never.csv"), options);
    await expect(apply({ probabilities: ["a", "b"] })).rejects.toMatchObject({ code: "unknown-class" });
    folder.write("taken.csv", csv.replace("page", "calibrated_b"));
    await expect(
      applyClassCalibrator(fitted, [folder.path("taken.csv")], folder.path("never.csv"), { probabilities }),
    ).rejects.toMatchObject({ code: "duplicate-column", place: { column: "calibrated_b" } });
  });
});
