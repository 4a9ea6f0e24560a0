import { checkCount, checkOpenUnit } from "../numeric/check.js";
import { sampleInteger, shuffle } from "../numeric/distributions.js";
import { CredenceError } from "../numeric/error.js";
import { type Groups, groupCodes, groupRows } from "../numeric/groups.js";
import { quantileSorted } from "../numeric/quantile.js";
import { createRandom, type Random } from "../numeric/random.js";
import { sortedCopy } from "../numeric/sort.js";
import { thresholdsBy } from "./mondrian.js";
import { type CategoryThreshold, leastCalibrationSize, thresholdOf } from "./quantile.js";

/** How classes are clustered. */
export interface ClusterOptions {
  /** Number of clusters. Default: half the rows that the rarest usable class has for clustering. */
  clusters?: number;
  /** Share of the rows used to form the clusters, in (0, 1); the rest calibrates. Default: as Ding et al. choose it. */
  share?: number;
  /** Seed of the split and of the clusters. Default 0. */
  seed?: number;
}

/** Thresholds by class, from clusters of classes. */
export interface ClusteredThresholds {
  /** The threshold of each class. */
  readonly thresholds: Float64Array;
  /** One per cluster; "null" holds the classes too rare to cluster, with the threshold over all rows. */
  readonly clusters: readonly CategoryThreshold[];
}

/** Where the scores of a class are looked at when classes are compared. */
const LEVELS = [0.5, 0.6, 0.7, 0.8, 0.9];

/**
 * Clustered class-conditional conformal prediction (Ding et al. 2023): classes whose scores are distributed alike share
 * a threshold, so that the promise comes close to holding within every class even where classes are rare.
 */
export function clusterClasses(
  fn: string,
  scores: Float64Array,
  labels: ArrayLike<number>,
  classes: number,
  alpha: number,
  options: ClusterOptions = {},
  groups?: Groups,
): ClusteredThresholds {
  const { seed = 0 } = options;
  const random = createRandom(seed);
  const counts = new Float64Array(classes);
  for (let i = 0; i < labels.length; i++) counts[labels[i]]++;
  const enough = Math.max(leastCalibrationSize(Math.max(alpha, 0.1)), 2);
  const usable = counts.filter((count) => count >= enough);
  const rarest = usable.length ? Math.min(...usable) : 0;
  const share = options.share ?? usable.length / (75 + usable.length);
  const clusters = options.clusters ?? Math.max(1, Math.floor(Math.floor(rarest * share) / 2));
  if (usable.length) checkOpenUnit(fn, "clustering.share", share);
  checkCount(fn, "clustering.clusters", clusters);

  const forming = splitUnits(fn, labels, usable.length ? share : 0, random, groups);
  const formed = Array.from({ length: classes }, (): number[] => []);
  const rest: number[] = [];
  for (let i = 0; i < labels.length; i++) {
    if (forming[i]) formed[labels[i]].push(scores[i]);
    else rest.push(i);
  }
  if (rest.length === 0)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "clustering.share", value: share },
      "leaves no rows for calibration; lower the share.",
    );
  const members: number[] = [];
  for (let c = 0; c < classes; c++) if (formed[c].length >= 2 && counts[c] >= enough) members.push(c);
  const points = members.map((c) => {
    const sorted = sortedCopy(formed[c]);
    return LEVELS.map((level) => quantileSorted(sorted, level));
  });
  const weights = members.map((c) => Math.sqrt(formed[c].length));
  const assigned = kMeans(points, weights, Math.min(clusters, members.length), random);
  const clusterOf: string[] = new Array(classes).fill("null");
  members.forEach((c, i) => {
    clusterOf[c] = `cluster ${assigned[i] + 1}`;
  });

  const restScores = Float64Array.from(rest, (i) => scores[i]);
  const restGroups = groups && rest.map((i) => groups[i]);
  const cells = thresholdsBy(
    fn,
    "labels",
    restScores,
    rest.map((i) => clusterOf[labels[i]]),
    alpha,
    restGroups,
  );
  const pooled = {
    category: "null",
    ...thresholdOf(fn, "labels", restScores, alpha, { groups: restGroups }),
  };
  const list = [...cells.categories.filter(({ category }) => category !== "null"), pooled];
  const byName = new Map(list.map((cell) => [cell.category, cell.threshold]));
  return {
    thresholds: Float64Array.from(clusterOf, (name) => byName.get(name) ?? Number.POSITIVE_INFINITY),
    clusters: list,
  };
}

/** Marks the rows that form clusters; whole groups stay together. */
function splitUnits(
  fn: string,
  rows: ArrayLike<unknown>,
  share: number,
  random: Random,
  groups?: Groups,
): Uint8Array {
  const marked = new Uint8Array(rows.length);
  const units = groups
    ? groupRows(groupCodes(fn, groups, rows, "labels"))
    : Array.from({ length: rows.length }, (_, i) => [i]);
  const order = shuffle(
    random,
    Array.from({ length: units.length }, (_, i) => i),
  );
  for (const unit of order.slice(0, Math.round(units.length * share)))
    for (const row of units[unit]) marked[row] = 1;
  return marked;
}

/** Weighted k-means with k-means++ starts, best of ten. Returns the cluster of each point. */
function kMeans(points: number[][], weights: number[], k: number, random: Random): number[] {
  let best = { cost: Infinity, assigned: points.map(() => 0) };
  for (let attempt = 0; attempt < 10 && k > 1; attempt++) {
    const centers = spreadCenters(points, weights, k, random);
    let assigned: number[] = [];
    for (let round = 0; round < 100; round++) {
      const next = points.map((point) => nearest(point, centers));
      if (next.every((c, i) => c === assigned[i])) break;
      assigned = next;
      centers.forEach((center, c) => {
        let total = 0;
        const sums = center.map(() => 0);
        points.forEach((point, i) => {
          if (assigned[i] !== c) return;
          total += weights[i];
          point.forEach((x, d) => {
            sums[d] += weights[i] * x;
          });
        });
        if (total > 0) centers[c] = sums.map((sum) => sum / total);
      });
    }
    const cost = points.reduce((sum, p, i) => sum + weights[i] * squaredDistance(p, centers[assigned[i]]), 0);
    if (cost < best.cost) best = { cost, assigned };
  }
  return best.assigned;
}

function spreadCenters(points: number[][], weights: number[], k: number, random: Random): number[][] {
  const centers = [points[sampleInteger(random, points.length)]];
  while (centers.length < k) {
    const gaps = points.map((p, i) => weights[i] * squaredDistance(p, centers[nearest(p, centers)]));
    let target = random.uniform() * gaps.reduce((sum, gap) => sum + gap, 0);
    let chosen = points.length - 1;
    for (let i = 0; i < points.length; i++) {
      target -= gaps[i];
      if (target < 0) {
        chosen = i;
        break;
      }
    }
    centers.push(points[chosen]);
  }
  return centers;
}

function nearest(point: number[], centers: number[][]): number {
  let best = 0;
  for (let c = 1; c < centers.length; c++)
    if (squaredDistance(point, centers[c]) < squaredDistance(point, centers[best])) best = c;
  return best;
}

function squaredDistance(a: number[], b: number[]): number {
  return a.reduce((sum, x, d) => sum + (x - b[d]) ** 2, 0);
}
