import { CredenceError } from "credence/numeric";
import { openBayesianClassifier } from "./bayesianClassifier/bayesianClassifierModel.js";
import { openBayesianNetwork } from "./bayesianNetwork/bayesianNetworkModel.js";
import { type Card, type ModelFiles, readModel } from "./card.js";
import { openClassifier } from "./classifier/classifierModel.js";
import { openConditionalDiffusion, openDiffusion } from "./diffusion/diffusionModel.js";
import { createConditionalFlow, createFlow } from "./flow/flowModel.js";
import {
  openGanForecaster,
  openMixtureForecaster,
  openQuantileForecaster,
} from "./forecaster/forecasterModel.js";
import { openConditionalGan, openGan } from "./gan/ganModel.js";
import { openGanomaly } from "./ganomaly/ganomalyModel.js";
import { openConditionalTransformer, openTransformer } from "./transformer/transformerModel.js";
import { openConditionalVae, openVae } from "./vae/vaeModel.js";

/** How each kind of model is opened. */
const openers = {
  bayesianNetwork: openBayesianNetwork,
  bayesianClassifier: openBayesianClassifier,
  classifier: openClassifier,
  conditionalDiffusion: openConditionalDiffusion,
  conditionalFlow: createConditionalFlow,
  conditionalTransformer: openConditionalTransformer,
  conditionalGan: openConditionalGan,
  conditionalVae: openConditionalVae,
  diffusion: openDiffusion,
  ganForecaster: openGanForecaster,
  mixtureForecaster: openMixtureForecaster,
  quantileForecaster: openQuantileForecaster,
  flow: createFlow,
  gan: openGan,
  ganomaly: openGanomaly,
  vae: openVae,
  transformer: openTransformer,
} satisfies { [kind: string]: (files: ModelFiles, card: never) => unknown };

/** The kinds of models that can be loaded. */
export type Kind = keyof typeof openers;

/** The model of a kind. */
export type ModelOf<K extends Kind> = Awaited<ReturnType<(typeof openers)[K]>>;

/**
 * Opens a model that was saved.
 * @param kind What it must be, which also gives the result its type. Default: any kind; `card.kind` tells which.
 * @throws CredenceError "not-a-model" for a folder that holds none, a damaged one, or one of another kind.
 */
export async function load<K extends Kind = Kind>(directory: string, kind?: K): Promise<ModelOf<K>> {
  const { files, card } = await readModel(directory);
  const open = Object.hasOwn(openers, card.kind) ? openers[card.kind as Kind] : undefined;
  if (!open || (kind !== undefined && card.kind !== kind))
    throw new CredenceError(
      "not-a-model",
      { function: "load", argument: "directory", value: directory },
      open
        ? `holds a ${card.kind}, not a ${kind}.`
        : `holds a "${card.kind}", which this version cannot open.`,
    );
  return (open as (files: ModelFiles, card: Card) => Promise<ModelOf<K>>)(files, card);
}
