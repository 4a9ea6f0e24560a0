import { join } from "node:path";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumLaunch } from "../../../../scripts/chromium.js";
import type { page as PageApi } from "./page.test-support.js";

declare const credencePage: typeof PageApi;

const root = join(import.meta.dirname, "../../../..");
let browser: Browser;
let page: Page;
let inputs: string[];

beforeAll(async () => {
  const bundle = await build({
    entryPoints: [join(import.meta.dirname, "page.test-support.ts")],
    bundle: true,
    write: false,
    metafile: true,
    platform: "browser",
    format: "iife",
    tsconfig: join(root, "tsconfig.json"),
    logLevel: "silent",
  });
  inputs = Object.keys(bundle.metafile.inputs);
  browser = await chromium.launch(await chromiumLaunch());
  page = await browser.newPage();
  await page.setContent('<!doctype html><meta name="color-scheme" content="light dark"><body></body>');
  await page.addScriptTag({ content: bundle.outputFiles[0].text });
}, 120_000);
afterAll(() => browser?.close());

async function mount(name: string, width: number): Promise<void> {
  await page.setViewportSize({ width, height: 900 });
  await page.evaluate((chart) => credencePage.mount(chart), name);
  await page.waitForSelector("svg.credence-chart");
}

const drawnWidth = () => page.$eval("svg.credence-chart", (svg) => Number(svg.getAttribute("width")));

describe("mountChart", () => {
  it("loads neither linkedom nor resvg", () => {
    expect(inputs.some((file) => file.includes("@observablehq/plot"))).toBe(true);
    expect(inputs.filter((file) => /linkedom|resvg/.test(file))).toEqual([]);
  });

  it("is drawn anew when the width changes", async () => {
    await mount("forest-plot", 700);
    expect(await drawnWidth()).toBe(684);
    await page.setViewportSize({ width: 400, height: 900 });
    await expect.poll(drawnWidth).toBe(384);
    expect(await page.$$eval("svg.credence-chart", (all) => all.length)).toBe(1);
  });

  it("shows new data, and goes without a trace", async () => {
    await mount("forest-plot", 700);
    await page.evaluate(() => credencePage.update("risk-coverage"));
    expect(await page.$eval("svg.credence-chart > title", (title) => title.textContent)).toBe(
      "Risk and coverage",
    );
    await page.evaluate(() => credencePage.remove());
    expect(await page.$$eval("svg", (all) => all.length)).toBe(0);
  });

  it("follows the colour scheme, and prints in light", async () => {
    await mount("risk-coverage", 700);
    const colours = () =>
      page.$eval("svg.credence-chart", (svg) => [
        getComputedStyle(svg.querySelector(":scope > text")!).fill,
        getComputedStyle(svg.querySelector("[aria-label=line]")!).stroke,
      ]);
    const light = ["rgb(27, 33, 41)", "rgb(26, 95, 180)"];
    await page.emulateMedia({ colorScheme: "light" });
    expect(await colours()).toEqual(light);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await colours()).toEqual(["rgb(232, 235, 239)", "rgb(116, 179, 247)"]);
    await page.emulateMedia({ colorScheme: "dark", media: "print" });
    expect(await colours()).toEqual(light);
    await page.emulateMedia({ colorScheme: "light", media: "screen" });
  });

  it("answers to the pointer", async () => {
    await mount("reliability-diagram", 700);
    const dot = await page.$("[aria-label=dot] circle:last-of-type");
    const box = (await dot?.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2 - 3, box.y + box.height / 2);
    await page.waitForFunction(() =>
      document.querySelector("[aria-label=tip]")?.textContent?.includes("frequency"),
    );
    const fill = await page.$eval("[aria-label=tip]", (tip) => getComputedStyle(tip).fill);
    expect(fill).toBe("rgb(254, 254, 254)");
  });

  for (const width of [360, 720])
    it(`clips no text and lets no two texts overlap at ${width} pixels`, async () => {
      const charts = await page.evaluate(() => credencePage.charts);
      const faults: string[] = [];
      for (const chart of charts) {
        await mount(chart, width);
        faults.push(...(await page.evaluate(layoutFaults)).map((fault) => `${chart}: ${fault}`));
      }
      expect(faults).toEqual([]);
    });
});

/** Runs in the page: texts that leave the drawing, and pairs of texts that cover each other. */
function layoutFaults(): string[] {
  const svg = document.querySelector("svg.credence-chart")!;
  const whole = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll("text")]
    .map((text) => ({ words: text.firstChild?.textContent ?? "", box: text.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0);
  const slack = 1.5;
  const faults = texts
    .filter(
      ({ box }) =>
        box.left < whole.left - slack ||
        box.right > whole.right + slack ||
        box.top < whole.top - slack ||
        box.bottom > whole.bottom + slack,
    )
    .map(({ words }) => `"${words}" leaves the drawing`);
  texts.forEach((a, i) => {
    for (const b of texts.slice(i + 1)) {
      const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
      const high = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
      if (wide > slack && high > 3) faults.push(`"${a.words}" covers "${b.words}"`);
    }
  });
  return faults;
}
