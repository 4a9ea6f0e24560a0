import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../folder.test-support.js";
import { InputError } from "../reading/inputError.js";
import { type RegressionReadOptions, readRegression } from "./readRegression.js";

const folder = temporaryFolder();

const CSV =
  "day,Prediction,observed,sd,lo,hi,site\n2024-03-02,1.5,2,0.5,1,2,a\n2024-03-01,2,,1,1,3,b\n2024-03-04,,3,1,1,3,a\n2024-03-03,-3,4.5e0,2,-5,9,b\n";

async function refusal(content: string, options: RegressionReadOptions): Promise<InputError> {
  const error: unknown = await readRegression([folder.write("bad.csv", content)], options).catch(
    (found: unknown) => found,
  );
  if (!(error instanceof InputError)) throw new Error(`no InputError, but ${String(error)}`);
  return error;
}

describe("what is read", () => {
  it("is the columns named and guessed; incomplete rows are counted apart", async () => {
    const file = folder.write("a.csv", CSV);
    const found = await readRegression([file], {
      sd: "sd",
      lower: "lo",
      upper: "hi",
      time: "day",
      group: "site",
      by: ["prediction > 0"],
    });
    expect(found).toMatchObject({ n: 2, missing: 1, unlabelled: 1, dated: true });
    expect([...found.prediction]).toEqual([1.5, -3]);
    expect([...found.observed]).toEqual([2, 4.5]);
    expect([...(found.sd ?? [])]).toEqual([0.5, 2]);
    expect([...(found.lower ?? []), ...(found.upper ?? [])]).toEqual([1, -5, 2, 9]);
    expect([...(found.time ?? [])]).toEqual([Date.UTC(2024, 2, 2), Date.UTC(2024, 2, 3)]);
    expect(found.group).toEqual({ name: "site", codes: Int32Array.of(0, 1), count: 2 });
    expect([...found.slices[0].codes].map((code) => found.slices[0].labels[code])).toEqual(["true", "false"]);
    expect(found.origin.guesses.join(" ")).toMatch(
      /Took column "Prediction" as the prediction.*"observed" as the obs/,
    );
  });

  it("takes expressions over the same columns, filters, Parquet, and several files in their order", async () => {
    const options = {
      prediction: "2 * prediction",
      observed: "observed",
      sd: "sd + 0 * prediction",
      where: "site = 'b'",
    };
    const twice = await readRegression([folder.path("a.csv"), folder.write("b.csv", CSV)], options);
    expect([...twice.prediction, ...(twice.sd ?? [])]).toEqual([-6, -6, 2, 2]);
    const parquet = await folder.parquet(
      "a.parquet",
      "select 0.1::float as prediction, 3 as observed, 7 as time",
    );
    const found = await readRegression([parquet], { time: "time" });
    expect(found).toMatchObject({ n: 1, dated: false });
    expect([found.prediction[0], found.time?.[0]]).toEqual([Math.fround(0.1), 7]);
  });

  it("mentions columns that could have been meant, and clusters that nobody named", async () => {
    const rows = Array.from(
      { length: 400 },
      (_, i) => `0,${(Math.floor(i / 10) % 5) - 2},1,st${Math.floor(i / 10)}`,
    );
    const file = folder.write("clustered.csv", `prediction,observed,sd,station\n${rows.join("\n")}\n`);
    const found = await readRegression([file]);
    expect(found.sd).toBeNull();
    expect(found.origin.guesses).toContain('Column "sd" was not used; --sd "sd" uses it.');
    expect(found.suspects).toMatchObject([{ column: "station", values: 40 }]);
    expect((await readRegression([file], { group: "station" })).suspects).toEqual([]);
  });
});

describe("what is refused, naming file, row and column", () => {
  const options = { sd: "sd", lower: "lo", upper: "hi", time: "day", group: "site" };
  const head = "day,prediction,observed,sd,lo,hi,site\n2024-01-01,1,1,1,0,2,a\n";

  it.each([
    ["2024-01-02,nan,1,1,0,2,a", "not-a-number", "prediction"],
    ["2024-01-02,inf,1,1,0,2,a", "not-a-number", "prediction"],
    ["2024-01-02,much,1,1,0,2,a", "not-a-number", "prediction"],
    ["2024-01-02,1,x,1,0,2,a", "not-a-number", "observed"],
    ["2024-01-02,1,1,-0.5,0,2,a", "out-of-range", "sd"],
    ["2024-01-02,1,1,0,0,2,a", "out-of-range", "sd"],
    ["2024-01-02,1,1,1,3,2,a", "out-of-range", "lo"],
    ["soon,1,1,1,0,2,a", "not-a-time", "day"],
    [",1,1,1,0,2,a", "not-a-time", "day"],
    ["2024-01-02,1,1,1,0,2,", "missing-group", "site"],
  ])("%s is %s", async (line, code, column) => {
    const error = await refusal(`${head}${line}\n`, options);
    expect(error).toMatchObject({ code, place: { row: 2, line: 3, column } });
    expect(error.message).toContain("bad.csv, line 3 (row 2)");
  });

  it.each([
    [head, { lower: "lo" }, "belong together"],
    ["a,b\n1,2\n", {}, "no column looks like the prediction"],
    ["prediction,b\n1,2\n", {}, "--observed COLUMN"],
    ["prediction,observed\n1,\n,2\n", {}, "1 without prediction, 1 without observed"],
    ["prediction,observed\n1,2\n", { where: "observed > 5" }, "no row satisfies"],
  ])("%j with %j", async (content, asked, message) => {
    const attempt = (async () => readRegression([folder.write("few.csv", content)], asked))();
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toBeInstanceOf(InputError);
  });
});
