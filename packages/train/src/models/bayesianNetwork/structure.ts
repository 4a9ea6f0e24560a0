import { CredenceError, checkCount, checkOneOf, type Random } from "credence/numeric";
import { chowLiu, forest } from "./chowLiu.js";
import { complete } from "./completions.js";
import { expectationMaximisation, incompletePatterns } from "./expectation.js";
import { type Edge, edgesOf, parentsOf } from "./graph.js";
import { type HillClimbingOptions, hillClimb } from "./hillClimbing.js";
import { shapesOf } from "./statistics.js";
import { type Data, unknownColumn } from "./table.js";

export interface StructureOptions extends HillClimbingOptions {
  /**
   * "hill-climbing": greedy search for the best BIC, with tabu list and restarts. "chow-liu": the best tree. Or the edges, from
   * parent to child. Default "hill-climbing".
   */
  structure?: "hill-climbing" | "chow-liu" | readonly Edge[];
  /** The column that a Chow–Liu tree starts from. Default: the first. */
  root?: string;
}

export interface Structure {
  readonly parents: number[][];
  /** Its BIC, where it was searched for by BIC. */
  readonly score: number | null;
  readonly notes: readonly string[];
}

type OnStep = (step: number, score: number) => Promise<void>;

/** Finds the structure, as the options say. */
export async function learnStructure(
  fn: string,
  data: Data,
  options: StructureOptions,
  random: Random,
  onStep: OnStep,
): Promise<Structure> {
  const { structure = "hill-climbing", maxParents, tabu, restarts, root } = options;
  if (typeof structure !== "string")
    return { parents: parentsOf(fn, data.variables, structure), score: null, notes: [] };
  checkOneOf(fn, "structure", structure, ["hill-climbing", "chow-liu"]);
  for (const [name, value] of Object.entries({ maxParents, tabu, restarts }))
    if (value !== undefined) checkCount(fn, name, value, 0);
  if (structure === "chow-liu") {
    const names = data.variables.map(({ name }) => name);
    const start = root === undefined ? 0 : names.indexOf(root);
    if (start < 0) throw unknownColumn(fn, root as string, names);
    return { parents: chowLiu(data, start), score: null, notes: [] };
  }
  if (root !== undefined)
    throw new CredenceError(
      "unknown-option",
      { function: fn, argument: "root", value: root },
      'belongs to structure "chow-liu"; leave it out here.',
    );
  const search = { maxParents, tabu, restarts, onStep };
  if (incompletePatterns(data).length > 0) return structuralExpectation(fn, data, search, random);
  const { parents, score } = await hillClimb(data, { ...search, seed: random.uint32() });
  return { parents, score, notes: [] };
}

/** Rounds of completing the table and searching again. */
const ROUNDS = 5;
const EM_ITERATIONS = 20;

/**
 * Structure from rows with missing entries, by structural EM in its stochastic form (Friedman 1998; Nielsen 2000): the entries
 * are drawn from their exact posterior under the current network, the structure is searched on the completed table, and
 * again. It starts from Chow–Liu trees, for which every pair of columns is measured on the rows that have both.
 */
async function structuralExpectation(
  fn: string,
  data: Data,
  search: HillClimbingOptions & { onStep: OnStep },
  random: Random,
): Promise<Structure> {
  const { variables } = data;
  const of = (kind: string) => variables.flatMap((v, i) => (v.kind === kind ? [i] : []));
  const [discrete, continuous] = [of("discrete"), of("continuous")].map((among) => forest(data, among));
  let parents = variables.map((_, i) => [...discrete[i], ...continuous[i]]);
  let score = Number.NEGATIVE_INFINITY;
  let rounds = 0;
  for (let before = ""; rounds < ROUNDS; rounds++) {
    const now = edgesOf(variables, parents).join(" ");
    if (now === before) break;
    before = now;
    const { network } = await expectationMaximisation(fn, data, shapesOf(fn, variables, parents), {
      equivalentSampleSize: 1,
      iterations: EM_ITERATIONS,
      tolerance: 1e-4,
      onStep: () => search.onStep(rounds, score),
    });
    const table = complete(fn, network, data, random);
    const found = await hillClimb(table, { ...search, seed: random.uint32(), start: parents });
    parents = found.parents;
    score = found.score;
  }
  return {
    parents,
    score,
    notes: [
      `The structure was searched on completions of the table, ${rounds} times in turn with EM; the BIC is that of the last completion.`,
    ],
  };
}
