/*
 * IEEE 754 half precision as bits: a sign, five bits of exponent (offset 15), ten of fraction. It stores weights at half
 * the size; arithmetic is done in float32.
 */

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The nearest halves, ties to even; what is too large becomes infinity. */
export function toHalf(values: ArrayLike<number>): Uint16Array<ArrayBuffer> {
  const result = new Uint16Array(values.length);
  for (let i = 0; i < result.length; i++) {
    float[0] = values[i];
    const sign = (bits[0] >>> 16) & 0x8000;
    const size = Math.abs(float[0]);
    if (Number.isNaN(size)) result[i] = sign | 0x7e00;
    else if (size >= 65520) result[i] = sign | 0x7c00;
    else if (size < 2 ** -14)
      // Subnormal: a multiple of 2⁻²⁴.
      result[i] = sign | roundToEven(size * 2 ** 24);
    else {
      // 13 bits of the fraction go; a carry runs into the exponent, as it should.
      const kept = (bits[0] & 0x7fffffff) - (112 << 23);
      result[i] = sign | ((kept + 0xfff + ((kept >>> 13) & 1)) >>> 13);
    }
  }
  return result;
}

/** The exact values of halves. */
export function fromHalf(halves: ArrayLike<number>): Float32Array<ArrayBuffer> {
  return Float32Array.from(halves, (half) => {
    const exponent = (half >>> 10) & 31;
    const fraction = half & 1023;
    const size =
      exponent === 31
        ? fraction
          ? Number.NaN
          : Number.POSITIVE_INFINITY
        : exponent === 0
          ? fraction * 2 ** -24
          : (1024 + fraction) * 2 ** (exponent - 25);
    return half & 0x8000 ? -size : size;
  });
}

function roundToEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
