import { describe, expect, it } from "vitest";
import { analyse } from "../analysis/analyse.js";
import { smallRecords } from "../records.test-support.js";
import { renderHtml } from "./html/page.js";
import { renderJson } from "./json.js";
import { renderMarkdown } from "./markdown.js";
import { renderTerminal } from "./terminal.js";

const report = analyse(smallRecords({ overstated: 0.35, together: 0.3 }));

describe("Markdown and terminal", () => {
  it("say the same as when they were last looked at", async () => {
    await expect(renderMarkdown(report)).toMatchFileSnapshot("golden/small.md");
    await expect(renderTerminal(report)).toMatchFileSnapshot("golden/small.txt");
  });

  it("keep to the width, and to plain text without colours", () => {
    for (const width of [80, 100])
      for (const line of renderTerminal(report, { width }).split("\n"))
        expect(line.length).toBeLessThanOrEqual(width);
    expect(renderTerminal(report)).not.toContain("\u001b");
    expect(renderTerminal(report, { colour: true })).toContain("\u001b[");
  });

  it("put alarms before the numbers", () => {
    const suspects = [{ column: "doc", values: 60, designEffect: 5 }];
    const alarmed = analyse({ ...smallRecords(), group: null, suspects });
    const text = renderTerminal(alarmed);
    expect(text.indexOf('--group "doc"')).toBeLessThan(text.indexOf("Can I trust"));
    expect(renderMarkdown(alarmed)).toContain("**Warning.**");
    expect(renderHtml(alarmed)).toContain("Read this first.");
  });
});

describe("JSON", () => {
  it("is the report, infinities as texts", () => {
    const records = smallRecords();
    const one = analyse({
      ...records,
      n: 1,
      confidences: records.confidences.slice(0, 1),
      outcomes: records.outcomes.slice(0, 1),
      group: null,
      slices: [],
    });
    const read = JSON.parse(renderJson(one));
    expect(read.metrics.gap.interval).toEqual(["-Infinity", "Infinity"]);
    expect(Object.keys(read)).toEqual(Object.keys(one));
  });
});

describe("HTML", () => {
  const page = renderHtml(report);

  it("is one file: no script, nothing loaded, and a policy that says so", () => {
    expect(page.replaceAll("&#39;", "'")).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(\s*['"]?(?!#)|\son\w+=/i);
    for (const [, target] of page.matchAll(/(?:href|src)="([^"]*)"/g)) expect(target).toMatch(/^#/);
  });

  it("has ids that are unique, and every reference leads somewhere", () => {
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const known = new Set(ids);
    for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) expect(known).toContain(id);
    for (const [, list] of page.matchAll(/aria-labelledby="([^"]+)"/g))
      for (const id of list.split(" ")) expect(known).toContain(id);
    for (const [, id] of page.matchAll(/url\(#([^)]+)\)/g)) expect(known).toContain(id);
  });

  it("shows names from the data as text, whatever they are", () => {
    const nasty = '<script>alert("1")</script>&amp; `x` | [y](z)';
    const records = smallRecords({ overstated: 0.35 });
    const slices = records.slices.map((slice) => ({
      ...slice,
      name: nasty,
      labels: slice.labels.map((label) => nasty + label),
    }));
    const origin = { ...records.origin, files: [nasty], where: nasty, guesses: [nasty] };
    const infected = analyse({ ...records, origin, slices });
    expect(renderHtml(infected)).not.toContain("<script");
    expect(renderMarkdown(infected)).not.toMatch(/[^\\]<script|[^\\]\]\(z/);
    for (const line of renderMarkdown(infected)
      .split("\n")
      .filter((text) => text.startsWith("| ")))
      expect(line.endsWith(" |")).toBe(true);
  });

  it("has every section, with its charts twice: for wide pages and for phones", () => {
    for (const id of ["reliability", "slices", "recalibration", "threshold", "contrast", "rows", "methods"])
      expect(page).toContain(`<h2 id="${id}">`);
    expect(page.match(/class="credence-chart"/g)?.length).toBe(2 * page.match(/<figure>/g)!.length);
  });
});
