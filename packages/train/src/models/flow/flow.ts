import { encodeModel, type TensorData } from "@credence/runtime";
import { fingerprint } from "credence/estimate";
import { CredenceError, checkCount, checkOneOf } from "credence/numeric";
import {
  add,
  constant,
  div,
  emit,
  gather,
  input,
  mean,
  mul,
  neg,
  noise,
  oneHot,
  parameter,
  square,
  sub,
  sum,
  type Tensor,
} from "../../graph/index.js";
import { createWeights } from "../../nn/index.js";
import { rowsWithColumns } from "../columns.js";
import { takeRows } from "../epochs.js";
import { type FloatMatrix, type Rows, type Scale, scaleOf, toLabels, toMatrix } from "../rows.js";
import { type EpochOptions, trainEpochs } from "../trainEpochs.js";
import { type FlowLayers, fromNoise, towardsNoise } from "./couplings.js";
import type { FlowCard, FlowSettings } from "./flowCard.js";
import {
  type ConditionalFlow,
  createConditionalFlow,
  createFlow,
  DENSITY,
  type Flow,
  SAMPLER,
} from "./flowModel.js";

/** How a flow is made. */
export interface FlowOptions {
  /**
   * What a layer does to the columns it changes: an affine map each, or a monotone rational-quadratic spline (Durkan et
   * al. 2019), which bends more for each layer. Default "spline".
   */
  couplings?: "affine" | "spline";
  /** Default 8. Two of them change every column once. */
  layers?: number;
  /** Widths of the hidden layers of the networks in the couplings. Default [64, 64]. */
  hidden?: readonly number[];
  /** Bins of a spline, from 2 to 500. Default 8. */
  bins?: number;
  /** Splines bend values between −tail and tail, in standard deviations, and leave others as they are. Default 4. */
  tail?: number;
  /**
   * The step of the grid that the data lie on, for instance 1/255 for grey levels in [0, 1]. A density on a grid is
   * infinite, so training adds noise, uniform on [0, step); samples are rounded down to the grid. log p is then that of
   * the data with noise: for a row x on the grid, the mean of log p(x + noise) over draws of it, plus columns · log(step), is a
   * lower bound of the log-probability of x on the grid (Theis et al. 2016). Default: none.
   */
  dequantise?: number;
}

/** The same for a flow that is told the class. */
export interface ConditionalFlowOptions extends FlowOptions {
  /** Number of classes. */
  classes: number;
}

export interface FlowTraining extends EpochOptions {
  /** Rows held out to measure the mean negative log-likelihood after each epoch. */
  validation?: Rows;
}

export interface ConditionalFlowTraining extends EpochOptions {
  /** Rows held out to measure the mean negative log-likelihood after each epoch. */
  validation?: { data: Rows; labels: ArrayLike<number> };
}

/** A flow that is not trained yet. */
export interface FlowDefinition {
  /**
   * Trains on rows, by maximum likelihood. Columns are standardised, which becomes a part of the model and of its density.
   * `card.notes` says where more than a thousandth of the values lie outside `tail`.
   * @throws CredenceError for data that is not finite; "diverged" where the loss does. An aborted signal rejects with its
   * reason.
   */
  train(data: Rows, options?: FlowTraining): Promise<Flow>;
}

/** A flow given the class that is not trained yet. */
export interface ConditionalFlowDefinition {
  /** As {@link FlowDefinition}, with the class 0 … classes − 1 of each row. */
  train(data: Rows, labels: ArrayLike<number>, options?: ConditionalFlowTraining): Promise<ConditionalFlow>;
}

/**
 * A normalising flow: an invertible map between the data and the standard normal, so that its density is exact. In each
 * layer one half of the columns decides how the other half is changed (Dinh et al. 2017); a single column is changed by
 * splines that depend on nothing, or on the class.
 * @param options With `classes` it models p(x | y), without them p(x).
 * @throws CredenceError "out-of-range", "unknown-option".
 * @see Durkan, Bekasov, Murray & Papamakarios 2019 (neural spline flows).
 * @example
 * ```ts
 * import { flow } from "@credence/train/models";
 * const x = Array.from({ length: 200 }, (_, i) => [Math.sin(i), Math.sin(i) + 0.1 * Math.cos(7 * i)]);
 * const model = await flow({ layers: 2, hidden: [16] }).train(x, { epochs: 60, learningRate: 0.01 });
 * const [near, far] = await model.logProbability([[0.5, 0.5], [0.5, -0.5]]);
 * await model.release();
 * near > far + 3; // → true
 * ```
 */
export function flow(options: ConditionalFlowOptions): ConditionalFlowDefinition;
export function flow(options?: FlowOptions & { classes?: undefined }): FlowDefinition;
export function flow(
  options: FlowOptions & { classes?: number } = {},
): FlowDefinition | ConditionalFlowDefinition {
  const settings = settingsOf(options);
  return settings.classes !== null
    ? {
        train: async (data: Rows, labels: ArrayLike<number>, training: ConditionalFlowTraining = {}) => {
          const { files, card } = await train(settings, data, labels, training, training.validation);
          return createConditionalFlow(files, { ...card, kind: "conditionalFlow" });
        },
      }
    : {
        train: async (data: Rows, training: FlowTraining = {}) => {
          const held = training.validation && { data: training.validation, labels: null };
          const { files, card } = await train(settings, data, null, training, held);
          return createFlow(files, { ...card, kind: "flow" });
        },
      };
}

const fn = "flow.train";

function settingsOf(options: FlowOptions & { classes?: number }): FlowSettings {
  const { couplings = "spline", layers = 8, hidden = [64, 64], bins = 8, tail = 4 } = options;
  const { dequantise = null, classes = null } = options;
  checkOneOf("flow", "couplings", couplings, ["affine", "spline"]);
  checkCount("flow", "layers", layers);
  checkCount("flow", "bins", bins, 2);
  // Each bin keeps a thousandth of the box; they must fit in.
  if (bins > 500)
    throw new CredenceError(
      "out-of-range",
      { function: "flow", argument: "bins", value: bins },
      "must be at most 500.",
    );
  for (const units of hidden) checkCount("flow", "hidden", units);
  if (classes !== null) checkCount("flow", "classes", classes, 2);
  checkPositive("tail", tail);
  if (dequantise !== null) checkPositive("dequantise", dequantise);
  return { couplings, layers, hidden, bins, tail, dequantise, classes };
}

function checkPositive(argument: string, value: number): void {
  if (!(value > 0 && Number.isFinite(value)))
    throw new CredenceError(
      "out-of-range",
      { function: "flow", argument, value },
      "must be a number above 0.",
    );
}

async function train(
  settings: FlowSettings,
  givenData: Rows,
  givenLabels: ArrayLike<number> | null,
  training: EpochOptions,
  validation: { data: Rows; labels: ArrayLike<number> | null } | undefined,
) {
  const { classes, dequantise } = settings;
  const data = toMatrix(fn, "data", givenData);
  const { rows, columns } = data;
  const labelsOf = (argument: string, labels: ArrayLike<number> | null, count: number) =>
    classes === null ? null : toLabels(fn, argument, labels ?? [], count, classes).labels;
  const labels = labelsOf("labels", givenLabels, rows);
  const identity = fingerprint(labels ? [data.data, labels] : [data.data]);
  const scale = scaleOf(data);

  const weights = createWeights(training.seed ?? 0);
  const logDensity = (x: Tensor, label: Tensor | null, isTraining: boolean) =>
    logProbability(
      x,
      (z) => towardsNoise(weights.scope({ training: isTraining }), z, toldOf(label, classes), settings),
      scale,
    );
  const held = validation && {
    data: rowsWithColumns(fn, "validation", validation.data, columns),
    labels: null as Int32Array | null,
  };
  if (held && validation) held.labels = labelsOf("validation.labels", validation.labels, held.data.rows);
  const x = input("x", [1, columns]);
  const label = classes === null ? null : input("label", [1], "int64");

  const fitted = await trainEpochs(
    {
      fn,
      rows,
      weights,
      loss(chosen) {
        const clean = gather(parameter("data", [rows, columns], data.data), chosen);
        const seen =
          dequantise === null ? clean : add(clean, mul(noise(clean.shape, { kind: "uniform" }), dequantise));
        const own = labels && gather(parameter("labels", [rows], labels, "int64"), chosen);
        return neg(mean(logDensity(seen, own, true)));
      },
      validation: held && {
        output: logDensity(x, label, false),
        loss: (run) => meanLoss(held, run),
      },
      identity: [identity, settings, held && fingerprint([held.data.data])],
    },
    training,
    50,
  );

  const scope = weights.scope({ training: false });
  const z = input("z", [1, columns]);
  const standardised = fromNoise(scope, z, toldOf(label, classes), settings);
  const sampled = add(
    mul(standardised, constant(scale.deviation, [columns])),
    constant(scale.mean, [columns]),
  );
  const options = { batch: "rows", values: fitted.values };
  const files = {
    [DENSITY]: encodeModel(emit({ logProbability: logDensity(x, label, false) }, options).model),
    [SAMPLER]: encodeModel(emit({ sample: sampled }, options).model),
  };
  const card: Omit<FlowCard, "kind"> = {
    ...settings,
    features: columns,
    notes: notesOf(data, scale, settings),
    training: { data: identity, ...fitted.facts },
    history: fitted.history,
  };
  return { files, card };
}

const toldOf = (label: Tensor | null, classes: number | null): Tensor | null =>
  label && oneHot(label, classes as number);

/** log p of rows in the units of the data, [N]: the normal's density where they land, times the slope of the whole map. */
function logProbability(
  x: Tensor,
  towards: (z: Tensor) => { y: Tensor; logSlope: Tensor },
  { mean: center, deviation }: Scale,
): Tensor {
  const columns = center.length;
  const { y, logSlope } = towards(div(sub(x, constant(center, [columns])), constant(deviation, [columns])));
  const jacobian = deviation.reduce((total, d) => total + Math.log(d), 0);
  const normaliser = 0.5 * columns * Math.log(2 * Math.PI) + jacobian;
  return sub(sub(logSlope, mul(0.5, sum(square(y), { axes: 1 }))), normaliser);
}

/** The mean negative log-likelihood of rows held out. */
async function meanLoss(
  { data, labels }: { data: FloatMatrix; labels: Int32Array | null },
  run: (feeds: { [name: string]: TensorData }) => Promise<TensorData>,
): Promise<number> {
  const most = 1024;
  let total = 0;
  for (let from = 0; from < data.rows; from += most) {
    const rows = Int32Array.from({ length: Math.min(most, data.rows - from) }, (_, i) => from + i);
    const feeds: { [name: string]: TensorData } = { x: takeRows(data, rows) };
    if (labels)
      feeds.label = {
        type: "int64",
        shape: [rows.length],
        data: BigInt64Array.from(labels.subarray(from, from + rows.length), BigInt),
      };
    for (const value of (await run(feeds)).data as Float32Array) total -= value;
  }
  return total / data.rows;
}

function notesOf(
  { data, columns }: FloatMatrix,
  { mean: center, deviation }: Scale,
  { couplings, tail }: FlowLayers,
) {
  if (couplings === "affine") return [];
  const outside = data.reduce(
    (count, value, i) =>
      count + Number(Math.abs((value - center[i % columns]) / deviation[i % columns]) > tail),
    0,
  );
  return outside > data.length / 1000
    ? [
        `${outside} of ${data.length} values lie farther than tail = ${tail} standard deviations from their mean, where splines do not bend; take a larger tail.`,
      ]
    : [];
}
