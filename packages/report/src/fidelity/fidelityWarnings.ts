import { formatCount, formatList, formatPercent, formatPlural } from "../words/format.js";
import type { FeatureSet } from "./features.js";
import type { FidelityWarning } from "./fidelity.js";
import { constantColumns, copiesOf, deviations } from "./sampleChecks.js";

const LIKE_GENERATED = /(^|[^a-z])(fake|gen|generated|synth|synthetic|sample|samples)([^a-z]|$)/i;
const LIKE_REAL = /(^|[^a-z])(real|reference|ref|train|test|data|holdout)([^a-z]|$)/i;
/** From this ratio of standard deviations on, a few columns decide the distances. */
const WIDE_SCALES = 100;
/** Names of columns in a sentence. */
const MOST_NAMES = 5;

/** What must be known before the numbers are read. */
export function fidelityWarnings(
  reference: FeatureSet,
  generated: readonly FeatureSet[],
  members: readonly FeatureSet[] | null,
  { standardise, k }: { standardise: boolean; k: number },
): FidelityWarning[] {
  const found: FidelityWarning[] = [];
  const alarm = (code: FidelityWarning["code"], message: string) =>
    found.push({ code, severity: "alarm", message });
  const note = (code: FidelityWarning["code"], message: string) =>
    found.push({ code, severity: "note", message });
  const { rows, columns } = reference.matrix;
  for (const set of generated) {
    const copies = copiesOf(reference.matrix, set.matrix);
    if (copies === set.matrix.rows && rows === set.matrix.rows)
      alarm("same-rows", `${set.name} holds the very rows of ${reference.name}: was one file named twice?`);
    else if (copies > 0)
      (copies > 0.01 * set.matrix.rows ? alarm : note)(
        "copies",
        `${formatPlural(copies, "row")} of ${set.name} (${formatPercent(copies / set.matrix.rows)}) ${copies === 1 ? "equals a row" : "equal rows"} of ${reference.name}, number for number: copies of the data raise every score.`,
      );
  }
  if (
    generated.length > 0 &&
    LIKE_GENERATED.test(reference.name) &&
    generated.every(({ name }) => LIKE_REAL.test(name) && !LIKE_GENERATED.test(name))
  )
    alarm(
      "swapped",
      `The first file is taken for the real data, here ${reference.name}. If ${generated[0].name} is the real one, swap them: precision and recall change places.`,
    );
  for (const set of [reference, ...generated]) {
    const own = set.matrix.rows;
    if (own < 2 * columns)
      note(
        "few-rows",
        `${set.name} has ${formatCount(own)} rows for ${formatPlural(columns, "column")}: with fewer than two rows a column the Fréchet distance has no valid interval, and its value says more about the number of rows than about the samples.`,
      );
    if (own <= 2 * k)
      note(
        "few-rows",
        `${set.name} has ${formatPlural(own, "row")}: too few for ${k} neighbours in half samples.`,
      );
  }
  const constant = constantColumns(reference.matrix);
  const name = (j: number) => reference.columns?.[j] ?? String(j + 1);
  if (constant.length > 0)
    note(
      "constant-columns",
      `${constant.length === 1 ? "Column" : `${formatCount(constant.length)} columns:`} ${formatList(constant.slice(0, MOST_NAMES).map(name))}${constant.length > MOST_NAMES ? " …" : ""} ${constant.length === 1 ? "is" : "are"} constant in ${reference.name}; a generator that varies there is far away at once.`,
    );
  const sds = Array.from(deviations(reference.matrix)).filter((sd) => sd > 0);
  if (!standardise && sds.length > 1 && Math.max(...sds) > WIDE_SCALES * Math.min(...sds))
    note(
      "scales",
      `The columns of ${reference.name} differ in scale by a factor of ${formatCount(Math.max(...sds) / Math.min(...sds))}, so that distances are those of the largest. If they are not features of one model, use --standardise.`,
    );
  for (const set of [reference, ...generated, ...(members ?? [])])
    if (set.dropped > 0)
      note(
        "dropped",
        `${formatPlural(set.dropped, "row")} of ${set.name} ${set.dropped === 1 ? "was" : "were"} left out: NaN, infinities, empty cells or empty lines. If they are not missing at random, what is left flatters the generator.`,
      );
  if (members && members.length < 5)
    note(
      "members",
      `${members.length} models say little about how much trainings differ: the intervals of variances span orders of magnitude below five.`,
    );
  return found;
}
