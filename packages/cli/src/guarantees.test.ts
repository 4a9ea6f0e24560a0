import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom, sampleNormal } from "credence/numeric";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runMain } from "./runMain.test-support.js";

const examples = join(import.meta.dirname, "../../../examples");
const folder = mkdtempSync(join(tmpdir(), "credence-guarantees-"));
const path = (name: string) => join(folder, name);
const read = (name: string) => readFileSync(path(name), "utf8");
const write = (name: string, head: string, rows: readonly (readonly (string | number)[])[]) =>
  writeFileSync(path(name), `${head}\n${rows.map((cells) => cells.join(",")).join("\n")}\n`);

beforeAll(() => {
  const random = createRandom(2);
  const count = Array.from({ length: 400 }, (_, i) => i);
  write(
    "forecasts.csv",
    "day,prediction,sd,observed,site",
    count.map((i) => {
      const prediction = 10 * random.uniform();
      const date = new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10);
      return [date, prediction, 0.5, prediction + sampleNormal(random), `s${i % 40}`];
    }),
  );
  write(
    "classes.csv",
    "p_a,p_b,p_c,truth,half",
    count.map((i) => {
      const first = 0.5 + 0.4 * random.uniform();
      const rest = (1 - first) / 2;
      const truth = random.uniform() < first ? "a" : random.uniform() < 0.5 ? "b" : "c";
      return [first, rest, 1 - first - rest, truth, i % 2];
    }),
  );
  write(
    "losses.csv",
    "confidence,cost",
    count.map(() => {
      const confidence = random.uniform();
      return [confidence, random.uniform() < 0.3 * (1 - confidence) ? 10 * random.uniform() : 0];
    }),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("credence report --prediction", () => {
  const asked = ["report", path("forecasts.csv"), "--sd", "sd", "--group", "site"];

  it("prints one JSON object, guesses said on standard error; gates read it", async () => {
    const { code, stdout, stderr } = await runMain(
      ...asked,
      "--coverage",
      "0.8,0.9",
      "--json",
      "--fail-if",
      "intervals[1].before.coverage.high < 0.9",
    );
    expect(code).toBe(1);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ schema: "credence.regression/1", n: 400, groups: { count: 40 } });
    expect(report.intervals.map(({ target }: { target: number }) => target)).toEqual([0.8, 0.9]);
    // The sd says half of what it should.
    expect(report.intervals[1].before.coverage.value).toBeLessThan(0.7);
    expect(report.intervals[1].after.coverage.interval[1]).toBeGreaterThan(0.9);
    expect(report.forecast.crps.groups).toBe(40);
    expect(stderr).toContain('Took column "prediction" as the prediction');
    expect(stderr).toContain("Failed: intervals[1].before.coverage.high < 0.9");
  });

  it("writes every form, and follows time", async () => {
    const { code, stdout } = await runMain(
      "report",
      path("forecasts.csv"),
      "--prediction",
      "prediction",
      "--time",
      "day",
      "--out",
      path("out"),
    );
    expect(code).toBe(0);
    expect(stdout).toContain("And as time goes by?");
    expect(stdout).toContain('Column "sd" was not used');
    expect(read("out/report.html")).toContain("Adaptive intervals");
    expect(read("out/report.md")).toContain("| Adaptive |");
    expect(JSON.parse(read("out/report.json")).overTime).toMatchObject({ dated: true, tested: 300 });
  });

  it("names file, row and column of what it refuses", async () => {
    write("bad.csv", "prediction,observed,sd", [
      [1, 1, 1],
      [1, 1, -1],
    ]);
    const { code, stderr } = await runMain("report", path("bad.csv"), "--sd", "sd");
    expect(code).toBe(2);
    expect(stderr).toMatch(/bad\.csv, line 3 \(row 2\), column "sd": -1 is no standard deviation/);
  });
});

describe("credence report --probabilities", () => {
  it("makes prediction sets", async () => {
    const asked = [
      "report",
      path("classes.csv"),
      "--probabilities",
      "p_*",
      "--label",
      "truth",
      "--by",
      "half",
    ];
    const { code, stdout } = await runMain(...asked, "--coverage", "0.8", "--sets", "aps", "--json");
    expect(code).toBe(0);
    const { sets } = JSON.parse(stdout);
    expect(sets).toMatchObject({ method: "aps", levels: [{ target: 0.8, reason: null }] });
    expect(sets.levels[0].coverage.interval[1]).toBeGreaterThan(0.8);
    expect(sets.levels[0].slices).toHaveLength(2);
    expect((await runMain(...asked, "--quiet", "--fail-if", "sets.levels[0].size > 1.01")).code).toBe(1);
    expect((await runMain(...asked)).stdout).toContain("Which classes might it be?");
  });
});

describe("credence report --loss", () => {
  it("finds thresholds, or says how many rows are missing", async () => {
    const asked = ["report", path("losses.csv"), "--loss", "cost", "--loss-bound", "10"];
    const { code, stdout } = await runMain(...asked, "--risk", "1.5", "--json");
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      schema: "credence.risk/1",
      options: { risk: 1.5, bound: 10 },
      certified: { reason: null },
    });
    expect(report.expected.threshold).toBeLessThanOrEqual(report.certified.threshold);
    const poor = await runMain(...asked, "--risk", "0.1");
    expect(poor.stdout.replace(/\s+/g, " ")).toMatch(
      /None: 160 rows that certify are too few\. About [\d ]+ labelled rows/,
    );
    const bad = await runMain("report", path("losses.csv"), "--loss", "cost");
    expect(bad.code).toBe(2);
    expect(bad.stderr).toMatch(/losses\.csv, line \d+ \(row \d+\), column "cost": .* --loss-bound names/);
  });
});

it.each([
  [["--prediction", "prediction", "--loss", "sd"], "--prediction and --loss ask for different reports"],
  [["--sd", "sd", "--risk", "0.1"], "--risk cannot be combined with --sd"],
  [["--coverage", "0.9"], "--coverage needs class probabilities"],
  [["--loss-bound", "2"], "--loss-bound needs --loss"],
  [["--lower", "sd"], "belong together"],
  [["--sd", "sd", "--coverage", "0.9,x"], "must be a number"],
  [["--sd", "sd", "--coverage", "1.5"], "--coverage is 1.5"],
])("refuses %j", async (flags, message) => {
  const { code, stderr } = await runMain("report", path("forecasts.csv"), ...flags);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

describe("on the examples", () => {
  it("yesterday's temperature as a forecast holds its promise through the seasons", async () => {
    const { code, stdout } = await runMain(
      ...["report", join(examples, "weather/data/seattle-weather.csv"), "--json"],
      ...["--prediction", "lag(temp_max) over (order by date)", "--observed", "temp_max", "--time", "date"],
    );
    expect(code).toBe(0);
    const { n, missing, overTime, intervals } = JSON.parse(stdout);
    expect([n, missing, overTime.tested]).toEqual([1460, 1, 1095]);
    expect(Math.abs(overTime.adaptive.coverage.value - 0.9)).toBeLessThan(overTime.adaptive.errorBound);
    expect(intervals[0].after.width.value).toBeGreaterThan(5);
  });

  it("languages: sets over the best answers, and the loss of those that go out", async () => {
    const file = join(examples, "language-id/data/language-id.jsonl.gz");
    const common = [
      "--where",
      "known and model = 'fasttext-lid176' and words = 16",
      "--group",
      "document",
      "--json",
    ];
    // The 25 best answers and the rest, as 26 classes by rank.
    const best = "list_resize(list_transform(top, lambda t: t.probability), 25, 0)";
    const all = `list_append(${best}, greatest(0, 1 - list_sum(${best})))`;
    // Rounded, they may sum to more than 1: softmax of their logarithms divides by the sum.
    const probabilities = `list_transform(${all}, lambda p: ln(greatest(p, 1e-6)))`;
    const label = "coalesce(list_position(list_transform(top, lambda t: t.label), truth), 26) - 1";
    const classes = await runMain(
      "report",
      file,
      "--probabilities",
      probabilities,
      "--logits",
      "--label",
      label,
      ...common,
    );
    expect(classes.stderr).not.toMatch(/^credence:/m);
    const { sets } = JSON.parse(classes.stdout);
    for (const { target, coverage } of sets.levels) {
      expect(coverage.interval[0]).toBeLessThan(target + 0.02);
      expect(coverage.interval[1]).toBeGreaterThan(target);
    }
    const loss = await runMain("report", file, "--loss", "(not correct)::int", "--risk", "0.1", ...common);
    const { certified, groups } = JSON.parse(loss.stdout);
    expect(groups.count).toBe(1495);
    expect(certified.evaluated.loss.interval[0]).toBeLessThan(0.1);
  });
});
