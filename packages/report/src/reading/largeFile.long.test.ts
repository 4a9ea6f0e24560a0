import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { analyse } from "../analysis/analyse.js";
import { readRecords } from "./readRecords.js";

const GIGABYTE = 2 ** 30;
const note = "x".repeat(180);

/** Writes CSV until it is 3 GB; the last row is bad if asked. Returns the rows. */
async function writeLarge(file: string, last: string | null): Promise<number> {
  const out = createWriteStream(file);
  out.write("id,confidence,correct,note,page\n");
  let rows = 0;
  for (let size = 0; size < 3 * GIGABYTE; ) {
    let block = "";
    for (let k = 0; k < 5000; k++, rows++)
      block += `${rows},${(rows % 1000) / 1000},${rows % 997 < rows % 1000 ? 1 : 0},"${note}, quoted",p${Math.floor(rows / 100)}\n`;
    size += block.length;
    if (!out.write(block)) await once(out, "drain");
  }
  if (last !== null) out.write(last);
  out.end();
  await once(out, "close");
  return rows;
}

it("reads 3 GB of CSV within 2 GB of memory, and names the line of a bad cell at its end", async () => {
  const folder = mkdtempSync(join(tmpdir(), "credence-large-"));
  const file = join(folder, "large.csv");
  try {
    const rows = await writeLarge(file, null);
    expect(statSync(file).size).toBeGreaterThan(3 * GIGABYTE);
    const records = await readRecords([file], { group: "page" });
    expect(records.n).toBe(rows);
    expect(records.group?.count).toBe(Math.ceil(rows / 100));
    expect(analyse(records).n).toBe(rows);
    expect(process.resourceUsage().maxRSS / 1024).toBeLessThan(2048);

    const more = await writeLarge(file, 'x,nonsense,1,"",p\n');
    await expect(readRecords([file])).rejects.toMatchObject({
      code: "not-a-number",
      place: { row: more + 1, line: more + 2, value: "nonsense" },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
