import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { chromiumLaunch } from "./scripts/chromium.js";

const slow = ["**/*.long.test.ts"];
const node = ["**/*.node.test.ts"];

/**
 * Three tiers: `unit` (npm test), `long` (npm run test:long), and `browser`, which runs the tests of the
 * pure package `credence` in Chromium. Files named *.node.test.ts need Node and stay out of the browser.
 */
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    passWithNoTests: false,
    testTimeout: 30_000,
    coverage: {
      provider: "v8",
      include: ["packages/credence/src/**/*.ts"],
      exclude: ["**/*.test.ts", "**/*.test-support.ts", "**/index.ts"],
      reporter: ["text-summary", "json-summary"],
      thresholds: { statements: 95 },
    },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["{packages,scripts,examples,bench}/**/*.test.ts"],
          exclude: ["**/node_modules/**", "**/dist/**", ...slow],
        },
      },
      {
        extends: true,
        test: {
          name: "long",
          include: ["packages/**/*.long.test.ts"],
          exclude: ["**/node_modules/**", "**/dist/**"],
          testTimeout: 3_600_000,
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: ["packages/credence/src/**/*.test.ts"],
          exclude: ["**/node_modules/**", "**/dist/**", ...slow, ...node],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: await chromiumLaunch() }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
});
