import { ensemblePrecisionRecall } from "credence/fidelity";
import type { FeatureSet } from "./features.js";
import type { MembersReport } from "./fidelity.js";

interface EnsembleSettings {
  readonly datasets?: readonly string[];
  readonly onProgress?: (step: string, share: number) => void;
}

/** Models trained alike: their curves, the worst, and where the spread comes from. */
export function ensembleReport(
  real: FeatureSet,
  members: readonly FeatureSet[],
  { datasets, onProgress }: EnsembleSettings,
  level: number,
  seed: number,
): MembersReport {
  const names = members.map(({ name }) => name);
  const found = ensemblePrecisionRecall(
    real.matrix,
    members.map(({ matrix }) => matrix),
    {
      level,
      seed,
      angles: 90,
      ...(datasets && { datasets }),
      onProgress: (done, total) => onProgress?.(`members: curve ${done} of ${total}`, done / total),
    },
  );
  return {
    rows: found.n,
    folds: 2,
    k: found.k,
    summary: found.summary,
    members: found.members.map(({ summary, radius }, s) => ({
      name: names[s],
      rows: members[s].matrix.rows,
      dropped: members[s].dropped,
      ...summary,
      radius: Array.from(radius),
    })),
    worst: names[found.worst],
    floor: found.noiseFloor && {
      radius: Array.from(found.noiseFloor.mean),
      summary: found.noiseFloor.summary,
    },
    angles: Array.from(found.angles),
    mean: Array.from(found.mean),
    band: {
      low: Array.from(found.band.low),
      high: Array.from(found.band.high),
      level: found.band.level,
    },
    components: found.components,
    radiusComponents: found.radiusComponents,
    notes: found.notes,
  };
}
