import { ensemblePrecisionRecallSteps } from "credence/fidelity";
import type { FeatureSet } from "./features.js";
import type { MembersReport } from "./fidelity.js";
import type { FidelityKernels } from "./fidelityKernels.js";
import { finishWith } from "./finishWith.js";

interface EnsembleSettings {
  readonly level: number;
  readonly seed: number;
  readonly kernels: FidelityKernels | null;
  readonly datasets?: readonly string[];
  readonly onProgress?: (step: string, share: number) => void;
}

/** Models trained alike: their curves, the worst, and where the spread comes from. */
export async function ensembleReport(
  real: FeatureSet,
  members: readonly FeatureSet[],
  { level, seed, kernels, datasets, onProgress }: EnsembleSettings,
): Promise<MembersReport> {
  const names = members.map(({ name }) => name);
  const steps = ensemblePrecisionRecallSteps(
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
  const found = await finishWith(kernels, steps);
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
