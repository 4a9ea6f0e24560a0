import { type Estimate, type EstimateOptions, levelOf } from "../estimate/estimate.js";
import { proportionEstimate } from "../estimate/proportion.js";
import { sidakLevel } from "../estimate/simultaneous.js";
import { checkFunction, checkNotEmpty, checkOptions, checkSameLength } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";
import { takeRows } from "./samples.js";

/** A class label. */
export type Label = string | number;

/**
 * Any comparison of two samples, class by class: precision, curves, distances. Classes in order of first appearance in
 * the real sample.
 * @param compare Called with the real and the generated rows of each class, and its label.
 * @throws CredenceError "length-mismatch", "unknown-class" for a generated label without real rows, "too-few" for a
 *   real class that is never generated.
 * @example
 * ```ts
 * import { perClass, prdc } from "credence/fidelity";
 * const rows = { data: [0, 1, 2, 10, 11, 12], rows: 6, columns: 1 };
 * const labels = ["a", "a", "a", "b", "b", "b"];
 * const found = perClass(rows, labels, rows, labels, (a, b) => prdc(a, b, { k: 1, interval: false }).recall.value);
 * found.get("b"); // → 1
 * ```
 */
export function perClass<T>(
  real: Matrix,
  realLabels: ArrayLike<Label>,
  generated: Matrix,
  generatedLabels: ArrayLike<Label>,
  compare: (real: Matrix, generated: Matrix, label: Label) => T,
): Map<Label, T> {
  const fn = "perClass";
  checkFunction(fn, "compare", compare);
  const a = rowsByClass(fn, "real", real, realLabels);
  const b = rowsByClass(fn, "generated", generated, generatedLabels);
  for (const label of b.keys()) if (!a.has(label)) throw unknownClass(fn, label);
  return new Map(
    Array.from(a, ([label, rows]) => {
      const made = b.get(label);
      if (!made)
        throw new CredenceError(
          "too-few",
          { function: fn, argument: "generatedLabels", value: label },
          "is a class of the real sample that was never generated: its recall is 0; leave it out to compare the rest.",
        );
      return [label, compare(takeRows(real, rows), takeRows(generated, made), label)];
    }),
  );
}

/** How often a class occurs. */
export interface ClassShare {
  readonly label: Label;
  /** Its share in the real sample. */
  readonly real: Estimate;
  /** Its share in the generated sample. */
  readonly generated: Estimate;
  /** Its share among the generated rows whose confidence is high; null where no confidences were given or none is. */
  readonly confident: Estimate | null;
}

/** Options of {@link classSkew}. */
export interface ClassSkewOptions extends Omit<EstimateOptions, "groups"> {
  /** The classifier's confidence in each generated row's label. */
  confidences?: ArrayLike<number>;
  /** What counts as high. Default 0.9. */
  threshold?: number;
  groups?: { readonly real?: ArrayLike<Label>; readonly generated?: ArrayLike<Label> };
}

/**
 * Class shares of a generator beside those of the data, and among its high-confidence samples: picking the samples a
 * classifier likes best often skews the classes further. All intervals hold together (Šidák).
 * @throws CredenceError "empty-input", "length-mismatch", "unknown-class" for a generated label that is no real one.
 * @example
 * ```ts
 * import { classSkew } from "credence/fidelity";
 * const [zeros] = classSkew([0, 0, 1, 1], [0, 0, 0, 1]);
 * [zeros.real.value, zeros.generated.value]; // → [0.5, 0.75]
 * ```
 */
export function classSkew(
  realLabels: ArrayLike<Label>,
  generatedLabels: ArrayLike<Label>,
  options: ClassSkewOptions = {},
): ClassShare[] {
  const fn = "classSkew";
  checkOptions(fn, options);
  const { confidences, threshold = 0.9, groups = {} } = options;
  checkNotEmpty(fn, "realLabels", realLabels);
  checkNotEmpty(fn, "generatedLabels", generatedLabels);
  if (confidences) checkSameLength(fn, "confidences", confidences, "generatedLabels", generatedLabels);
  const labels = [...new Set(Array.from(realLabels))];
  for (const label of new Set(Array.from(generatedLabels)))
    if (!labels.includes(label)) throw unknownClass(fn, label);
  const level = sidakLevel(levelOf(fn, options), (confidences ? 3 : 2) * labels.length);
  const sure = confidences
    ? Array.from(confidences).flatMap((confidence, i) => (confidence >= threshold ? [i] : []))
    : [];
  const share = (values: readonly Label[], label: Label, ids?: ArrayLike<Label>) => ({
    ...proportionEstimate(
      values.map((value) => (value === label ? 1 : 0)),
      { interval: options.interval, level, groups: ids },
      fn,
    ),
    level: levelOf(fn, options),
  });
  const [real, generated] = [Array.from(realLabels), Array.from(generatedLabels)];
  return labels.map((label) => ({
    label,
    real: share(real, label, groups.real),
    generated: share(generated, label, groups.generated),
    confident: sure.length
      ? share(
          sure.map((i) => generated[i]),
          label,
          groups.generated && sure.map((i) => groups.generated![i]),
        )
      : null,
  }));
}

function rowsByClass(
  fn: string,
  argument: string,
  matrix: Matrix,
  labels: ArrayLike<Label>,
): Map<Label, number[]> {
  checkMatrix(fn, argument, matrix);
  checkSameLength(fn, `${argument}Labels`, labels, `the rows of ${argument}`, { length: matrix.rows });
  const rows = new Map<Label, number[]>();
  for (let i = 0; i < labels.length; i++) {
    const list = rows.get(labels[i]);
    if (list) list.push(i);
    else rows.set(labels[i], [i]);
  }
  return rows;
}

function unknownClass(fn: string, label: Label): CredenceError {
  return new CredenceError(
    "unknown-class",
    { function: fn, argument: "generatedLabels", value: label },
    "is no class of the real sample; check how labels are written.",
  );
}
