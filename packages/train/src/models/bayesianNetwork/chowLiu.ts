import { CredenceError } from "credence/numeric";
import { type Data, sizeOf } from "./table.js";

/**
 * The tree of largest likelihood (Chow & Liu 1968): a maximum spanning tree on the mutual information of pairs, directed
 * away from `root`. Pairs that tell nothing of each other at all (a constant column) are not linked. Each pair is measured on
 * the rows in which both are known.
 * @throws CredenceError "unknown-option" for a table with both discrete and continuous columns.
 */
export function chowLiu(data: Data, root = 0): number[][] {
  const { variables } = data;
  if (new Set(variables.map(({ kind }) => kind)).size > 1)
    throw new CredenceError(
      "unknown-option",
      { function: "bayesianNetwork", argument: "structure", value: "chow-liu" },
      "a tree cannot always be directed where discrete and continuous columns mix; use hill climbing, or cut the continuous columns into levels.",
    );
  return forest(
    data,
    variables.map((_, i) => i),
    root,
  );
}

/** The tree over some variables of one kind. */
export function forest(data: Data, among: readonly number[], root = among[0]): number[][] {
  const pairs = among.flatMap((a, i) =>
    among.slice(0, i).map((b) => ({ a, b, information: mutualInformation(data, a, b) })),
  );
  pairs.sort((x, y) => y.information - x.information || x.a - y.a || x.b - y.b);
  const tree = data.variables.map((_, i) => i);
  const neighbours: number[][] = data.variables.map(() => []);
  for (const { a, b, information } of pairs) {
    if (information <= 0 || tree[a] === tree[b]) continue;
    const joined = tree[b];
    for (let i = 0; i < tree.length; i++) if (tree[i] === joined) tree[i] = tree[a];
    neighbours[a].push(b);
    neighbours[b].push(a);
  }
  const parents: number[][] = data.variables.map(() => []);
  if (among.length === 0) return parents;
  const seen = new Uint8Array(tree.length);
  for (const start of [root, ...among]) {
    const waiting = seen[start] ? [] : [start];
    seen[start] = 1;
    for (const i of waiting)
      for (const j of neighbours[i]) {
        if (seen[j]) continue;
        seen[j] = 1;
        parents[j].push(i);
        waiting.push(j);
      }
  }
  return parents;
}

/** Mutual information of two columns of one kind in nats, by maximum likelihood, on the rows that have both. */
export function mutualInformation({ variables, rows, columns }: Data, a: number, b: number): number {
  const [x, y] = [columns[a], columns[b]];
  const both: number[] = [];
  for (let i = 0; i < rows; i++) if (!Number.isNaN(x[i]) && !Number.isNaN(y[i])) both.push(i);
  const n = both.length;
  if (n === 0) return 0;
  const [r, s] = [sizeOf(variables[a]), sizeOf(variables[b])];
  if (r === 0) {
    const [mx, my] = [x, y].map((column) => both.reduce((sum, i) => sum + column[i], 0) / n);
    let [xx, xy, yy] = [0, 0, 0];
    for (const i of both) {
      xx += (x[i] - mx) ** 2;
      xy += (x[i] - mx) * (y[i] - my);
      yy += (y[i] - my) ** 2;
    }
    if (xx === 0 || yy === 0) return 0;
    return -0.5 * Math.log(Math.max(1 - (xy / xx) * (xy / yy), 1e-15));
  }
  const joint = new Float64Array(r * s);
  for (const i of both) joint[x[i] * s + y[i]]++;
  const first = new Float64Array(r);
  const second = new Float64Array(s);
  joint.forEach((count, k) => {
    first[Math.floor(k / s)] += count;
    second[k % s] += count;
  });
  let information = 0;
  joint.forEach((count, k) => {
    if (count > 0)
      information += (count / n) * Math.log((count * n) / (first[Math.floor(k / s)] * second[k % s]));
  });
  return information;
}
