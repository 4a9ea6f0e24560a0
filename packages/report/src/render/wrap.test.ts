import { expect, it } from "vitest";
import { wrap } from "./wrap.js";

it("breaks at spaces, never within a number or before a percent sign", () => {
  expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrap("right 34 % of 43 041 rows", 8)).toEqual(["right", "34 % of", "43 041", "rows"]);
  expect(wrap("unbreakable word", 4)).toEqual(["unbreakable", "word"]);
});
