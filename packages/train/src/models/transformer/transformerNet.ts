import { CredenceError, checkCount } from "credence/numeric";
import { add, cast, constant, gelu, greater, less, mul, reshape, type Tensor } from "../../graph/index.js";
import { range } from "../../graph/shape.js";
import { dense, dropout, embedding, layerNorm, type Scope, scaled, selfAttention } from "../../nn/index.js";

/** The shape of a transformer. */
export interface Architecture {
  /** Blocks of attention and a hidden layer. Default 4. */
  layers?: number;
  /** Numbers that describe a token inside; a multiple of `heads`. Default 128. */
  width?: number;
  /** Heads of attention. Default 4. */
  heads?: number;
  /** Most tokens seen at once: source, boundary and target together. Default 128. */
  context?: number;
  /** Share of the embeddings and of each block's outputs dropped in training, in [0, 1). Default 0. */
  dropout?: number;
}

/** The same with all defaults filled in. */
export type Dimensions = Required<Architecture> & { readonly vocabulary: number };

/**
 * Fills in the defaults.
 * @throws CredenceError "out-of-range" for dimensions that make no network.
 */
export function dimensionsOf(
  fn: string,
  { layers = 4, width = 128, heads = 4, context = 128, dropout: rate = 0 }: Architecture,
  vocabulary: number,
): Dimensions {
  for (const [name, value] of Object.entries({ layers, width, heads })) checkCount(fn, name, value);
  checkCount(fn, "context", context, 2);
  if (width % heads !== 0)
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "width", value: width },
      `must be a multiple of the ${heads} heads.`,
    );
  return { layers, width, heads, context, dropout: rate, vocabulary };
}

/** What a block attends to, from its number and the keys and values [batch, heads, places, head] of the tokens read. */
export type Remember = (layer: number, keys: Tensor, values: Tensor) => readonly [Tensor, Tensor];

/**
 * Logits […, vocabulary] of the token after each place. A decoder (Vaswani et al. 2017) with learnt positions, normalised
 * before each part (Xiong et al. 2020).
 * @param tokens int64 [batch, places].
 * @param positions Where each stands in its sequence; int64 [batch, places].
 * @param mask Added to the scores of attention, [batch, 1, places, places attended to].
 */
export function logitsOf(
  scope: Scope,
  { tokens, positions, mask }: { tokens: Tensor; positions: Tensor; mask: Tensor },
  { layers, width, heads, context, dropout: rate, vocabulary }: Dimensions,
  remember: Remember = (_, keys, values) => [keys, values],
): Tensor {
  const known = embedding(scope, "tokens", tokens, vocabulary, width);
  let h = dropout(scope, add(known, embedding(scope, "positions", positions, context, width)), rate);
  // What the blocks add up to shall not grow with their number.
  const out = { initialise: scaled(1 / (2 * layers)) };
  for (let layer = 0; layer < layers; layer++) {
    const own = scope.within(`block ${layer + 1}`);
    const seen = selfAttention(own, "attention", layerNorm(own, "norm 1", h), {
      heads,
      mask,
      remember: (keys, values) => remember(layer, keys, values),
    });
    h = add(h, dropout(own, seen, rate));
    const hidden = gelu(dense(own, "up", layerNorm(own, "norm 2", h), 4 * width, { initialise: scaled(1) }));
    h = add(h, dropout(own, dense(own, "down", hidden, width, out), rate));
  }
  return dense(scope, "logits", layerNorm(scope, "norm", h), vocabulary, { initialise: scaled(1) });
}

/** Rows in the graphs, which then take any number. Not 1, which would also stand for dimensions that are 1. */
export const ROWS = 2;

/** What the network reads of packed rows, each int64 [batch, places]. */
export const READ = ["tokens", "positions", "from", "until"] as const;
export type Read = (typeof READ)[number];

/** The logits of packed rows. */
export const logitsOfRows = (
  scope: Scope,
  read: (name: Read) => Tensor,
  dimensions: Dimensions,
  remember?: Remember,
): Tensor =>
  logitsOf(
    scope,
    { tokens: read("tokens"), positions: read("positions"), mask: maskOf(read("from"), read("until")) },
    dimensions,
    remember,
  );

/** 0 where a place sees another, −1e9 where not, [batch, 1, places, places], from the first and last place that sees each. */
function maskOf(from: Tensor, until: Tensor): Tensor {
  const [batch, places] = from.shape;
  const here = constant(range(places), [places, 1], "int64");
  const across = (x: Tensor) => reshape(x, [batch, 1, 1, places]);
  const hidden = add(
    cast(greater(across(from), here), "float32"),
    cast(less(across(until), here), "float32"),
  );
  return mul(hidden, -1e9);
}
