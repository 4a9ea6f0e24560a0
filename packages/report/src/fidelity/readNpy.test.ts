import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../folder.test-support.js";
import { InputError } from "../reading/inputError.js";
import { npyBytes, npyOf } from "./npy.test-support.js";
import { parseNpyHeader, readNpy } from "./readNpy.js";

const folder = temporaryFolder();
const header = (descr: string, shape: string, fortran = "False") =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`;

describe("readNpy", () => {
  it.each([
    ["<f4", Float32Array.of(1.5, -2, 3, 4, 5, 6)],
    ["<f8", Float64Array.of(1.5, -2, 3, 4, 5, 1e300)],
    ["|i1", Int8Array.of(1, -2, 3, 4, 5, 6)],
    ["<i2", Int16Array.of(1, -2, 3, 4, 5, 6)],
    ["<i4", Int32Array.of(1, -2, 3, 4, 5, 6)],
    ["<i8", BigInt64Array.of(1n, -2n, 3n, 4n, 5n, 6n)],
    ["|u1", Uint8Array.of(1, 2, 3, 4, 5, 255)],
    ["<u2", Uint16Array.of(1, 2, 3, 4, 5, 65535)],
    ["<u4", Uint32Array.of(1, 2, 3, 4, 5, 6)],
    ["<u8", BigUint64Array.of(1n, 2n, 3n, 4n, 5n, 2n ** 53n - 1n)],
  ])("reads %s", async (descr, values) => {
    for (const version of [1, 2, 3]) {
      const file = folder.write(
        `x${version}.npy`,
        npyBytes(header(descr, "(3, 2)"), new Uint8Array(values.buffer), version),
      );
      const { data, rows, columns } = await readNpy(file);
      expect([rows, columns, Array.from(data)]).toEqual([
        3,
        2,
        Array.from(values as ArrayLike<bigint>, Number),
      ]);
    }
  });

  it("keeps float32 as it is", async () => {
    const file = folder.write(
      "f4.npy",
      npyBytes(header("<f4", "(1, 2)"), new Uint8Array(Float32Array.of(0.1, 2).buffer)),
    );
    expect((await readNpy(file)).data).toBeInstanceOf(Float32Array);
  });

  const eight = new Uint8Array(8);
  it.each([
    ["nothing", new Uint8Array(0), /no \.npy file/],
    ["something else", new TextEncoder().encode("x,y\n1,2\n3,4\n"), /no \.npy file/],
    ["an archive", new TextEncoder().encode("PK\u0003\u0004........"), /\.npz/],
    ["another version", npyBytes(header("<f8", "(1, 1)"), eight, 9), /version 9/],
    ["big-endian", npyBytes(header(">f8", "(1, 1)"), eight), /big-endian/],
    ["columns first", npyBytes(header("<f8", "(1, 1)", "True"), eight), /ascontiguousarray/],
    ["one axis", npyBytes(header("<f8", "(1,)"), eight), /one axis.*reshape\(-1, 1\)/],
    ["no axis", npyBytes(header("<f8", "()"), eight), /0 axes/],
    ["three axes", npyBytes(header("<f8", "(1, 1, 1)"), eight), /3 axes.*reshape\(len\(x\), -1\)/],
    ["no rows", npyBytes(header("<f8", "(0, 3)"), new Uint8Array(0)), /0 × 3: empty/],
    ["half floats", npyBytes(header("<f2", "(4, 1)"), eight), /float32/],
    ["booleans", npyBytes(header("|b1", "(8, 1)"), eight), /float32/],
    ["objects", npyBytes(header("|O", "(1, 1)"), eight), /float32/],
    ["text", npyBytes(header("<U2", "(1, 1)"), eight), /float32/],
    [
      "records",
      npyBytes("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }", eight),
      /fields/,
    ],
    ["no header", npyBytes("hello", eight), /not NumPy's/],
    ["too few numbers", npyBytes(header("<f8", "(2, 1)"), eight), /8.*16|not written to its end/],
    ["too many", npyBytes(header("<f8", "(1, 1)"), new Uint8Array(16)), /something follows/],
    ["a torn header", npyBytes(header("<f8", "(1, 1)"), eight).subarray(0, 40), /ends within its header/],
    ["a shape without sense", npyBytes(header("<f8", "(-1, x)"), eight), /shape/],
  ])("refuses %s, and says what to do", async (_, bytes, words) => {
    const file = folder.write("bad.npy", bytes);
    await expect(readNpy(file)).rejects.toThrow(InputError);
    await expect(readNpy(file)).rejects.toThrow(words);
  });

  it("refuses integers that no float64 holds", async () => {
    const values = BigInt64Array.of(2n ** 60n + 1n);
    const file = folder.write("big.npy", npyBytes(header("<i8", "(1, 1)"), new Uint8Array(values.buffer)));
    await expect(readNpy(file)).rejects.toThrow(/beyond 2\^53/);
  });

  it("any bytes are a header or an InputError", () => {
    const good = npyOf([
      [1, 2],
      [3, 4],
    ]);
    const mutated = fc
      .array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
      .map((changes) => {
        const bytes = good.slice();
        for (const [at, byte] of changes) bytes[at] = byte;
        return bytes;
      });
    const written = fc
      .tuple(
        fc.constantFrom("<f4", ">f8", "|u1", "<i8", "<f16", "", "O"),
        fc.constantFrom("True", "False", "None"),
        fc.string({
          unit: fc.constantFrom("(", ")", "1", "99999999999999999999", ",", " ", "-", "L"),
          maxLength: 8,
        }),
      )
      .map(([descr, fortran, shape]) => npyBytes(header(descr, shape, fortran), new Uint8Array(8)));
    fc.assert(
      fc.property(fc.oneof(mutated, written, fc.uint8Array({ maxLength: 200 })), (bytes) => {
        try {
          const { rows, columns, offset } = parseNpyHeader(bytes, "x.npy");
          expect(rows > 0 && columns > 0 && offset <= bytes.length).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 1000, seed: 1 },
    );
  });
});
