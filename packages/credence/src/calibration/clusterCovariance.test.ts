import { expect, it } from "vitest";
import { groupCodes } from "../numeric/groups.js";
import { createRandom } from "../numeric/random.js";
import { clusterCovariance } from "./clusterCovariance.js";

it("is the covariance of what clusters have beyond their share by size", () => {
  const random = createRandom(7);
  const [n, bins] = [200, 4];
  const ids = Array.from({ length: n }, () => Math.floor(random.uniform() ** 2 * 30));
  const bin = ids.map(() => [0, 1, 3][Math.floor(random.uniform() * 3)]); // bin 2 stays empty
  const claimed = ids.map(() => random.uniform());
  const happened = ids.map(() => +(random.uniform() < 0.6));
  const groups = groupCodes("test", ids, ids);

  const numbers = Array.from({ length: groups.count }, () => new Array<number>(2 * bins).fill(0));
  ids.forEach((_, i) => {
    numbers[groups.codes[i]][bin[i]] += happened[i] - claimed[i];
    numbers[groups.codes[i]][bins + bin[i]]++;
  });
  const size = (own: number[]) => own.slice(bins).reduce((sum, rows) => sum + rows, 0);
  const total = numbers[0].map((_, u) => numbers.reduce((sum, own) => sum + own[u], 0));
  const beyond = numbers.map((own) => own.map((value, u) => value - (total[u] * size(own)) / n));
  const expected = total.flatMap((_, u) =>
    total.map(
      (_, v) => (beyond.reduce((sum, own) => sum + own[u] * own[v], 0) * groups.count) / (groups.count - 1),
    ),
  );

  const found = clusterCovariance(groups, bins, { bin, claimed, happened });
  expect(found.count).toBe(groups.count);
  found.covariance.forEach((value, at) => expect(value).toBeCloseTo(expected[at], 9));
  found.rowSquares.forEach((value, b) =>
    expect(value).toBe(numbers.reduce((sum, own) => sum + own[bins + b] ** 2, 0)),
  );
});
