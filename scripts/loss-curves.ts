/** npm run loss-curves: draws the loss curves of the committed models, examples/models, into docs/images/loss. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type LossCurvePoint, lossCurveChart } from "@credence/plot";
import { renderSvg } from "@credence/plot/svg";

const root = join(import.meta.dirname, "..");
const models = join(root, "examples/models");
const images = join(root, "docs/images/loss");
mkdirSync(images, { recursive: true });

for (const name of readdirSync(models)) {
  const card = join(models, name, "card.json");
  if (!existsSync(card)) continue;
  const { history } = JSON.parse(readFileSync(card, "utf8")) as { history?: readonly LossCurvePoint[] };
  if (!history || history.length < 2) continue;
  const chart = lossCurveChart({ history }, { title: `Loss of ${name}` });
  writeFileSync(join(images, `${name}.svg`), `${renderSvg(chart)}\n`);
  console.log(`docs/images/loss/${name}.svg: ${chart.description}`);
}
