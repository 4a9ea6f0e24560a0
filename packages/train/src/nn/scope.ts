import { sizeOf } from "@credence/runtime";
import { createRandom } from "credence/numeric";
import { parameter, type Shape, type Tensor } from "../graph/index.js";
import type { Initialiser } from "./initialise.js";

/**
 * Where layers keep their parameters. A layer asks its scope for a parameter by name; the first call makes it, later
 * ones find it again. So a model is an ordinary function of a scope and its inputs, and running that function twice, once
 * in training and once not, gives two graphs with the same weights.
 */
export interface Scope {
  /** Whether dropout drops and batch normalisation uses the batch. */
  readonly training: boolean;
  /** A learnt tensor of this scope. */
  parameter(name: string, shape: Shape, initialise: Initialiser): Tensor;
  /** A tensor kept between steps that no gradient changes, such as a running average. */
  state(name: string, shape: Shape, initialise: Initialiser): Tensor;
  /** Sets a state after each step. */
  update(state: Tensor, next: Tensor): void;
  /** A scope for a part of the model; its names are prefixed. */
  within(name: string): Scope;
}

/** The parameters and states of a model, by name. */
export interface Weights {
  /** A scope over these weights. Updates asked for in training are collected in `updates`. */
  scope(options: { training: boolean; updates?: Map<Tensor, Tensor> }): Scope;
  /** What the optimiser changes. */
  parameters(): Tensor[];
  /** What it does not. */
  states(): Tensor[];
}

/**
 * Empty weights.
 * @param seed Seed of the initial values. Default 0.
 */
export function createWeights(seed = 0): Weights {
  const random = createRandom(seed);
  const made = new Map<string, Tensor>();
  const learnt = new Set<Tensor>();

  function find(name: string, shape: Shape, initialise: Initialiser): Tensor {
    const known = made.get(name);
    if (known) return known;
    const values = new Float32Array(sizeOf(shape));
    initialise(values, shape, random);
    const tensor = parameter(name, shape, values);
    made.set(name, tensor);
    return tensor;
  }
  const scopeAt = (prefix: string, training: boolean, updates: Map<Tensor, Tensor>): Scope => ({
    training,
    parameter(name, shape, initialise) {
      const tensor = find(prefix + name, shape, initialise);
      learnt.add(tensor);
      return tensor;
    },
    state: (name, shape, initialise) => find(prefix + name, shape, initialise),
    update: (state, next) => void updates.set(state, next),
    within: (name) => scopeAt(`${prefix}${name}/`, training, updates),
  });
  return {
    scope: ({ training, updates = new Map() }) => scopeAt("", training, updates),
    parameters: () => [...learnt],
    states: () => [...made.values()].filter((tensor) => !learnt.has(tensor)),
  };
}
