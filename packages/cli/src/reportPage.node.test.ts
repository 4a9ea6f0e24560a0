import { spawn } from "node:child_process";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumLaunch } from "../../../scripts/chromium.js";

// The page as people meet it: made by the command from the OCR data, served by it, opened in a browser.
const root = join(import.meta.dirname, "../../..");
const command = spawn(
  process.execPath,
  [
    ...[
      "--import",
      "tsx",
      "packages/cli/src/entry.test-support.ts",
      "report",
      "examples/ocr/data/ocr.jsonl.gz",
    ],
    ...["--group", "page", "--by", "degradation", "--quiet", "--serve", "0"],
  ],
  { cwd: root, stdio: ["ignore", "ignore", "pipe"] },
);
let browser: Browser;
let address: string;

beforeAll(async () => {
  const served = new Promise<string>((resolve, reject) => {
    let printed = "";
    command.stderr.on("data", (text: Buffer) => {
      printed += text;
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed);
      if (url) resolve(url[0]);
    });
    command.once("exit", (code) => reject(new Error(`the command ended with ${code}: ${printed}`)));
  });
  browser = await chromium.launch(await chromiumLaunch());
  address = await served;
}, 180_000);

afterAll(async () => {
  command.kill("SIGINT");
  await browser?.close();
});

async function open(
  width: number,
  colorScheme: "light" | "dark",
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const complaints: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on(
    "request",
    (request) => !request.url().startsWith(address) && complaints.push(`asked for ${request.url()}`),
  );
  try {
    await page.goto(address);
    await use(page);
    expect(complaints.filter((text) => !/favicon/.test(text))).toEqual([]);
  } finally {
    await page.close();
  }
}

describe("the report in a browser", () => {
  it("answers the four questions in the order of the table of contents, and its links lead there", () =>
    open(1000, "light", async (page) => {
      expect(await page.title()).toContain("Credence");
      const links = page.locator("nav a");
      const titles = await links.allTextContents();
      const questions = [
        "Can I trust the confidences?",
        "Where not?",
        "What fixes them?",
        "Which answers can go out without a human?",
      ];
      // Other sections may stand between them.
      expect(titles.filter((title) => questions.includes(title))).toEqual(questions);
      for (let i = 0; i < titles.length; i++) {
        await links.nth(i).click();
        const target = page.locator(new URL(page.url()).hash);
        expect(await target.textContent()).toBe(titles[i]);
        // Scrolling may be smooth, and then takes a moment.
        const inView = () => target.evaluate((element) => element.getBoundingClientRect().top < innerHeight);
        await expect.poll(inView, { timeout: 10_000 }).toBe(true);
      }
    }));

  it("shows charts that speak to those who cannot see them, and says which rows did what", () =>
    open(1000, "light", async (page) => {
      // Narrow and wide windows have drawings of their own; one of each is shown.
      const charts = page.locator("main svg[role=img]:visible");
      expect(await charts.count()).toBeGreaterThanOrEqual(4);
      for (const chart of await charts.all()) {
        expect(await chart.locator("title").first().textContent()).not.toBe("");
        expect((await chart.boundingBox())?.height).toBeGreaterThan(50);
      }
      for (const part of ["fit", "certify", "evaluate"])
        expect(await page.locator("main").textContent()).toContain(part);
    }));

  it("leads from a number to its method and source", () =>
    open(1000, "light", async (page) => {
      await page.locator("main sup a").first().click();
      const method = page.locator(new URL(page.url()).hash);
      expect(await method.locator("strong").textContent()).not.toBe("");
    }));

  it.each([360, 720, 1200])("fits a window %i pixels wide", (width) =>
    open(width, "light", async (page) => {
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }),
  );

  it("is dark where the system is, and light on paper", () =>
    open(800, "dark", async (page) => {
      const lightness = () =>
        page.evaluate(() => {
          const [r, g, b] = (getComputedStyle(document.body).backgroundColor.match(/\d+/g) ?? []).map(Number);
          return (r + g + b) / 3;
        });
      expect(await lightness()).toBeLessThan(60);
      await page.emulateMedia({ media: "print", colorScheme: "dark" });
      expect(await lightness()).toBeGreaterThan(200);
    }));
});
