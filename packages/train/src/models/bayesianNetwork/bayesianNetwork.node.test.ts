import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { betaQuantile, createRandom, sampleNormal } from "credence/numeric";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { load } from "../load.js";
import {
  assignments,
  drawTable,
  randomNetwork,
  strongNetwork,
  withHoles,
} from "./bayesianNetwork.test-support.js";
import { expectationMaximisation } from "./expectation.js";
import { type BayesianNetworkOptions, bayesianNetwork, type Edge, type Table } from "./index.js";
import { logJoint, type Network } from "./network.js";
import { shapesOf } from "./statistics.js";
import { readTable } from "./table.js";

const missing = null;

describe("parameters", () => {
  it("of a discrete variable are its shares under the prior", async () => {
    const table = { a: ["x", "x", "x", "y"], b: [true, true, false, false] };
    const edges: Edge[] = [["a", "b"]];
    const model = await bayesianNetwork({ structure: edges, equivalentSampleSize: 4 }).train(table);
    // Prior: 2 for each level of a, 1 for each cell of b.
    expect([...model.posterior("a").probabilities]).toEqual([5 / 8, 3 / 8]);
    expect([...model.posterior("b", { a: "x" }).probabilities]).toEqual([2 / 5, 3 / 5]);
    expect([...model.posterior("b", { a: "y" }).probabilities]).toEqual([2 / 3, 1 / 3]);
    const plain = await bayesianNetwork({ structure: edges, equivalentSampleSize: 0 }).train(table);
    expect(plain.probability({ a: "y", b: true })).toBe(0);
    expect(() => plain.posterior("b", { a: "y", b: true })).toThrow();
    expect(() => plain.mostProbable({ a: "y", b: true })).toThrow(/probability 0/);
  });

  it("of a continuous variable are its regression, for each configuration", async () => {
    const random = createRandom(1);
    const n = 400;
    const kind = Array.from({ length: n }, (_, i) => (i % 4 ? "p" : "q"));
    const x = Array.from({ length: n }, () => 1000 + 3 * sampleNormal(random));
    const y = x.map((v, i) => (kind[i] === "p" ? 5 + 2 * v : 7 - v) + 0.5 * sampleNormal(random));
    const structure: Edge[] = [
      ["kind", "y"],
      ["x", "y"],
    ];
    const model = await bayesianNetwork({ structure }).train({ kind, x, y });
    const family = model.network.families[2];
    if (family.kind !== "gaussian") throw new Error("y is continuous");
    for (const [c, name] of ["p", "q"].entries()) {
      const rows = kind.flatMap((k, i) => (k === name ? [i] : []));
      const mean = (of: number[]) => rows.reduce((sum, i) => sum + of[i], 0) / rows.length;
      const [mx, my] = [mean(x), mean(y)];
      const slope =
        rows.reduce((sum, i) => sum + (x[i] - mx) * (y[i] - my), 0) /
        rows.reduce((sum, i) => sum + (x[i] - mx) ** 2, 0);
      expect(family.weights[c]).toBeCloseTo(slope, 9);
      expect(family.intercepts[c]).toBeCloseTo(my - slope * mx, 6);
      const residual = rows.reduce((sum, i) => sum + (y[i] - my - slope * (x[i] - mx)) ** 2, 0) / rows.length;
      expect(family.variances[c]).toBeCloseTo(residual, 6);
    }
    const { mean, covariance } = model.posterior(["y"], { x: 1001, kind: "p" });
    expect(mean[0]).toBeCloseTo(family.intercepts[0] + 1001 * family.weights[0], 8);
    expect(covariance.data[0]).toBeCloseTo(family.variances[0], 10);
  });

  it("stay finite for copies, constants and rare configurations, and say so", async () => {
    const random = createRandom(2);
    const x = Array.from({ length: 50 }, () => sampleNormal(random));
    const table = {
      x,
      copy: x.map((v) => 2 * v + 1),
      y: x.map((v) => v + sampleNormal(random)),
      constant: x.map(() => 7),
      one: x.map(() => "only"),
      rare: x.map((_, i) => (i === 0 ? "r" : "c")),
    };
    const structure: Edge[] = [
      ["x", "y"],
      ["copy", "y"],
      ["constant", "y"],
      ["rare", "y"],
    ];
    const model = await bayesianNetwork({ structure }).train(table);
    expect(model.card.notes).toHaveLength(2);
    expect(model.card.notes[0]).toContain("constant");
    const log = await model.logProbability(table);
    expect(log.every(Number.isFinite)).toBe(true);
    expect(model.estimate("y", { x: 0.5, rare: "r" }).interval?.every(Number.isFinite)).toBe(true);
    const learnt = await bayesianNetwork().train(table);
    expect(learnt.edges.flat()).not.toContain("constant");
    expect(learnt.edges.flat()).not.toContain("one");
    expect(learnt.posterior("one").probabilities).toEqual(Float64Array.of(1));
    const { mean } = learnt.posterior("constant");
    expect(mean[0]).toBe(7);
  });
});

describe("missing values", () => {
  it("in a bivariate Gaussian lead EM to the maximum in closed form", async () => {
    // y is missing for every third row: the likelihood factors, and the regression of y on x is that of the known rows.
    const random = createRandom(3);
    const x = Array.from({ length: 120 }, () => 10 + sampleNormal(random));
    const y = x.map((v, i) => (i % 3 ? 3 * v + 2 * sampleNormal(random) : missing));
    const options = { tolerance: 1e-13, iterations: 2000 };
    const forward = await bayesianNetwork({ structure: [["x", "y"]], ...options }).train({ x, y });
    const known = { x: x.filter((_, i) => i % 3), y: y.filter((v) => v !== null) };
    const direct = await bayesianNetwork({ structure: [["x", "y"]] }).train(known);
    // The other direction is the same model, but here EM has to iterate.
    const backward = await bayesianNetwork({ structure: [["y", "x"]], ...options }).train({ x, y });
    for (const model of [forward, backward])
      for (const at of [8, 10, 12]) {
        const [a, b] = [model.posterior("y", { x: at }), direct.posterior("y", { x: at })];
        expect(a.mean[0]).toBeCloseTo(b.mean[0], 4);
        expect(a.covariance.data[0]).toBeCloseTo(b.covariance.data[0], 3);
      }
    expect(backward.posterior("x").mean[0]).toBeCloseTo(x.reduce((s, v) => s + v, 0) / 120, 4);
    expect(forward.card.training.rowsWithMissing).toBe(40);
  });

  it("let the likelihood of what is known rise in every iteration, and count as enumeration does", async () => {
    const random = createRandom(4);
    const network = randomNetwork(random, [2, 3, 2, 2]);
    const table = withHoles(drawTable(network, 200, random), 0.3, random);
    const data = readTable("test", table, {});
    const shapes = shapesOf(
      "test",
      data.variables,
      network.families.map((f) => [...f.discreteParents]),
    );
    // Without prior the likelihood itself rises.
    const options = { equivalentSampleSize: 0, iterations: 30, tolerance: 0 };
    const { history } = await expectationMaximisation("test", data, shapes, options);
    expect(history.length).toBeGreaterThan(5);
    history.forEach((value, i) => {
      if (i > 0) expect(value).toBeGreaterThanOrEqual(history[i - 1] - 1e-9);
    });
    const first = await expectationMaximisation("test", data, shapes, {
      ...options,
      iterations: 1,
      start: network,
    });
    expect(first.history[0]).toBeCloseTo(
      Array.from({ length: 200 }, (_, i) =>
        enumerated(
          network,
          data.columns.map((c) => c[i]),
        ),
      ).reduce((a, b) => a + b),
      9,
    );
  });

  it("are summed out of a row's log probability, and filled in from the posterior", async () => {
    const random = createRandom(5);
    const network = randomNetwork(random, [2, 3, 0, 2, 0]);
    const table = drawTable(network, 500, random);
    const structure = network.families.flatMap((f, i) =>
      [...f.discreteParents, ...(f.kind === "gaussian" ? f.continuousParents : [])].map(
        (p): Edge => [`v${p}`, `v${i}`],
      ),
    );
    const model = await bayesianNetwork({ structure }).train(table);
    const row = { v0: ["l1"], v1: [missing], v2: [0.5], v3: [missing], v4: [missing] };
    const [log] = await model.logProbability(row);
    expect(log).toBeCloseTo(Math.log(model.probability({ v0: "l1", v2: 0.5 })), 12);
    // The same by summing rows that know more.
    const more = await model.logProbability({
      v0: Array(6).fill("l1"),
      v1: ["l0", "l0", "l1", "l1", "l2", "l2"],
      v2: Array(6).fill(0.5),
      v3: ["l0", "l1", "l0", "l1", "l0", "l1"],
    });
    expect(Math.log(more.reduce((sum, l) => sum + Math.exp(l), 0))).toBeCloseTo(log, 12);
    const best = await model.impute(row);
    const posterior = model.posterior("v1", { v0: "l1", v2: 0.5 }).probabilities;
    expect(best.v1[0]).toBe(`l${posterior.indexOf(Math.max(...posterior))}`);
    expect(best.v4[0]).toBeCloseTo(model.posterior("v4", { v0: "l1", v2: 0.5 }).mean[0], 12);
    expect(best.v2[0]).toBe(0.5);
    const many = Object.fromEntries(Object.entries(row).map(([name, [x]]) => [name, Array(3000).fill(x)]));
    const drawn = await model.impute(many, { method: "draw", seed: 1 });
    const share = drawn.v1.filter((x) => x === "l0").length / 3000;
    expect(Math.abs(share - posterior[0])).toBeLessThan(0.05);
    expect(await model.impute(many, { method: "draw", seed: 1 })).toEqual(drawn);
  });

  it("do not keep the structure from being found", async () => {
    const table = withHoles(drawTable(strongNetwork(3), 1500, createRandom(103)), 0.1, createRandom(9));
    const small = Object.fromEntries(["a", "b", "c", "d"].map((name) => [name, table[name]]));
    const model = await bayesianNetwork().train(small, { seed: 1 });
    expect(model.cpdag.directed).toHaveLength(2);
    expect(model.cpdag.undirected).toHaveLength(2);
    expect(model.card.notes.join()).toContain("missing at random");
  });
});

/** log p of what a row knows, by going through everything it does not know. */
function enumerated(network: Network, row: number[]): number {
  let total = 0;
  for (const values of assignments(network.variables))
    if (row.every((x, i) => Number.isNaN(x) || x === values[i])) total += Math.exp(logJoint(network, values));
  return Math.log(total);
}

describe("uncertainty of the parameters", () => {
  const coin = (heads: number, tails: number) => ({
    coin: [...Array(heads).fill("heads"), ...Array(tails).fill("tails")],
  });

  it("is the Beta distribution for one binary variable", async () => {
    const model = await bayesianNetwork({ structure: [], equivalentSampleSize: 2 }).train(coin(7, 3));
    const { value, interval, method, n } = model.estimate({ coin: "heads" }, {}, { draws: 5000 });
    expect(value).toBeCloseTo(8 / 12, 12);
    expect({ method, n }).toEqual({ method: "posterior-draws", n: 10 });
    expect(Math.abs((interval?.[0] ?? 0) - betaQuantile(0.025, 8, 4))).toBeLessThan(0.025);
    expect(Math.abs((interval?.[1] ?? 0) - betaQuantile(0.975, 8, 4))).toBeLessThan(0.025);
    const { total, aleatoric, epistemic } = model.uncertainty("coin");
    expect(total).toBeCloseTo(aleatoric + epistemic, 12);
    const sure = await bayesianNetwork({ structure: [] }).train(coin(700, 300));
    expect(sure.uncertainty("coin").epistemic).toBeLessThan(epistemic / 20);
  });

  it("is Student's t for the mean of one continuous variable", async () => {
    const random = createRandom(6);
    const x = Array.from({ length: 8 }, () => 50 + 4 * sampleNormal(random));
    const model = await bayesianNetwork({ structure: [] }).train({ x });
    const mean = x.reduce((a, b) => a + b) / 8;
    const deviation = Math.sqrt(x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 7);
    const { value, interval } = model.estimate("x", {}, { draws: 5000 });
    expect(value).toBeCloseTo(mean, 10);
    // t quantile 0.975 with 7 degrees of freedom.
    const half = (2.3646 * deviation) / Math.sqrt(8);
    expect(Math.abs((interval?.[0] ?? 0) - (mean - half))).toBeLessThan(0.1 * half);
    expect(Math.abs((interval?.[1] ?? 0) - (mean + half))).toBeLessThan(0.1 * half);
  });

  it("grows where rows are copies of each other, and where entries are missing", async () => {
    const random = createRandom(7);
    const once = Array.from({ length: 60 }, () => (random.uniform() < 0.4 ? "heads" : "tails"));
    const width = async (table: Table, groups?: number[]) => {
      const model = await bayesianNetwork({ structure: [] }).train(table, { groups });
      const estimate = model.estimate({ coin: "heads" }, {}, { draws: 2000 });
      const [low, high] = estimate.interval as readonly [number, number];
      return { width: high - low, ...estimate };
    };
    const plain = await width({ coin: once });
    const copies = once.flatMap((x) => Array(9).fill(x));
    const naive = await width({ coin: copies });
    const clustered = await width(
      { coin: copies },
      copies.map((_, i) => Math.floor(i / 9)),
    );
    expect(naive.width).toBeLessThan(0.5 * plain.width);
    expect(clustered.width).toBeGreaterThan(0.8 * plain.width);
    expect(clustered).toMatchObject({ method: "cluster-bayesian-bootstrap", groups: 60 });
    const holes = await width({ coin: copies.map((x, i) => (i % 9 ? missing : x)) });
    expect(holes.width).toBeGreaterThan(0.7 * plain.width);
    expect(holes.method).toBe("posterior-draws-data-augmentation");
  });

  it("of edges is measured by resampling", async () => {
    const random = createRandom(8);
    const a = Array.from({ length: 120 }, () => (random.uniform() < 0.5 ? "x" : "y"));
    const table = {
      a,
      b: a.map((v) => (random.uniform() < 0.9 ? v : "x")),
      c: a.map(() => (random.uniform() < 0.5 ? "x" : "y")),
    };
    const definition = bayesianNetwork({ restarts: 0 });
    const [first, ...others] = await definition.edgeStrengths(table, { resamples: 40 });
    expect([...first.edge].sort()).toEqual(["a", "b"]);
    expect(first.strength.value).toBe(1);
    expect(first.strength.n).toBe(40);
    expect(first.direction).toBeCloseTo(0.5, 0);
    for (const { strength } of others) expect(strength.value).toBeLessThan(0.6);
    // Two groups only: a resample often holds one of them twice.
    const groups = table.a.map((v) => v);
    const grouped = await definition.edgeStrengths(table, { resamples: 40, groups });
    const edge = grouped.find(({ edge: e }) => [...e].sort().join() === "a,b");
    expect(edge?.strength.value ?? 0).toBeLessThan(0.8);
  });
});

it("states the BIC in the units of the data", async () => {
  const random = createRandom(10);
  const x = Array.from({ length: 200 }, () => 30 + 5 * sampleNormal(random));
  const table = { x, y: x.map((v) => 2 * v + sampleNormal(random)) };
  const model = await bayesianNetwork().train(table);
  expect(model.cpdag.undirected).toEqual([["x", "y"]]);
  const logLikelihood = (await model.logProbability(table)).reduce((a, b) => a + b);
  expect(model.card.training.bic).toBeCloseTo(logLikelihood - (5 * Math.log(200)) / 2, 6);
});

describe("a trained network", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "credence-network-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const random = createRandom(9);
  const table = drawTable(randomNetwork(random, [2, 0, 3, 0]), 300, random);

  it("saves and loads exactly", async () => {
    const model = await bayesianNetwork().train(withHoles(table, 0.05, random), { seed: 2 });
    await model.save(folder);
    const loaded = await load(folder, "bayesianNetwork");
    expect(loaded.card).toEqual(model.card);
    expect(loaded.network).toEqual(model.network);
    expect(await loaded.logProbability(table)).toEqual(await model.logProbability(table));
    expect(loaded.estimate({ v0: "l0" }, { v1: 0.3 })).toEqual(model.estimate({ v0: "l0" }, { v1: 0.3 }));
  });

  it("refuses damaged and foreign folders", async () => {
    const model = await bayesianNetwork().train(table);
    await model.save(folder);
    const file = join(folder, "network.json");
    const card = join(folder, "card.json");
    const [text, cardText] = [await readFile(file, "utf8"), await readFile(card, "utf8")];
    const refused = () => expect(load(folder)).rejects.toMatchObject({ code: "not-a-model" });
    await truncate(file, text.length - 20);
    await refused();
    // With a card that fits, what the file says is still checked.
    const { createHash } = await import("node:crypto");
    const digest = (of: string) => createHash("sha256").update(of).digest("hex");
    for (const broken of [
      "{",
      "{}",
      text.replace('"posterior":"conjugate"', '"posterior":"guess"'),
      text.replace('"kind":"discrete"', '"kind":"continuous"'),
      text.replace(/"table":\[[^,]*,/, '"table":[2,'),
      text.replace(/"variances":\[[^,\]]*/, '"variances":[-1'),
      text.replace('"edges":[', '"edges":[["v0","v2"],["v2","v0"],'),
      text.replace(/"statistics":\[\[\[[^,]*,/, '"statistics":[[['),
    ]) {
      expect(broken).not.toBe(text);
      await writeFile(file, broken);
      await writeFile(card, cardText.replace(digest(text), digest(broken)));
      await refused();
    }
  });

  it("samples rows that it finds in its own terms again", async () => {
    const model = await bayesianNetwork().train(table);
    const rows = await model.sample(2000, { seed: 3 });
    expect((await model.sample(2000, { seed: 3 })).data).toEqual(rows.data);
    const named = model.toTable(rows);
    expect(await model.logProbability(named)).toEqual(await model.logProbability(rows));
    const share = named.v0.filter((x) => x === "l0").length / 2000;
    expect(Math.abs(share - model.posterior("v0").probabilities[0])).toBeLessThan(0.06);
    const given = model.toTable(await model.sample(50, { evidence: { v2: "l1", v3: 0.1 } }));
    expect(new Set(given.v2)).toEqual(new Set(["l1"]));
    expect(new Set(given.v3)).toEqual(new Set([0.1]));
  });

  it("takes numbers as levels where it is told to", async () => {
    const data = Float64Array.of(0, 1, 0, 1, 1, 0, 1, 1);
    const matrix = { data, rows: 4, columns: 2, names: ["a", "b"] };
    const model = await bayesianNetwork({ discrete: "all", structure: "chow-liu" }).train(matrix);
    expect(model.variables).toEqual([
      { kind: "discrete", name: "a", levels: [0, 1] },
      { kind: "discrete", name: "b", levels: [0, 1] },
    ]);
    const more = await bayesianNetwork({ levels: { a: [0, 1, 2] }, structure: [] }).train(matrix);
    expect(more.posterior("a").probabilities).toHaveLength(3);
    expect(more.variables[1].kind).toBe("continuous");
  });

  it("tells of progress and stops at a signal", async () => {
    const stages = new Set<string>();
    await bayesianNetwork().train(table, { onProgress: ({ stage }) => stages.add(stage) });
    expect([...stages]).toEqual(["structure", "parameters"]);
    const controller = new AbortController();
    const onProgress = () => controller.abort(new Error("enough"));
    await expect(bayesianNetwork().train(table, { onProgress, signal: controller.signal })).rejects.toThrow(
      "enough",
    );
  });

  it("refuses bad input", async () => {
    const refused = (code: string, options: BayesianNetworkOptions, given: unknown = table, training = {}) =>
      expect(bayesianNetwork(options).train(given as Table, training)).rejects.toMatchObject({ code });
    const cycle: Edge[] = [
      ["v1", "v3"],
      ["v3", "v1"],
    ];
    await refused("cyclic-graph", { structure: cycle });
    await expect(bayesianNetwork({ structure: cycle }).train(table)).rejects.toThrow(/v[13] → v[13] → v[13]/);
    await refused("cyclic-graph", { structure: [["v0", "v0"]] });
    await refused("unknown-option", { structure: [["v0", "nobody"]] });
    await refused("unknown-option", { structure: [["v1", "v0"]] });
    await refused("unknown-option", { structure: "chow-liu" });
    await refused("unknown-option", { structure: "best" as never });
    await refused("unknown-option", { root: "v0" });
    await refused("unknown-option", { discrete: ["nobody"] });
    await refused("unknown-class", { levels: { v0: ["l0"] } });
    await refused("out-of-range", { equivalentSampleSize: -1 });
    await refused("out-of-range", { maxParents: 0.5 });
    const wide = Object.fromEntries(Array.from({ length: 26 }, (_, i) => [`w${i}`, ["x", "y"]]));
    await refused(
      "too-large",
      {
        structure: Object.keys(wide)
          .slice(1)
          .map((n): Edge => [n, "w0"]),
      },
      wide,
    );
    await refused("empty-input", {}, {});
    await refused("empty-input", {}, { a: [] });
    await refused("length-mismatch", {}, { a: [1, 2], b: [1] });
    await refused("shape-mismatch", {}, { a: 3 });
    await refused("not-finite", {}, { a: [1, Infinity] });
    await refused("too-few", {}, { a: [null, Number.NaN] });
    await refused("too-few", { structure: [] }, { a: [1] });
    await refused("length-mismatch", {}, table, { groups: [1] });
    const model = await bayesianNetwork().train(table);
    const throws = (code: string, ask: () => unknown) =>
      expect(ask).toThrow(expect.objectContaining({ code }));
    throws("unknown-option", () => model.posterior("nobody"));
    throws("unknown-option", () => model.posterior("v0", { v0: "l0" }));
    throws("unknown-class", () => model.posterior("v1", { v0: "l9" }));
    throws("not-finite", () => model.posterior("v0", { v1: Infinity }));
    throws("unknown-option", () => model.estimate("v0"));
    throws("unknown-option", () => model.estimate({ v1: 3 }));
    throws("unknown-option", () => model.estimate({}));
    throws("unknown-option", () => model.estimate({ v0: null }));
    expect(model.posterior("v0", { v1: undefined })).toEqual(model.posterior("v0"));
    await expect(model.logProbability([[0, 0]])).rejects.toMatchObject({ code: "shape-mismatch" });
    await expect(model.logProbability([[7, 0, 0, 0]])).rejects.toMatchObject({ code: "unknown-class" });
  });
});
