import type { Embedder } from "./embedder.js";
import { httpEmbedder } from "./httpEmbedder.js";
import { onnxEmbedder } from "./onnxEmbedder.js";

/** What the command line says about embedding texts. */
export interface EmbedderFlags {
  readonly embeddingModel?: string;
  readonly tokenizer?: string;
  readonly maxTokens?: number;
}

/** Tokens of a text that an ONNX model sees, unless told otherwise. */
const MAX_TOKENS = 256;
/** Fewer would hold marks and hardly any text. */
const LEAST_TOKENS = 8;

/**
 * The embedder of `--embedder`: "ngrams", the address of an OpenAI-compatible server, or an ONNX model; null without one.
 * @throws InputError "invalid-option" for anything else, and for options that go with another.
 */
export async function createEmbedder(
  embedder: string | undefined,
  { embeddingModel, tokenizer, maxTokens }: EmbedderFlags,
): Promise<Embedder | null> {
  const { hashedNgrams, InputError } = await import("@credence/report");
  const refuse = (words: string) => new InputError("invalid-option", words);
  const kind = embedder === undefined ? null : kindOf(embedder);
  if (embeddingModel !== undefined && kind !== "http")
    throw refuse(
      "--embedding-model goes with the address of a server: --embedder http://localhost:11434/v1.",
    );
  for (const [flag, value] of Object.entries({ tokenizer, "max-tokens": maxTokens }))
    if (value !== undefined && kind !== "onnx")
      throw refuse(`--${flag} goes with an ONNX model: --embedder model.onnx.`);
  if (embedder === undefined) return null;
  if (kind === "ngrams")
    return {
      name: "hashed n-grams (words, and runs of 3 to 5 characters: wording, not meaning)",
      read: async (texts, onProgress) => hashedNgrams(texts, { onProgress }),
      close: async () => {},
    };
  if (kind === "http") {
    if (embeddingModel === undefined)
      throw refuse(
        `--embedder ${embedder} needs --embedding-model NAME, as the server knows it, e.g. nomic-embed-text.`,
      );
    return httpEmbedder(embedder, { model: embeddingModel });
  }
  if (kind === "onnx") {
    if (tokenizer === undefined)
      throw refuse(
        `--embedder ${embedder} needs --tokenizer tokenizer.json, which lies beside the model where it was published.`,
      );
    if (maxTokens !== undefined && maxTokens < LEAST_TOKENS)
      throw refuse(`--max-tokens ${maxTokens}: a whole number of at least ${LEAST_TOKENS}.`);
    return onnxEmbedder(embedder, { tokenizer, maxTokens: maxTokens ?? MAX_TOKENS });
  }
  throw refuse(
    `--embedder ${embedder}: it is "ngrams", the address of a server (http://localhost:11434/v1), or an ONNX model (model.onnx).`,
  );
}

function kindOf(embedder: string): "ngrams" | "http" | "onnx" | null {
  if (embedder === "ngrams") return "ngrams";
  if (/^https?:\/\//i.test(embedder)) return "http";
  return /\.onnx$/i.test(embedder) ? "onnx" : null;
}
