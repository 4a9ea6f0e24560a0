import { checkCount, checkFields, checkList, checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import type { Matrix } from "../numeric/matrix.js";

/** Labels of several annotators: rows × annotators, class numbers 0, 1, …; NaN where somebody did not look. */
export type Annotations = Matrix;

/** A vote on every row. */
export interface Vote {
  /** The class with most votes; −1 without a single vote. The lowest class among equals. */
  readonly labels: Int32Array;
  /** Share of votes for each class: rows × classes; NaN without a vote. */
  readonly shares: Matrix & { readonly data: Float64Array };
  /** Votes for each row. */
  readonly votes: Int32Array;
  /** Rows on which two classes or more are equally strong. */
  readonly ties: number;
  /** Rows without a vote. */
  readonly missing: number;
  /**
   * Share of pairs of annotators of one row who agree, over all such pairs; NaN where no two looked at one row. What
   * agreement says about error: two annotators who err independently with rate e agree with probability 1 − 2e(1 − e).
   */
  readonly agreement: number;
}

/**
 * The majority vote, with what it leaves open: the shares are the raw material of `softOutcomeMetrics`.
 * @throws CredenceError "empty-input", "length-mismatch", "unknown-class" for labels that are not whole numbers ≥ 0.
 * @example
 * ```ts
 * import { majorityVote } from "credence/calibration";
 * const votes = majorityVote({ data: [1, 1, 0, 0, 0, Number.NaN], rows: 2, columns: 3 });
 * [...votes.labels]; // → [1, 0]
 * votes.agreement; // → 0.5
 * ```
 */
export function majorityVote(annotations: Annotations): Vote {
  const fn = "majorityVote";
  const classes = checkAnnotations(fn, annotations);
  const { data, rows, columns } = annotations;
  const shares = new Float64Array(rows * classes);
  const labels = new Int32Array(rows).fill(-1);
  const votes = new Int32Array(rows);
  let ties = 0;
  let missing = 0;
  let pairs = 0;
  let agreeing = 0;
  for (let i = 0; i < rows; i++) {
    const counts = shares.subarray(i * classes, (i + 1) * classes);
    for (let a = 0; a < columns; a++) {
      const label = data[i * columns + a];
      if (Number.isNaN(label)) continue;
      votes[i]++;
      counts[label]++;
    }
    const most = Math.max(...counts);
    if (votes[i] === 0) missing++;
    else {
      labels[i] = counts.indexOf(most);
      if (counts.filter((count) => count === most).length > 1) ties++;
    }
    pairs += (votes[i] * (votes[i] - 1)) / 2;
    for (let c = 0; c < classes; c++) {
      agreeing += (counts[c] * (counts[c] - 1)) / 2;
      counts[c] = votes[i] > 0 ? counts[c] / votes[i] : Number.NaN;
    }
  }
  return {
    labels,
    shares: { data: shares, rows, columns: classes },
    votes,
    ties,
    missing,
    agreement: pairs > 0 ? agreeing / pairs : Number.NaN,
  };
}

/** What Dawid and Skene's model makes of annotations. */
export interface DawidSkene {
  /** Probability of each class for each row: rows × classes. */
  readonly probabilities: Matrix & { readonly data: Float64Array };
  /** Share of each class. */
  readonly prevalence: Float64Array;
  /** Per annotator: probability of saying `said` where the truth is `truth`, at truth · classes + said. */
  readonly confusion: readonly Float64Array[];
  readonly logLikelihood: number;
  readonly iterations: number;
  /** Whether the change of the log likelihood per row fell below the tolerance. */
  readonly converged: boolean;
}

/** Options of {@link dawidSkene}. */
export interface DawidSkeneOptions {
  /** Default 1000. */
  maxIterations?: number;
  /** Change of the log likelihood per row at which to stop. Default 1e-9. */
  tolerance?: number;
  /** Pseudo-labels added to every cell of every confusion matrix, against zeros. Default 0.01. */
  smoothing?: number;
}

/**
 * The model of Dawid & Skene (1979): every annotator errs in their own way, independently given the truth; truth and
 * error rates are found together by expectation–maximisation, started from the majority vote.
 *
 * It rests on annotators who label the same rows: where they fall into parts that share no row, their error rates cannot
 * be compared, and that is an error rather than an answer.
 * @throws CredenceError "empty-input", "length-mismatch", "unknown-class", "out-of-range"; "too-few" where a row has no
 *   label, where there are fewer than three annotators, or where annotators never overlap.
 * @example
 * ```ts
 * import { dawidSkene } from "credence/calibration";
 * const data = [1, 1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 0];
 * const model = dawidSkene({ data, rows: 6, columns: 3 });
 * model.converged; // → true
 * ```
 */
export function dawidSkene(annotations: Annotations, options: DawidSkeneOptions = {}): DawidSkene {
  const fn = "dawidSkene";
  checkOptions(fn, options);
  const { maxIterations = 1000, tolerance = 1e-9, smoothing = 0.01 } = options;
  checkCount(fn, "maxIterations", maxIterations);
  if (!(smoothing >= 0))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "smoothing", value: smoothing },
      "must not be negative.",
    );
  checkAnnotations(fn, annotations);
  const start = majorityVote(annotations);
  const { rows, columns: annotators } = annotations;
  if (annotators < 3) throw tooFew(fn, `there are ${annotators} annotators; the model needs three at least.`);
  if (start.missing > 0) throw tooFew(fn, `${start.missing} rows have no label; drop them first.`);
  checkOverlap(fn, annotations);
  const classes = start.shares.columns;
  const probabilities = start.shares.data;
  let prevalence = new Float64Array(classes);
  let confusion: Float64Array[] = [];
  let logLikelihood = -Infinity;
  for (let iterations = 1; ; iterations++) {
    ({ prevalence, confusion } = maximise(annotations, probabilities, classes, smoothing));
    const next = expect(annotations, probabilities, prevalence, confusion);
    const converged = Math.abs(next - logLikelihood) <= tolerance * rows;
    logLikelihood = next;
    if (converged || iterations === maxIterations)
      return {
        probabilities: { data: probabilities, rows, columns: classes },
        prevalence,
        confusion,
        logLikelihood,
        iterations,
        converged,
      };
  }
}

function maximise(
  { data, rows, columns: annotators }: Annotations,
  probabilities: Float64Array,
  classes: number,
  smoothing: number,
): { prevalence: Float64Array<ArrayBuffer>; confusion: Float64Array[] } {
  const prevalence = new Float64Array(classes);
  const confusion = Array.from({ length: annotators }, () =>
    new Float64Array(classes * classes).fill(smoothing),
  );
  for (let i = 0; i < rows; i++)
    for (let truth = 0; truth < classes; truth++) {
      const weight = probabilities[i * classes + truth];
      prevalence[truth] += weight / rows;
      for (let a = 0; a < annotators; a++) {
        const said = data[i * annotators + a];
        if (!Number.isNaN(said)) confusion[a][truth * classes + said] += weight;
      }
    }
  for (const matrix of confusion)
    for (let truth = 0; truth < classes; truth++) {
      const row = matrix.subarray(truth * classes, (truth + 1) * classes);
      const sum = row.reduce((total, value) => total + value, 0);
      for (let said = 0; said < classes; said++) row[said] = sum > 0 ? row[said] / sum : 1 / classes;
    }
  return { prevalence, confusion };
}

/** Writes the probabilities of the truth of every row; returns the log likelihood. */
function expect(
  { data, rows, columns: annotators }: Annotations,
  probabilities: Float64Array,
  prevalence: Float64Array,
  confusion: readonly Float64Array[],
): number {
  const classes = prevalence.length;
  let logLikelihood = 0;
  for (let i = 0; i < rows; i++) {
    const row = probabilities.subarray(i * classes, (i + 1) * classes);
    for (let truth = 0; truth < classes; truth++) {
      row[truth] = Math.log(prevalence[truth]);
      for (let a = 0; a < annotators; a++) {
        const said = data[i * annotators + a];
        if (!Number.isNaN(said)) row[truth] += Math.log(confusion[a][truth * classes + said]);
      }
    }
    const largest = Math.max(...row);
    let sum = 0;
    for (let truth = 0; truth < classes; truth++) {
      row[truth] = Math.exp(row[truth] - largest);
      sum += row[truth];
    }
    for (let truth = 0; truth < classes; truth++) row[truth] /= sum;
    logLikelihood += largest + Math.log(sum);
  }
  return logLikelihood;
}

/** Refuses annotators who fall into parts without a common row. */
function checkOverlap(fn: string, { data, rows, columns }: Annotations): void {
  const parent = Int32Array.from({ length: columns }, (_, a) => a);
  const root = (a: number): number => {
    while (parent[a] !== a) a = parent[a];
    return a;
  };
  for (let i = 0; i < rows; i++) {
    let first = -1;
    for (let a = 0; a < columns; a++) {
      if (Number.isNaN(data[i * columns + a])) continue;
      if (first < 0) first = a;
      else parent[root(a)] = root(first);
    }
  }
  for (let a = 1; a < columns; a++)
    if (root(a) !== root(0))
      throw tooFew(
        fn,
        `annotators 0 and ${a} are not linked by common rows, so their errors cannot be compared; have some rows labelled by both.`,
      );
}

const tooFew = (fn: string, explanation: string): CredenceError =>
  new CredenceError("too-few", { function: fn, argument: "annotations" }, explanation);

/** Returns the number of classes. */
function checkAnnotations(fn: string, annotations: Annotations): number {
  checkFields(fn, "annotations", annotations);
  const { data, rows, columns } = annotations;
  checkList(fn, "annotations.data", data);
  if (!(rows > 0 && columns > 0))
    throw new CredenceError("empty-input", { function: fn, argument: "annotations" }, "holds no label.");
  if (data.length !== rows * columns)
    throw new CredenceError(
      "length-mismatch",
      { function: fn, argument: "annotations" },
      `has ${data.length} values, but ${rows} rows × ${columns} annotators are ${rows * columns}.`,
    );
  let classes = 2;
  for (let i = 0; i < data.length; i++) {
    if (Number.isNaN(data[i])) continue;
    if (!Number.isInteger(data[i]) || data[i] < 0)
      throw new CredenceError(
        "unknown-class",
        { function: fn, argument: "annotations", index: i, value: data[i] },
        "a label is a class number 0, 1, …, or NaN where there is none.",
      );
    classes = Math.max(classes, data[i] + 1);
  }
  return classes;
}
