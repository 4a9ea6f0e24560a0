import { describe, expect, it } from "vitest";
import { createFft } from "./fft.js";
import { createRandom } from "./random.js";

describe("createFft", () => {
  it("equals the sum that defines it, and comes back", () => {
    const random = createRandom(1);
    for (const n of [1, 2, 4, 32, 128]) {
      const re = Float64Array.from({ length: n }, () => random.uniform());
      const im = Float64Array.from({ length: n }, () => random.uniform());
      const fft = createFft(n);
      const x = re.slice();
      const y = im.slice();
      fft(x, y);
      for (let j = 0; j < n; j++) {
        let sumRe = 0;
        let sumIm = 0;
        for (let m = 0; m < n; m++) {
          const angle = (-2 * Math.PI * j * m) / n;
          sumRe += re[m] * Math.cos(angle) - im[m] * Math.sin(angle);
          sumIm += re[m] * Math.sin(angle) + im[m] * Math.cos(angle);
        }
        expect(x[j]).toBeCloseTo(sumRe, 10);
        expect(y[j]).toBeCloseTo(sumIm, 10);
      }
      fft(y, x);
      for (let j = 0; j < n; j++) expect(x[j] / n).toBeCloseTo(re[j], 12);
    }
  });
});
