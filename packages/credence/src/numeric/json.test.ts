import { expect, test } from "vitest";
import { CredenceError } from "./error.js";
import { jsonFields } from "./json.js";

const fields = jsonFields(
  "f",
  '{"n":3,"x":1.5,"xs":[1,2],"s":"a","ss":["a"],"b":true,"o":{"y":null},"l":[{"z":1}]}',
);

test("reads every kind of field", () => {
  expect(fields.names).toContain("xs");
  expect(fields.count("n")).toBe(3);
  expect(fields.number("x")).toBe(1.5);
  expect(fields.numbers("xs", 2)).toEqual([1, 2]);
  expect(fields.text("s")).toBe("a");
  expect(fields.texts("ss")).toEqual(["a"]);
  expect(fields.boolean("b")).toBe(true);
  expect(fields.oneOf("s", ["a", "b"])).toBe("a");
  expect(fields.fields("o").has("y")).toBe(false);
  expect(fields.list("l")[0].number("z")).toBe(1);
  expect(fields.values("xs")).toEqual([1, 2]);
});

test.each<[string, () => unknown, string]>([
  ["missing", () => fields.number("q"), "q is undefined: is missing."],
  ["a wrong kind", () => fields.number("s"), 's is "a": must be a finite number.'],
  ["a fraction", () => fields.count("x"), "x is 1.5: must be a whole number of at least 0."],
  ["too small a count", () => fields.count("n", 4), "at least 4"],
  ["a wrong length", () => fields.numbers("xs", 3), "a list of 3 finite numbers"],
  ["an unknown word", () => fields.oneOf("s", ["b"]), 'must be one of "b".'],
  ["text for an object", () => fields.fields("s"), "s is null: must be an object."],
  ["nested", () => fields.list("l")[0].text("z"), "l[0].z is 1: must be text."],
  ["inherited names", () => fields.value("toString"), "toString"],
  ["broken text", () => jsonFields("f", "{"), "is no JSON"],
  ["a list", () => jsonFields("f", []), "must be an object"],
])("refuses %s naming the field", (_, run, message) => {
  expect(run).toThrow(CredenceError);
  expect(run).toThrow(message);
});
