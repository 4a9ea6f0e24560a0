/** npm run picture: the README's picture of the report, from the files that `npm start -- --once` wrote. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { chromiumLaunch } from "./chromium.js";

const root = join(import.meta.dirname, "..");
const report = join(root, "report/report.html");
if (!existsSync(report)) {
  console.error("There is no report yet; run: npm start -- --once");
  process.exit(1);
}

const browser = await chromium.launch(await chromiumLaunch());
try {
  const page = await browser.newPage({ viewport: { width: 1000, height: 1150 }, deviceScaleFactor: 1.5 });
  await page.goto(pathToFileURL(report).href);
  await page.screenshot({ path: join(root, "docs/images/report.png") });
} finally {
  await browser.close();
}
