import { expect, it } from "vitest";
import { separateOptionalFiles } from "./optionalFile.js";

it("never takes the data for the place to write to", () => {
  expect(separateOptionalFiles(["report", "--json", "data.csv"])).toEqual(["report", "--json=-", "data.csv"]);
  expect(separateOptionalFiles(["report", "a.csv", "--json", "out.json", "--md"])).toEqual([
    "report",
    "a.csv",
    "--json",
    "out.json",
    "--md=-",
  ]);
  expect(separateOptionalFiles(["--md", "x.md", "--json", "--quiet"])).toEqual([
    "--md",
    "x.md",
    "--json=-",
    "--quiet",
  ]);
});
