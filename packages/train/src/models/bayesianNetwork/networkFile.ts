import { CredenceError, type JsonFields, jsonFields } from "credence/numeric";
import { cellsOf } from "./factor.js";
import { type Edge, edgesOf, parentsOf } from "./graph.js";
import { allParents, createNetwork, type Family, type Network } from "./network.js";
import { type FamilyShape, shapesOf } from "./statistics.js";
import type { Level, Variable } from "./table.js";

/** What was taken from a continuous column, and what it was divided by, before learning. */
export interface ColumnScale {
  readonly mean: number;
  readonly deviation: number;
}

/** Everything a trained network consists of. */
export interface NetworkParts {
  /** In the units of the data. */
  readonly network: Network;
  /** One for each variable; mean 0 and deviation 1 for discrete ones. */
  readonly scales: readonly ColumnScale[];
  /** Sufficient statistics (of standardised columns) from which the posterior of the parameters is drawn. */
  readonly statistics: readonly (readonly Float64Array[])[];
  /** What they are: of the table itself, of completions of it, or of weightings of its groups. */
  readonly posterior: "conjugate" | "imputed" | "groups";
  readonly equivalentSampleSize: number;
  readonly rows: number;
  readonly groups?: number;
}

export const shapesOfNetwork = ({ variables, families }: Network): FamilyShape[] =>
  shapesOf("bayesianNetwork", variables, families.map(allParents));

export function writeNetwork(parts: NetworkParts): Uint8Array {
  const { network, scales, statistics, ...rest } = parts;
  const { variables, families } = network;
  const text = JSON.stringify({
    ...rest,
    variables,
    scales,
    edges: edgesOf(variables, families.map(allParents)),
    families: families.map((family) =>
      family.kind === "discrete"
        ? { table: [...family.table] }
        : {
            intercepts: [...family.intercepts],
            weights: [...family.weights],
            variances: [...family.variances],
          },
    ),
    statistics: statistics.map((of) => of.map((values) => [...values])),
  });
  return new TextEncoder().encode(text);
}

/**
 * Reads what {@link writeNetwork} wrote.
 * @throws CredenceError "not-a-model" for anything that is no whole network.
 */
export function readNetwork(file: Uint8Array | undefined): NetworkParts {
  try {
    if (!file) throw new Error("there is no network.json.");
    return parse(jsonFields("load", new TextDecoder().decode(file)));
  } catch (error) {
    throw new CredenceError(
      "not-a-model",
      { function: "load", argument: "directory" },
      `holds no Bayesian network that can be read: ${(error as Error).message}`,
    );
  }
}

function parse(fields: JsonFields): NetworkParts {
  const variables = fields.list("variables").map(readVariable);
  if (variables.length === 0 || new Set(variables.map((v) => v.name)).size !== variables.length)
    throw fields.refuse("variables", "must be a list of variables with distinct names.");
  const edges = fields.values("edges").map((edge): Edge => {
    if (!Array.isArray(edge) || edge.length !== 2 || edge.some((end) => typeof end !== "string"))
      throw fields.refuse("edges", "must be pairs of names.");
    return [edge[0], edge[1]];
  });
  const parents = parentsOf("load", variables, edges);
  const shapes = shapesOf("load", variables, parents);
  const list = fields.list("families");
  if (list.length !== variables.length) throw fields.refuse("families", "must be one for each variable.");
  const families = list.map((family, i) => readFamily(family, shapes[i]));
  const scales = fields.list("scales").map((scale): ColumnScale => {
    const deviation = scale.number("deviation");
    if (!(deviation > 0)) throw scale.refuse("deviation", "must be positive.");
    return { mean: scale.number("mean"), deviation };
  });
  if (scales.length !== variables.length) throw fields.refuse("scales", "must be one for each variable.");
  const statistics = fields.values("statistics").map((of) => {
    const whole =
      Array.isArray(of) &&
      of.length === shapes.length &&
      of.every(
        (values, f) =>
          Array.isArray(values) &&
          values.length === cellsOf("load", [shapes[f].configurations, shapes[f].width]) &&
          values.every(Number.isFinite),
      );
    if (!whole) throw fields.refuse("statistics", "must be numbers for every cell of every family.");
    return (of as number[][]).map((values) => Float64Array.from(values));
  });
  if (statistics.length === 0) throw fields.refuse("statistics", "is empty.");
  const equivalentSampleSize = fields.number("equivalentSampleSize");
  if (equivalentSampleSize < 0) throw fields.refuse("equivalentSampleSize", "must not be negative.");
  return {
    network: createNetwork(variables, families),
    scales,
    statistics,
    posterior: fields.oneOf("posterior", ["conjugate", "imputed", "groups"]),
    equivalentSampleSize,
    rows: fields.count("rows", 1),
    ...(fields.has("groups") && { groups: fields.count("groups", 1) }),
  };
}

function readVariable(fields: JsonFields): Variable {
  const kind = fields.oneOf("kind", ["discrete", "continuous"]);
  const name = fields.text("name");
  if (kind === "continuous") return { kind, name };
  const levels = fields.values("levels") as Level[];
  const sound = levels.every((level) => ["string", "number", "boolean"].includes(typeof level));
  if (!sound || levels.length === 0 || new Set(levels).size !== levels.length)
    throw fields.refuse("levels", "must be distinct texts, numbers or booleans, at least one.");
  return { kind, name, levels };
}

function readFamily(fields: JsonFields, shape: FamilyShape): Family {
  const { configurations, width, discreteParents, continuousParents, variables, child } = shape;
  if (variables[child].kind === "discrete") {
    const table = Float64Array.from(fields.numbers("table", configurations * width));
    for (let c = 0; c < configurations; c++) {
      const row = table.subarray(c * width, (c + 1) * width);
      if (row.some((p) => p < 0) || Math.abs(row.reduce((a, b) => a + b, 0) - 1) > 1e-9)
        throw fields.refuse("table", `its row ${c} is no probability distribution.`);
    }
    return { kind: "discrete", discreteParents, table };
  }
  const variances = Float64Array.from(fields.numbers("variances", configurations));
  if (variances.some((v) => !(v > 0))) throw fields.refuse("variances", "must be positive.");
  return {
    kind: "gaussian",
    discreteParents,
    continuousParents,
    intercepts: Float64Array.from(fields.numbers("intercepts", configurations)),
    weights: Float64Array.from(fields.numbers("weights", configurations * continuousParents.length)),
    variances,
  };
}
