import { expect, it } from "vitest";
import { fromHalf, toHalf } from "./half.js";

it("gives every half back", () => {
  const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const values = fromHalf(all);
  const again = toHalf(values);
  all.forEach((half, i) => {
    if (Number.isNaN(values[i])) expect(again[i] & 0x7e00).toBe(0x7e00);
    else if (again[i] !== half) expect([i, again[i]]).toEqual([i, half]);
  });
  expect(Array.from(values.subarray(0x3c00, 0x3c02))).toEqual([1, 1 + 2 ** -10]);
});

it("takes the nearest half, and of two equally near the even one", () => {
  const finite = Array.from({ length: 0x7c00 }, (_, i) => i);
  const values = fromHalf(finite);
  for (let i = 0; i + 1 < 0x7c00; i += 7) {
    const [low, high] = [values[i], values[i + 1]];
    const middle = (low + high) / 2;
    const even = i % 2 === 0 ? i : i + 1;
    const spread = high - low;
    const found = toHalf([middle, low + 0.49 * spread, low + 0.51 * spread, -middle]);
    expect(Array.from(found)).toEqual([even, i, i + 1, even | 0x8000]);
  }
  expect(Array.from(toHalf([65504, 65519, 65520, 1e30, -1e30]))).toEqual([
    0x7bff, 0x7bff, 0x7c00, 0x7c00, 0xfc00,
  ]);
});
