import type { Trained } from "../capabilities.js";
import { type ModelFiles, saveModel } from "../card.js";
import { type Network, openNetwork } from "./network.js";
import { overPairs, overSequences, type PairAbilities, type SequenceAbilities } from "./networkAbilities.js";
import { encodeNetwork, type Precision, weightsIn } from "./networkFile.js";
import type { TransformerCard } from "./transformerCard.js";

export interface SaveOptions {
  /**
   * "float16" halves the size; each weight is rounded to 11 bits, so what is saved is not exactly this model. Default
   * "float32".
   */
  weights?: Precision;
}

interface Saved<C extends TransformerCard> extends Trained<C> {
  /** Writes the model into a folder; `load` reads it. */
  save(directory: string, options?: SaveOptions): Promise<void>;
}

/** A trained transformer, p(sequence). Searches start from the beginning of a sequence, which may be empty. */
export interface Transformer extends SequenceAbilities, Saved<TransformerCard<"transformer">> {}

/** A transformer trained on pairs, p(target | source). Searches start from a source. */
export interface ConditionalTransformer
  extends PairAbilities,
    Saved<TransformerCard<"conditionalTransformer">> {}

/** Opens a transformer over sequences from its files. */
export const openTransformer = (
  files: ModelFiles,
  card: TransformerCard<"transformer">,
): Promise<Transformer> => createTransformer(files[MODEL], card);

/** Opens a transformer over pairs from its files. */
export const openConditionalTransformer = (
  files: ModelFiles,
  card: TransformerCard<"conditionalTransformer">,
): Promise<ConditionalTransformer> => createConditionalTransformer(files[MODEL], card);

const MODEL = "model.onnx";

/** A transformer over sequences from its ONNX file. */
export const createTransformer = (
  onnx: Uint8Array,
  card: TransformerCard<"transformer">,
): Promise<Transformer> => createModel(onnx, card, (network) => overSequences("Transformer", network, card));

/** A transformer over pairs from its ONNX file. */
export const createConditionalTransformer = (
  onnx: Uint8Array,
  card: TransformerCard<"conditionalTransformer">,
): Promise<ConditionalTransformer> =>
  createModel(onnx, card, (network) => overPairs("ConditionalTransformer", network, card));

async function createModel<C extends TransformerCard, A extends object>(
  onnx: Uint8Array,
  card: C,
  abilities: (network: Network) => A,
): Promise<A & Saved<C>> {
  const { dimensions } = card;
  const weights = weightsIn(onnx, dimensions);
  const network = await openNetwork(weights, dimensions);
  const model = {
    ...abilities(network),
    card,
    save: (directory: string, { weights: precision = "float32" }: SaveOptions = {}) =>
      saveModel(directory, { [MODEL]: encodeNetwork(weights, dimensions, precision) }, card),
    release: network.release,
  };
  networks.set(model, network);
  return model;
}

/** What is built on several models, such as an ensemble, needs their networks; users do not. */
const networks = new WeakMap<object, Network>();
export const networkOf = (model: Transformer | ConditionalTransformer): Network =>
  networks.get(model) as Network;
