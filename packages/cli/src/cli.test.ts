import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { main } from "./main.js";
import { credence, type Run, startCredence } from "./run.test-support.js";

const folder = mkdtempSync(join(tmpdir(), "credence-cli-"));
const path = (name: string) => join(folder, name);
const read = (name: string) => readFileSync(path(name), "utf8");

/** Runs the command in this process, which is many times faster than starting one. */
async function run(...args: string[]): Promise<Run> {
  const said = { stdout: "", stderr: "" };
  const code = await main(args, {
    out: (text) => {
      said.stdout += text;
    },
    err: (text) => {
      said.stderr += text;
    },
    outIsTerminal: false,
    errIsTerminal: false,
    columns: 80,
    noColour: false,
  });
  return { code, ...said };
}

const before = process.cwd();

beforeAll(() => {
  process.chdir(folder);
  // Overconfident throughout: says 0.55 … 0.95, is right half of the time.
  const rows = Array.from(
    { length: 400 },
    (_, i) => `${i},${(55 + (i % 41)) / 100},${i % 2},d${Math.floor(i / 8)},${"ab"[i % 2]}`,
  );
  writeFileSync(path("data.csv"), `id,confidence,correct,doc,half\n${rows.join("\n")}\n`);
  writeFileSync(path("bad.csv"), "confidence,correct\n0.5,1\nx,0\n");
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

describe("credence report", () => {
  it("prints exactly one JSON object, guesses said on standard error", async () => {
    const { code, stdout, stderr } = await run(
      "report",
      "data.csv",
      "--group",
      "doc",
      "--by",
      "half",
      "--json",
    );
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      n: 400,
      missing: 0,
      metrics: { accuracy: { value: 0.5 } },
      splits: { seed: 0 },
    });
    for (const name of ["ece", "brier", "logLoss"])
      expect(report.metrics[name]).toMatchObject({
        value: expect.any(Number),
        interval: [expect.any(Number), expect.any(Number)],
        level: 0.95,
      });
    expect(report.recalibration).toHaveProperty("chosen");
    expect(report.threshold).toHaveProperty("threshold");
    expect(report.slices).toHaveLength(2);
    expect(stderr).toContain('Took column "confidence"');
  });

  it("reads the probabilities of all classes", async () => {
    const lines = Array.from(
      { length: 60 },
      (_, i) => `${i % 2 ? "0.7,0.2,0.1" : "0.1,0.2,0.7"},${"abc"[i % 3]}`,
    );
    writeFileSync(path("classes.csv"), `p_a,p_b,p_c,truth\n${lines.join("\n")}\n`);
    const asked = ["report", "classes.csv", "--probabilities", "p_*", "--label", "truth"];
    const { code, stdout } = await run(...asked, "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      n: 60,
      metrics: { accuracy: { value: 1 / 3 } },
      classes: {
        count: 3,
        names: ["a", "b", "c"],
        classwise: { value: expect.closeTo((0.3 + 2 / 15 + 0.3) / 3, 10) },
      },
    });
    expect((await run(...asked, "--fail-if", "classes.classwise.value > 0.1")).code).toBe(1);
    const half = await run("report", "classes.csv", "--label", "truth");
    expect(half.code).toBe(2);
    expect(half.stderr).toContain("--probabilities");
  });

  it("writes files where asked, makes folders, and overwrites nothing without --force", async () => {
    const args = ["report", "data.csv", "--html", "out/a.html", "--json", "out/a.json", "--md", "out/a.md"];
    const first = await run(...args);
    expect(first.code).toBe(0);
    expect(first.stdout).toContain("Can I trust the confidences?");
    expect(first.stdout).not.toContain("\u001b");
    expect(read("out/a.html")).toContain("<!doctype html>");
    expect(JSON.parse(read("out/a.json")).n).toBe(400);
    expect(read("out/a.md")).toMatch(/^# /);
    const again = await run(...args);
    expect(again).toMatchObject({ code: 2, stdout: "" });
    expect(again.stderr).toContain("--force");
    expect((await run(...args, "--force", "--quiet")).code).toBe(0);
  });

  it("--fail-if decides the exit code, and says what it saw", async () => {
    const { code, stderr } = await run(
      "report",
      "data.csv",
      "--quiet",
      "--fail-if",
      "ece.low > 0.9",
      "--fail-if",
      "ece.high > 0.05 and n == 400",
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /Failed: ece\.high > 0\.05 and n == 400 {2}\(ece\.high = 0\.\d+ > 0\.05; n = 400 == 400\)/,
    );
    expect((await run("report", "data.csv", "--quiet", "--fail-if", "ece.high > 0.9")).code).toBe(0);
  });

  it("shouts where rows look clustered and no group was named", async () => {
    const rows = Array.from(
      { length: 400 },
      (_, i) => `0.7,${Math.floor(i / 10) % 3 === 0 ? 0 : 1},p${Math.floor(i / 10)}`,
    );
    writeFileSync(path("clustered.csv"), `confidence,correct,page\n${rows.join("\n")}\n`);
    expect((await run("report", "clustered.csv")).stdout).toContain('--group "page"');
  });

  it("serves the page on the loopback address until it is interrupted", async () => {
    const child = startCredence(["report", "data.csv", "--quiet", "--serve", "0"], folder);
    let said = "";
    const url = await new Promise<string>((resolve, reject) => {
      child.stderr.on("data", (text) => {
        said += text;
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
        if (found) resolve(found[0]);
      });
      child.on("close", () => reject(new Error(said)));
    });
    const fetchPage = (target: string) =>
      new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
        get(target, { agent: false }, (response) => {
          let text = "";
          response.on("data", (chunk) => {
            text += chunk;
          });
          response.on("end", () => resolve({ status: response.statusCode, text }));
        }).on("error", reject);
      });
    const page = await fetchPage(url);
    expect(page.status).toBe(200);
    expect(page.text).toContain("<!doctype html>");
    expect((await fetchPage(`${url}/../../etc/passwd`)).status).toBe(404);
    child.kill("SIGINT");
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
  });
});

describe("credence fit, apply, compare", () => {
  it("take the probabilities of all classes", async () => {
    // Says 0.9, is right two times in three.
    const lines = Array.from({ length: 300 }, (_, i) => {
      const said = [0, 1, 2].map((k) => (k === i % 3 ? 0.9 : 0.05));
      return `${said.join(",")},${"abc"[(i % 9 < 6 ? i : i + 1) % 3]}`;
    });
    writeFileSync(path("sharp.csv"), `p_a,p_b,p_c,truth\n${lines.join("\n")}\n`);
    const fitted = await run(
      ...["fit", "sharp.csv", "--probabilities", "p_*", "--label", "truth", "-o", "classes.json"],
    );
    expect(fitted.stdout).toMatch(
      /^Fitted automatic-multiclass \(chose (temperature|vector|dirichlet)\) to 300 rows of 3 classes: classes\.json\n$/,
    );
    expect(JSON.parse(read("classes.json"))).toMatchObject({ classes: ["a", "b", "c"], fitted: { n: 300 } });
    const applied = await run(
      "apply",
      "classes.json",
      "sharp.csv",
      "--probabilities",
      "p_*",
      "-o",
      "soft.csv",
    );
    expect(applied).toMatchObject({ code: 0, stdout: "Calibrated 300 of 300 rows: soft.csv\n" });
    expect(read("soft.csv").split("\n", 1)[0]).toBe(
      "p_a,p_b,p_c,truth,calibrated_a,calibrated_b,calibrated_c",
    );
    const [, first] = read("soft.csv").split("\n");
    expect(Number(first.split(",")[4])).toBeCloseTo(2 / 3, 1);
    const compared = await run(
      ...["compare", "sharp.csv", "soft.csv", "--probabilities", "p_*", "--label", "truth"],
      ...["--probabilities-b", "calibrated_*", "--fail-if", "difference.logLoss.high > 0"],
    );
    expect(compared.code).toBe(0);
    expect(compared.stdout).toContain("B is better by log loss");
    expect(compared.stdout).toContain("scores over all 3 classes");
  });

  it("fits, applies, and the comparison proves that it helped", async () => {
    expect(
      (await run("fit", "data.csv", "--group", "doc", "--method", "platt", "-o", "calibrator.json")).code,
    ).toBe(0);
    expect(JSON.parse(read("calibrator.json")).method).toBe("platt");
    const applied = await run("apply", "calibrator.json", "data.csv", "-o", "out.parquet");
    expect(applied).toMatchObject({ code: 0, stdout: "Calibrated 400 of 400 rows: out.parquet\n" });
    const compared = await run(
      "compare",
      "data.csv",
      "out.parquet",
      "--key",
      "id",
      "--group",
      "doc",
      "--confidence-b",
      "calibrated",
    );
    expect(compared.stdout).toContain("B is better by Brier score");
    const gate = await run(
      "compare",
      "data.csv",
      "out.parquet",
      "--confidence-b",
      "calibrated",
      "--json",
      "--fail-if",
      "difference.brier.high < 0",
    );
    expect(gate.code).toBe(1);
    expect(JSON.parse(gate.stdout).n).toBe(400);
  });

  it("overwrites nothing without --force", async () => {
    for (const args of [
      ["fit", "data.csv", "-o", "data.csv"],
      ["apply", "calibrator.json", "data.csv", "-o", "data.csv"],
    ]) {
      const before = read("data.csv");
      expect(await run(...args)).toMatchObject({ code: 2 });
      expect(read("data.csv")).toBe(before);
    }
  });
});

describe("bad usage and input: exit 2, one line that helps, no stack trace", () => {
  it.each([
    [["report", "bad.csv"], 'bad.csv, line 3 (row 2), column "confidence": "x" is not a number'],
    [["report", "dat.csv"], 'did you mean "data.csv"?'],
    [["report", "."], "is a folder"],
    [["report", "data.csv", "--confidence", "confidenze"], 'did you mean "confidence"?'],
    [["report", "data.csv", "--risk", "5"], "--risk is 5"],
    [["report", "data.csv", "--risk", "five"], "must be a number"],
    [["report", "data.csv", "--fail-if", "ece.high >"], "expected a number"],
    [["report", "data.csv", "--fail-if", "nonsense > 1"], 'there is no "nonsense"'],
    [["report", "data.csv", "--html", "data.csv"], "exists already"],
    [["report"], "missing required argument"],
    [["report", "data.csv", "--frobnicate"], "unknown option"],
    [["rapport"], "unknown command"],
    [["fit", "data.csv", "-o", "x.json", "--method", "plat"], 'did you mean "platt"?'],
    [["apply", "data.csv", "data.csv", "-o", "x.csv"], "is not JSON"],
    [["apply", "nothing.json", "data.csv", "-o", "x.csv"], "nothing.json"],
    [["apply", "classes.json", "sharp.csv", "-o", "x.csv"], "3 classes; say --probabilities COLUMNS"],
    [
      ["apply", "calibrator.json", "sharp.csv", "--probabilities", "p_*", "-o", "x.csv"],
      "is no calibrator of class",
    ],
    [["apply", "classes.json", "sharp.csv", "--logits", "-o", "x.csv"], "need --probabilities COLUMNS"],
    [
      [
        "apply",
        "classes.json",
        "sharp.csv",
        "--probabilities",
        "p_a",
        "--probabilities",
        "p_b",
        "-o",
        "x.csv",
      ],
      "holds the classes a, b; the calibrator was fitted to a, b, c",
    ],
    [["fit", "sharp.csv", "-o", "x.json", "--probabilities", "p_*"], "--label COLUMN"],
    [
      ["fit", "sharp.csv", "-o", "x.json", "--probabilities", "p_*", "--label", "truth", "--method", "vectr"],
      'did you mean "vector"?',
    ],
    [["compare", "data.csv", "bad.csv"], "bad.csv, line 3"],
    [
      [
        "compare",
        "sharp.csv",
        "sharp.csv",
        "--probabilities",
        "p_*",
        "--label",
        "truth",
        "--probabilities-b",
        "p_a",
        "--probabilities-b",
        "p_b",
      ],
      "holds the classes a, b; the other file has a, b, c",
    ],
    [["compare", "sharp.csv", "sharp.csv", "--probabilities", "p_*"], "--label COLUMN"],
  ])("%j", async (args, message) => {
    const { code, stdout, stderr } = await run(...args);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(existsSync(path("x.csv"))).toBe(false);
  });

  it("as a process too", async () => {
    const { code, stdout, stderr } = await credence(["report", "bad.csv"], folder);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.split("\n")).toHaveLength(2);
  });

  it("--debug shows where", async () => {
    expect((await run("report", "dat.csv", "--debug")).stderr).toMatch(/^\s+at /m);
  });
});

it("--help and --version are no errors", async () => {
  expect(await run("--help")).toMatchObject({ code: 0, stderr: "" });
  expect((await run("--version")).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
