import { type TensorData, tensorData } from "@credence/runtime";
import { fingerprint } from "credence/estimate";
import { checkNotEmpty, checkOneOf } from "credence/numeric";
import type { Feeds } from "../../graph/index.js";
import {
  div,
  gather,
  input,
  logSoftmax,
  mul,
  neg,
  oneHot,
  parameter,
  sum,
  type Tensor,
} from "../../graph/index.js";
import { createWeights } from "../../nn/index.js";
import { type EpochOptions, trainEpochs } from "../trainEpochs.js";
import { encodeNetwork } from "./networkFile.js";
import {
  checkLength,
  isPair,
  type Line,
  lineOfItem,
  type PackedRows,
  type Pair,
  packRows,
  spansOf,
} from "./packing.js";
import { learnTokeniser, type Sequence, type TokenOptions } from "./tokeniser.js";
import {
  type ConditionalTransformer,
  createConditionalTransformer,
  createTransformer,
  type Transformer,
} from "./transformerModel.js";
import { type Architecture, dimensionsOf, logitsOfRows, READ, type Read, ROWS } from "./transformerNet.js";

export interface TransformerOptions extends Architecture, TokenOptions {
  /**
   * What happens to a sequence that is longer than the context: "refuse", or "slide", where its beginning is forgotten
   * half a context at a time. Pairs cannot slide. Default "refuse".
   */
  overflow?: "refuse" | "slide";
}

export interface TransformerTraining<T> extends Omit<EpochOptions, "batchSize"> {
  /** Rows of one step; a row of `context` places holds as many whole sequences as fit. Default 16. */
  batchSize?: number;
  /** Sequences held out, whose mean loss of a token is measured after each epoch. */
  validation?: readonly T[];
}

/** A transformer that is not trained yet. */
export interface TransformerDefinition {
  /**
   * Trains on sequences, to model p(sequence).
   * @throws CredenceError "too-long" for a sequence longer than the context, "unknown-token" for one of the validation
   * with tokens that the training data lack, "empty-input" without any; "diverged" where the loss does. An aborted signal
   * rejects with its reason.
   */
  train(sequences: readonly Sequence[], options?: TransformerTraining<Sequence>): Promise<Transformer>;
  /** Trains on pairs, to model p(target | source): only the target's tokens count in the loss. */
  train(pairs: readonly Pair[], options?: TransformerTraining<Pair>): Promise<ConditionalTransformer>;
}

/**
 * An autoregressive transformer: it gives each sequence a probability, the product of those of its tokens and of its end,
 * each given the tokens before. Trained on pairs, it does so given a source, which is read as a whole.
 * @example
 * ```ts
 * import { transformer } from "@credence/train/models";
 * const pairs = ["ab", "ba", "aab", "bba"].map((text) => ({ source: text, target: text.toUpperCase() }));
 * const model = await transformer({ layers: 1, width: 32, heads: 2, context: 16 }).train(pairs, {
 *   epochs: 100,
 *   learningRate: 1e-2,
 * });
 * const [{ text }] = await model.greedy(["aab"]);
 * await model.release();
 * text; // → "AAB"
 * ```
 */
export function transformer(options: TransformerOptions = {}): TransformerDefinition {
  return {
    train: ((data: readonly (Sequence | Pair)[], training = {}) =>
      train(options, data, training)) as TransformerDefinition["train"],
  };
}

const fn = "transformer.train";

async function train(
  options: TransformerOptions,
  data: readonly (Sequence | Pair)[],
  training: TransformerTraining<Sequence | Pair>,
): Promise<Transformer | ConditionalTransformer> {
  const { validation, seed = 0, batchSize = 16 } = training;
  checkNotEmpty(fn, "sequences", data);
  const conditional = isPair(data[0]);
  const sequences = data.flatMap((item) => (isPair(item) ? [item.source, item.target] : [item]));
  const tokeniser = learnTokeniser(fn, sequences, options);
  const dimensions = dimensionsOf(fn, options, tokeniser.size);
  const { overflow = "refuse" } = options;
  checkOneOf(fn, "overflow", overflow, ["refuse", "slide"]);
  const linesOf = (argument: string, items: readonly (Sequence | Pair)[]) =>
    items.map((item, index) => {
      const place = { function: fn, argument, index };
      const line = lineOfItem(tokeniser, item, conditional, place);
      if (conditional || overflow === "refuse") checkLength(place, line.tokens.length, dimensions.context);
      return line;
    });
  const rowsOf = (lines: readonly Line[], order?: number) => {
    const spans = lines.flatMap(({ tokens, source }, i) =>
      spansOf(tokens.length, dimensions.context, i, source),
    );
    return packRows(lines, spans, dimensions.context, dimensions.vocabulary, { seed: order });
  };
  const rows = rowsOf(linesOf("sequences", data), seed);
  const held = validation && rowsOf(linesOf("validation", validation));
  const identity = fingerprint([rows.tokens, rows.next, rows.from]);

  const weights = createWeights(seed);
  const logits = (isTraining: boolean, read: (name: Read) => Tensor) =>
    logitsOfRows(weights.scope({ training: isTraining }), read, dimensions);
  const fed = (name: Read | "next") => input(name, [ROWS, dimensions.context], "int64");
  const fitted = await trainEpochs(
    {
      fn,
      rows: rows.rows,
      weights,
      loss(taken) {
        // The data go to the worker once; each step is told which rows to take.
        const shape = [rows.rows, rows.places];
        const read = (name: Read | "next") => gather(parameter(name, shape, rows[name], "int64"), taken);
        const { loss, count } = lossOf(logits(true, read), read("next"));
        return div(sum(loss), count);
      },
      validation: held && {
        output: lossOf(logits(false, fed), fed("next")).loss,
        loss: (run) => validationLoss(held, dimensions.vocabulary, run),
      },
      identity: [identity, options],
    },
    { ...training, batchSize },
    10,
  );
  const facts = {
    dimensions,
    overflow,
    tokens: tokeniser.json,
    training: { data: identity, sequences: data.length, ...fitted.facts },
    history: fitted.history,
  };
  const onnx = encodeNetwork(fitted.values, dimensions);
  return conditional
    ? createConditionalTransformer(onnx, { kind: "conditionalTransformer", ...facts })
    : createTransformer(onnx, { kind: "transformer", ...facts });
}

/** The sum of each row's losses, [rows], and how many tokens count. `next` is out of range where nothing does. */
function lossOf(logits: Tensor, next: Tensor): { loss: Tensor; count: Tensor } {
  const hot = oneHot(next, logits.shape.at(-1) as number);
  return { loss: neg(sum(mul(hot, logSoftmax(logits)), { axes: [1, 2] })), count: sum(hot) };
}

/** The mean loss of a token. */
async function validationLoss(
  { rows, places, ...arrays }: PackedRows,
  vocabulary: number,
  run: (feeds: Feeds) => Promise<TensorData>,
): Promise<number> {
  let total = 0;
  for (let row = 0; row < rows; row += EVALUATED_TOGETHER) {
    const part = (name: Read | "next") =>
      tensorData("int64", [], arrays[name].subarray(row * places, (row + EVALUATED_TOGETHER) * places));
    const feeds = Object.fromEntries(READ.map((name) => [name, part(name)]));
    const losses = (await run({ ...feeds, next: part("next") })).data as Float32Array;
    for (const loss of losses) total += loss;
  }
  return total / arrays.next.reduce((count, token) => count + Number(token < vocabulary), 0);
}

const EVALUATED_TOGETHER = 64;
