import type { Reliability } from "../analysis/report.js";
import type { Paint } from "./paint.js";

const COLUMNS = 41;
const ROWS = 11;
const BARS = " ▁▂▃▄▅▆▇█";

/** A small reliability diagram in characters: bins, the diagonal, and below them where the confidences lie. */
export function reliabilityText({ points, histogram }: Reliability, paint: Paint): string[] {
  const grid = Array.from({ length: ROWS }, () => new Array<string>(COLUMNS).fill(" "));
  const column = (x: number) => Math.round(x * (COLUMNS - 1));
  const row = (y: number) => Math.round((1 - y) * (ROWS - 1));
  for (let c = 0; c < COLUMNS; c++) grid[row(c / (COLUMNS - 1))][c] = paint.muted("·");
  let outside = 0;
  for (const { meanConfidence, frequency, simultaneous } of points) {
    const off = simultaneous !== null && (frequency < simultaneous[0] || frequency > simultaneous[1]);
    if (off) outside++;
    grid[row(frequency)][column(meanConfidence)] = off ? paint.bad("◆") : paint.good("●");
  }
  const axis = grid.map((cells, r) => {
    const label = r % 5 === 0 ? (1 - r / (ROWS - 1)).toFixed(1) : "   ";
    return `  ${label} ${r % 5 === 0 ? "┤" : "│"}${cells.join("")}`;
  });
  const bars = paint.muted(histogramText(histogram));
  const key = [
    `${paint.good("●")} bin`,
    outside > 0 && `${paint.bad("◆")} bin off beyond chance`,
    `${paint.muted("·")} calibrated`,
  ];
  return [
    `  right  ${key.filter(Boolean).join("   ")}`,
    ...axis,
    `      └${"┴─────────".repeat(4)}┴`,
    `       ${bars}`,
    "       0        0.25      0.5      0.75       1  confidence",
  ];
}

/** Heights by the square root, so that few rows are still seen beside many. */
function histogramText({ edges, counts }: Reliability["histogram"]): string {
  const sums = new Array<number>(COLUMNS).fill(0);
  counts.forEach((count, i) => {
    sums[Math.min(COLUMNS - 1, Math.floor(((edges[i] + edges[i + 1]) / 2) * COLUMNS))] += count;
  });
  const most = Math.max(...sums);
  return sums.map((sum) => BARS[sum === 0 ? 0 : Math.max(1, Math.round(Math.sqrt(sum / most) * 8))]).join("");
}
