/** The arrows of the house: which package, and which folder of `credence`, may import which. */

const packages = {
  credence: [],
  plot: ["credence"],
  runtime: ["credence"],
  train: ["credence", "runtime"],
  "ai-sdk": ["credence"],
  report: ["credence", "plot"],
  server: ["credence", "report"],
  studio: ["credence", "plot"],
  cli: ["report"],
};

// Loaded by dynamic import only, as optional peers.
const optional = { cli: ["runtime", "train", "server"], server: ["runtime", "train"] };

const rooms = {
  numeric: [],
  estimate: ["numeric"],
  calibration: ["numeric", "estimate"],
  recalibration: ["numeric", "estimate", "calibration"],
  conformal: ["numeric", "estimate"],
  selective: ["numeric", "estimate", "conformal"],
  forecast: ["numeric", "estimate"],
  language: ["numeric", "estimate", "recalibration"],
  ensemble: ["numeric", "estimate"],
  novelty: ["numeric", "estimate", "conformal"],
  fidelity: ["numeric", "estimate"],
  constraint: ["numeric", "estimate"],
  chain: ["numeric", "estimate"],
  scenario: ["numeric", "estimate", "calibration"],
  monitor: ["numeric", "estimate", "calibration"],
};

const test = "\\.(test|test-support)\\.ts$";
const among = (names) => (names.length ? `^packages/(?!(${names.join("|")})/)` : "^packages/");

const packageRules = Object.entries(packages).map(([name, may]) => ({
  name: `packages/${name}`,
  comment: `@credence/${name} may import ${may.join(", ") || "nothing"}`,
  severity: "error",
  from: { path: `^packages/${name}/`, pathNot: test },
  to: { path: among([name, ...may, ...(optional[name] ?? [])]) },
}));

const optionalRules = Object.entries(optional).map(([name, lazily]) => ({
  name: `packages/${name}: optional peers`,
  comment: "optional peers are loaded by dynamic import",
  severity: "error",
  from: { path: `^packages/${name}/`, pathNot: test },
  to: { path: `^packages/(${lazily.join("|")})/`, dependencyTypesNot: ["type-only"], dynamic: false },
}));

const roomRules = Object.entries(rooms).map(([name, may]) => ({
  name: `credence/${name}`,
  comment: `credence/${name} may import ${may.join(", ") || "nothing"}`,
  severity: "error",
  from: { path: `^packages/credence/src/${name}/`, pathNot: test },
  to: { path: `^packages/credence/src/(?!(${[name, ...may].join("|")})/)` },
}));

module.exports = {
  forbidden: [
    ...packageRules,
    ...optionalRules,
    ...roomRules,
    {
      name: "credence: no dependencies",
      comment: "credence has no runtime dependencies, not even Node's own modules",
      severity: "error",
      from: { path: "^packages/credence/src/", pathNot: test },
      to: {
        dependencyTypes: ["npm", "npm-dev", "npm-peer", "npm-optional", "npm-no-pkg", "npm-unknown", "core"],
      },
    },
    { name: "no cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "declared",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: test },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)dist/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "node", "default"],
    },
  },
};
