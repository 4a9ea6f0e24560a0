/** npx tsx examples/digits-generators/picture.ts: the pictures of samples in docs/images, a row for each drawing of 0 to 9. */
import { mkdirSync, writeFileSync } from "node:fs";
import { generators } from "./digitGenerator.js";
import { sheetPng } from "./sheet.js";

const folder = new URL("../../docs/images/", import.meta.url);
mkdirSync(folder, { recursive: true });
for (const open of generators) {
  const generator = await open();
  const drawn = await generator.draw(
    Int32Array.from({ length: 60 }, (_, i) => i % 10),
    1,
  );
  const name = `digits-${generator.name.toLowerCase().replaceAll(" ", "-")}.png`;
  writeFileSync(new URL(name, folder), sheetPng(drawn, 10));
  console.log(`docs/images/${name}`);
  await generator.release();
}
