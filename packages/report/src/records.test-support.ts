import { createRandom } from "credence/numeric";
import type { Records } from "./reading/records.js";

/** What the made-up model is like. */
export interface SmallOptions {
  groups?: number;
  rowsPerGroup?: number;
  /** By how much the last of three slices overstates its confidence. */
  overstated?: number;
  /** How strongly rows of one group succeed and fail together, in [0, 1]. */
  together?: number;
  seed?: number;
}

/** Made-up records in groups, with three slices by turns; calibrated unless asked otherwise. */
export function smallRecords(options: SmallOptions = {}): Records {
  const { groups = 60, rowsPerGroup = 10, overstated = 0, together = 0, seed = 1 } = options;
  const random = createRandom(seed);
  const n = groups * rowsPerGroup;
  const confidences = new Float64Array(n);
  const outcomes = new Uint8Array(n);
  const group = new Int32Array(n);
  const slice = new Int32Array(n);
  for (let g = 0; g < groups; g++) {
    const fate = random.uniform();
    for (let k = 0; k < rowsPerGroup; k++) {
      const i = g * rowsPerGroup + k;
      // Two decimals, so that JSON and CSV hold the same number.
      confidences[i] = Math.round(100 * (0.3 + 0.69 * random.uniform())) / 100;
      group[i] = g;
      slice[i] = g % 3;
      const truth = Math.max(0, confidences[i] - (slice[i] === 2 ? overstated : 0));
      const luck = random.uniform() < together ? fate : random.uniform();
      outcomes[i] = luck < truth ? 1 : 0;
    }
  }
  return {
    origin: {
      files: ["small.csv"],
      format: "memory",
      columns: { confidence: "confidence", outcome: "correct", group: "page", by: ["condition"] },
      where: null,
      guesses: [],
    },
    n,
    missing: 7,
    unlabelled: 0,
    confidences,
    outcomes,
    group: { name: "page", codes: group, count: groups },
    slices: [{ name: "condition", codes: slice, count: 3, labels: ["clean", "blurred", "noisy"] }],
    suspects: [],
  };
}

/** The records as the lines of a CSV file. */
export function recordsCsv({ confidences, outcomes, group, slices }: Records): string {
  const rows = Array.from(confidences, (p, i) => {
    const { codes, labels } = slices[0];
    return `${p},${outcomes[i]},p${group?.codes[i]},${labels[codes[i]]}`;
  });
  return `confidence,correct,page,condition\n${rows.join("\n")}\n`;
}
