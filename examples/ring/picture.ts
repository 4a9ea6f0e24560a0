/** npx tsx examples/ring/picture.ts: two ensembles of the ring experiment, docs/images/ring.svg. */
import { writeFileSync } from "node:fs";
import { precisionRecallChart } from "@credence/plot";
import { renderSvg } from "@credence/plot/svg";
import { ensemblePrecisionRecall } from "credence/fidelity";
import { cells, readSamples, referenceSample } from "./experiment.js";

const reference = referenceSample();
const [settled, unsettled] = ["per-batch", "unsettled-4"].map((wanted) => {
  const cell = cells.find(({ name }) => name === wanted);
  if (!cell) throw new Error(`There is no cell ${wanted}.`);
  return ensemblePrecisionRecall(reference, readSamples(cell), { angles: 100 });
});
const chart = precisionRecallChart(
  {
    angles: settled.angles,
    curves: [
      { label: "constant rate, last step", radius: unsettled.mean, band: unsettled.band },
      { label: "falling rate, averaged weights", radius: settled.mean, band: settled.band },
    ],
    bandLabel: "95 % band of the mean",
    members: unsettled.members.map(({ radius }) => radius),
    worst: { label: "its worst training", radius: unsettled.members[unsettled.worst].radius },
    noiseFloor: settled.noiseFloor?.mean ?? null,
  },
  {
    title: "Twelve trainings each, depth 4",
    subtitle: "How the last steps are taken decides how far trainings lie apart",
  },
);
writeFileSync(new URL("../../docs/images/ring.svg", import.meta.url), `${renderSvg(chart)}\n`);
console.log(`docs/images/ring.svg: ${chart.description}`);
