import { existsSync } from "node:fs";

const installed = [
  process.env.CHROME_PATH,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

const libraries = ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib"];

/** Playwright launch options for a browser that is there: an installed Chrome or Chromium, else the one inside npm. */
export async function chromiumLaunch(): Promise<{ executablePath: string; args: string[] }> {
  const quiet = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ];
  const found = installed.find((path) => path && existsSync(path));
  if (found) return { executablePath: found, args: quiet };
  // The package brings the shared libraries too, but unpacks them only where it takes itself to be on Lambda.
  if (!libraries.some((folder) => existsSync(`${folder}/libnss3.so`)))
    process.env.AWS_EXECUTION_ENV ??= "AWS_Lambda_nodejs20.x";
  const { default: chromium } = await import("@sparticuz/chromium");
  return { executablePath: await chromium.executablePath(), args: [...chromium.args, ...quiet] };
}
