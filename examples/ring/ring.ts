import { createRandom, type Matrix } from "credence/numeric";

/** Eight truncated Gaussians, evenly on a circle. Lengths are in units of the data. */
export const MODES = 8;
export const RADIUS = 5;
/** Standard deviation of a mode along each axis, before truncation. */
export const DEVIATION = 0.5;
/** No point is farther than this from the centre of its mode. Modes do not overlap: their centres are 3.8 apart. */
export const REACH = 1.5;

/** What of a Gaussian in the plane lies within the reach. */
const INSIDE = 1 - Math.exp(-(REACH ** 2) / (2 * DEVIATION ** 2));

const CENTRES = Array.from({ length: MODES }, (_, mode) => {
  const angle = (2 * Math.PI * mode) / MODES;
  return [RADIUS * Math.cos(angle), RADIUS * Math.sin(angle)];
});

/** `count` points, each from a mode at random. */
export function sampleRing(count: number, seed: number): Matrix & { data: Float32Array<ArrayBuffer> } {
  const random = createRandom(seed);
  const data = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) {
    const [x, y] = CENTRES[random.uint32() % MODES];
    // The distance from the centre has a Rayleigh law, cut off at the reach.
    const distance = DEVIATION * Math.sqrt(-2 * Math.log(1 - INSIDE * random.uniform()));
    const angle = 2 * Math.PI * random.uniform();
    data[2 * i] = x + distance * Math.cos(angle);
    data[2 * i + 1] = y + distance * Math.sin(angle);
  }
  return { data, rows: count, columns: 2 };
}

/** log p of each point, in nats; −Infinity outside all modes. */
export function ringLogDensity({ data, rows }: Matrix): Float64Array {
  const peak = -Math.log(MODES * 2 * Math.PI * DEVIATION ** 2 * INSIDE);
  return Float64Array.from({ length: rows }, (_, i) => {
    const squares = CENTRES.map(([x, y]) => (data[2 * i] - x) ** 2 + (data[2 * i + 1] - y) ** 2);
    const nearest = Math.min(...squares);
    return nearest <= REACH ** 2 ? peak - nearest / (2 * DEVIATION ** 2) : Number.NEGATIVE_INFINITY;
  });
}
