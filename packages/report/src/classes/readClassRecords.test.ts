import {
  brierScore,
  classwiseCalibrationError,
  logLoss,
  topKCalibrationError,
  topLabelCalibrationError,
} from "credence/calibration";
import { createRandom } from "credence/numeric";
import { describe, expect, it } from "vitest";
import { analyse } from "../analysis/analyse.js";
import { temporaryFolder } from "../folder.test-support.js";
import { renderHtml } from "../html/index.js";
import { InputError } from "../reading/inputError.js";
import { renderMarkdown } from "../render/markdown.js";
import { renderTerminal } from "../render/terminal.js";
import { commonPrefix } from "./classColumns.js";
import { type ClassReadOptions, readClassRecords } from "./readClassRecords.js";

const folder = temporaryFolder();

// Row 3 is tied between the first two, row 4 has no prediction, row 5 no label.
const CSV =
  "p_cat,p_dog,p_emu,truth,page\n0.7,0.2,0.1,cat,a\n0.1,0.6,0.3,emu,a\n0.4,0.4,0.2,dog,b\n,,,cat,b\n0.2,0.2,0.6,,b\n";
const MATRIX = [0.7, 0.2, 0.1, 0.1, 0.6, 0.3, 0.4, 0.4, 0.2];
const asked = { probabilities: ["p_*"], label: "truth" };

async function refusal(content: string, options: ClassReadOptions, name = "bad.csv"): Promise<InputError> {
  const error: unknown = await readClassRecords([folder.write(name, content)], options).catch(
    (found: unknown) => found,
  );
  if (!(error instanceof InputError)) throw new Error(`no InputError, but ${String(error)}`);
  return error;
}

describe("what is read", () => {
  it("takes the largest probability as the confidence; among equals the first class", async () => {
    const records = await readClassRecords([folder.write("a.csv", CSV)], { ...asked, group: "page" });
    expect([...records.confidences]).toEqual([0.7, 0.6, 0.4]);
    expect([...records.outcomes]).toEqual([1, 0, 0]);
    expect(records).toMatchObject({ n: 3, missing: 1, unlabelled: 1 });
    expect(records.group).toEqual({ name: "page", codes: Int32Array.of(0, 0, 1), count: 2 });
    expect(records.classes.names).toEqual(["cat", "dog", "emu"]);
    expect([...records.classes.labels]).toEqual([0, 2, 1]);
    expect([...records.classes.probabilities.data]).toEqual(MATRIX);
    expect(records.origin.columns).toMatchObject({
      confidence: "largest of p_* (3 classes)",
      outcome: "its class is truth",
    });
  });

  it("filters and slices, by the label too", async () => {
    const where = "p_cat < 0.5";
    const records = await readClassRecords([folder.path("a.csv")], { ...asked, where, by: ["truth"] });
    expect([...records.classes.probabilities.data]).toEqual(MATRIX.slice(3));
    expect(records.slices[0].labels).toContain("emu");
  });

  it("reads columns by name, in the order asked for, and labels by number", async () => {
    const file = folder.write("named.csv", "b,a,y\n0.25,0.75,0\n0.5,0.5,1\n");
    const { classes, outcomes } = await readClassRecords([file], { probabilities: ["a", "b"], label: "y" });
    expect([...classes.probabilities.data]).toEqual([0.75, 0.25, 0.5, 0.5]);
    expect([...outcomes]).toEqual([1, 0]);
  });

  it("reads lists in JSON Lines, in CSV and in Parquet, and several files in their order", async () => {
    const rows = [0, 1, 2].map((i) => MATRIX.slice(3 * i, 3 * i + 3));
    const labels = [0, 2, 1];
    const jsonl = rows.map((probs, i) => JSON.stringify({ probs, y: labels[i] })).join("\n");
    const csv = `probs,y\n${rows.map((probs, i) => `"[${probs.join(", ")}]",${labels[i]}`).join("\n")}\n`;
    const values = rows.map((probs, i) => `([${probs.join(", ")}]::double[], ${labels[i]})`).join(", ");
    const parquet = await folder.parquet(
      "list.parquet",
      `select * from (values ${values}) as data(probs, y)`,
    );
    const fixed = await folder.parquet(
      "array.parquet",
      `select probs::float[3] as probs, y from (values ${values}) as data(probs, y)`,
    );
    const wanted = { probabilities: ["probs"], label: "y" };
    for (const file of [folder.write("list.jsonl", jsonl), folder.write("list.csv", csv), parquet]) {
      const { classes } = await readClassRecords([file], wanted);
      expect([...classes.probabilities.data]).toEqual(MATRIX);
      expect([...classes.labels]).toEqual(labels);
    }
    const { classes } = await readClassRecords([fixed], wanted);
    expect([...classes.probabilities.data]).toEqual([...Float32Array.from(MATRIX)]);
    const two = await readClassRecords([folder.path("list.jsonl"), folder.write("b.jsonl", jsonl)], wanted);
    expect([...two.classes.probabilities.data]).toEqual([...MATRIX, ...MATRIX]);
  });

  it("turns logits into probabilities, however large", async () => {
    const file = folder.write("logits.csv", "z0,z1,y\n1000,1001,1\n-3,2,0\n");
    const { classes, outcomes } = await readClassRecords([file], {
      probabilities: ["z0", "z1"],
      label: "y",
      logits: true,
    });
    const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
    const expected = [sigmoid(-1), sigmoid(1), sigmoid(-5), sigmoid(5)];
    classes.probabilities.data.forEach((p, i) => {
      expect(p).toBeCloseTo(expected[i], 14);
    });
    expect([...outcomes]).toEqual([1, 0]);
  });

  it("says which reading of the labels it took where names are numbers", async () => {
    const file = folder.write("numbers.csv", "p1,p2,p3,y\n0.2,0.5,0.3,1\n0.2,0.3,0.5,3\n");
    const { classes, origin } = await readClassRecords([file], { probabilities: ["p*"], label: "y" });
    expect([...classes.labels]).toEqual([0, 2]);
    expect(origin.guesses.join()).toContain("names");
  });

  it("finds what names have in common without tearing words or numbers", () => {
    expect(commonPrefix(["p_cat", "p_car"])).toBe("p_");
    expect(commonPrefix(["p_10", "p_11"])).toBe("p_");
    expect(commonPrefix(["prob1", "prob2"])).toBe("prob");
    expect(commonPrefix(["dog", "dot"])).toBe("");
  });
});

describe("what is refused", () => {
  const head = "p_a,p_b,y\n0.5,0.5,0\n";
  const options = { probabilities: ["p_*"], label: "y" };
  const place = { row: 2, line: 3 };

  it.each([
    ["0.5,0.4,0", "not-normalised", "p_*"],
    ["0.5,much,0", "not-a-number", "p_b"],
    ["0.5,,0", "not-a-number", "p_b"],
    ["nan,0.5,0", "not-a-number", "p_a"],
    ["1.5,-0.5,0", "not-a-probability", "p_a"],
    ["0.5,0.5,2", "unknown-class", "y"],
    ["0.5,0.5,zebra", "unknown-class", "y"],
    ["0.5,0.5,0.5", "unknown-class", "y"],
  ])("%s is %s", async (line, code, column) => {
    const error = await refusal(`${head}${line}\n`, options);
    expect(error).toMatchObject({ code, place: { ...place, column } });
    expect(error.message).toContain("bad.csv, line 3 (row 2)");
  });

  it("lets a sum be off by a thousandth, and refuses nothing that the filter leaves out", async () => {
    const text = `${head}0.5005,0.5,1\n0.5,0.1,0\n`;
    const file = folder.write("nearly.csv", text);
    expect((await readClassRecords([file], { ...options, where: "p_b > 0.2" })).n).toBe(2);
  });

  it.each([
    ["[0.5, 0.5, 0]", "wrong-length"],
    ["[0.5, null]", "not-a-number"],
    ['"half"', "not-a-number"],
    ["[0.5, 0.6]", "not-normalised"],
  ])("the list %s is %s", async (list, code) => {
    const text = `{"probs": [0.5, 0.5], "y": 0}\n{"probs": ${list}, "y": 0}\n`;
    const error = await refusal(text, { probabilities: ["probs"], label: "y" }, "bad.jsonl");
    expect(error).toMatchObject({ code, place: { row: 2, line: 2, column: "probs" } });
  });

  it("names the file, the row and the line where there are several, and rows without a group", async () => {
    const good = folder.write("good.csv", `p_a,p_b,y,page\n0.5,0.5,0,a\n`);
    const read = (text: string) =>
      readClassRecords([good, folder.write("second.csv", text)], { ...options, group: "page" });
    await expect(read("p_a,p_b,y,page\n0.5,0.5,0,a\n0.5,0.6,0,a\n")).rejects.toMatchObject({
      code: "not-normalised",
      place: { file: folder.path("second.csv"), ...place },
    });
    await expect(read("p_a,p_b,y,page\n0.5,0.5,0,a\n0.5,0.5,0,\n")).rejects.toMatchObject({
      code: "missing-group",
      place: { file: folder.path("second.csv"), ...place, column: "page" },
    });
  });

  it("columns that are missing, alone, named twice, or named beside a confidence", async () => {
    const told = (more: ClassReadOptions) => refusal(head, { ...options, ...more });
    expect(await told({ probabilities: ["q_*"] })).toMatchObject({ code: "missing-column" });
    expect(await told({ probabilities: ["p_a", "p_c"] })).toMatchObject({ code: "missing-column" });
    expect(await told({ probabilities: ["p_a"] })).toMatchObject({ code: "invalid-option" });
    expect(await told({ probabilities: ["p_*", "p_a"] })).toMatchObject({ code: "invalid-option" });
    expect(await told({ confidence: "p_a" })).toMatchObject({ code: "invalid-option" });
    expect(await told({ label: undefined })).toMatchObject({ code: "invalid-option" });
    expect(await told({ probabilities: [] })).toMatchObject({ code: "invalid-option" });
  });
});

it("reports the metrics of all classes as credence computes them, in every form", async () => {
  const random = createRandom(3);
  const classes = 4;
  const rows = 240;
  const data: number[] = [];
  const labels: number[] = [];
  const groups: number[] = [];
  const lines = Array.from({ length: rows }, (_, i) => {
    const weights = Array.from({ length: classes }, () => random.uniform() ** 3 + 0.01);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const p = weights.map((weight) => weight / sum);
    data.push(...p);
    labels.push(Math.floor(random.uniform() * classes));
    groups.push(Math.floor(i / 4));
    return [...p, labels[i], `g${groups[i]}`].join(",");
  });
  const file = folder.write("many.csv", `p0,p1,p2,p3,y,page\n${lines.join("\n")}\n`);
  const records = await readClassRecords([file], {
    probabilities: ["p0", "p1", "p2", "p3"],
    label: "y",
    group: "page",
  });
  const report = analyse(records);
  const matrix = { data: Float64Array.from(data), rows, columns: classes };
  const scores = { groups, level: 0.95, seed: 0 };
  const options = { ...scores, bins: 15 };
  expect(report.classes).toEqual({
    count: 4,
    names: ["0", "1", "2", "3"],
    topLabel: topLabelCalibrationError(matrix, labels, options),
    classwise: classwiseCalibrationError(matrix, labels, options),
    topK: [2, 3].map((k) => ({ k, error: topKCalibrationError(matrix, labels, k, options) })),
    brier: brierScore(matrix, labels, scores),
    logLoss: logLoss(matrix, labels, scores),
  });
  expect(report.metrics.ece).toEqual(report.classes?.topLabel);
  expect(renderHtml(report)).toContain('<h2 id="classes">');
  expect(renderMarkdown(report)).toContain("## All 4 classes");
  expect(renderTerminal(report)).toContain("All 4 classes");
});
