import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeTensors, encodeTensors } from "./safetensors.js";

const tensors = {
  "a/weight": { type: "float32", shape: [2, 3], data: Float32Array.from([1, 2, 3, 4, 5, Number.NaN]) },
  scalar: { type: "float64", shape: [], data: Float64Array.from([Math.PI]) },
  big: { type: "int64", shape: [1], data: BigInt64Array.from([-(2n ** 62n)]) },
  flag: { type: "bool", shape: [3], data: Uint8Array.from([1, 0, 1]) },
} as const;
const whole = encodeTensors(tensors, { step: "12" });

describe("safetensors", () => {
  it("come back as they were", () => {
    expect(decodeTensors(whole, "file")).toEqual({ tensors, metadata: { step: "12" } });
  });

  it("start with the header's length and a header that others read", () => {
    const length = Number(new DataView(whole.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(whole.subarray(8, 8 + length)));
    expect(header["a/weight"]).toEqual({ dtype: "F32", shape: [2, 3], data_offsets: [0, 24] });
  });

  it("refuse every truncation", () => {
    for (let n = 0; n < whole.length; n++)
      expect(() => decodeTensors(whole.subarray(0, n), "file")).toThrow(
        expect.objectContaining({ code: "not-a-model" }),
      );
  });

  it("refuse damage or read it, but never break", () => {
    const attempt = (bytes: Uint8Array) => {
      try {
        decodeTensors(bytes, "file");
      } catch (error) {
        expect(error).toMatchObject({ code: "not-a-model" });
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), attempt));
    const header = (text: string) => {
      const json = new TextEncoder().encode(text);
      const bytes = new Uint8Array(8 + json.length);
      new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
      bytes.set(json, 8);
      return bytes;
    };
    fc.assert(fc.property(fc.json(), (text) => attempt(header(text))));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
        const damaged = whole.slice();
        damaged[at] = value;
        attempt(damaged);
      }),
    );
  });
});
