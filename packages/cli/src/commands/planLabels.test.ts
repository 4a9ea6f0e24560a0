import { planLabels } from "credence/selective";
import { describe, expect, it } from "vitest";
import type { Console } from "../console.js";
import { main } from "../main.js";

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const console: Console = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    outIsTerminal: false,
    errIsTerminal: false,
    columns: 80,
    noColour: true,
  };
  return { code: await main(["plan-labels", ...args], console), out, err };
}

describe("credence plan-labels", () => {
  it("says in words what planLabels finds", async () => {
    const { code, out } = await run("risk", "--risk", "0.05", "--expected", "0.02", "--coverage", "0.6");
    expect(code).toBe(0);
    expect(out.trim()).toBe(
      planLabels({ claim: "risk", risk: 0.05, expectedRisk: 0.02, coverage: 0.6 }).explanation,
    );
  });

  it("passes groups and every other number on, and prints JSON", async () => {
    const { out } = await run(
      "accuracy",
      "--half-width",
      "0.03",
      "--expected",
      "0.9",
      "--slices",
      "12",
      "--level",
      "0.9",
      "--group-size",
      "20",
      "--design-effect",
      "5",
      "--json",
    );
    expect(JSON.parse(out)).toEqual(
      planLabels({
        claim: "proportion",
        halfWidth: 0.03,
        expected: 0.9,
        slices: 12,
        level: 0.9,
        groupSize: 20,
        designEffect: 5,
      }),
    );
    const error = await run("calibration-error", "--half-width", "0.02", "--bins", "10", "--json");
    expect(JSON.parse(error.out)).toEqual(
      planLabels({ claim: "calibration-error", halfWidth: 0.02, bins: 10 }),
    );
  });

  it.each([
    [["risk", "--risk", "0.05"], /required option '--expected/],
    [["risk", "--risk", "0.05", "--expected", "0.06"], /: --expected is 0.06: must lie in \[0, 0.05\)/],
    [["risk", "--risk", "five", "--expected", "0.01"], /It must be a number/],
    [["accuracy", "--half-width", "0"], /: --half-width is 0: .*strictly between 0 and 1/],
    [["everything"], /unknown command/],
  ])("refuses %j", async (args, said) => {
    const { code, err, out } = await run(...args);
    expect(code).toBe(2);
    expect(err + out).toMatch(said);
    expect(err).not.toMatch(/\n\s+at /);
  });
});
