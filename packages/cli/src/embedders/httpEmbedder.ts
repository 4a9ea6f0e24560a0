import { setTimeout as sleep } from "node:timers/promises";
import { inBatches } from "../inBatches.js";
import type { Embedder } from "./embedder.js";
import { embeddingsOf } from "./embeddingsOf.js";

/** Texts in a request. */
const BATCH = 64;
const ATTEMPTS = 5;
/** The longest that a server's Retry-After is obeyed, in milliseconds. */
const LONGEST_WAIT = 60_000;
/** Characters of a server's answer that are quoted. */
const QUOTED = 300;
/** Network errors that do not go away by asking again. */
const LASTING = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EPROTO",
  "CERT_HAS_EXPIRED",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

export interface HttpEmbedderOptions {
  /** As the server knows it. */
  model: string;
  /** Milliseconds until an answer must be there. Default 120 000. */
  timeout?: number;
  /** Milliseconds before the second attempt; doubled before each further one. Default 1000. */
  wait?: number;
}

/**
 * Embeds texts by `POST ADDRESS/embeddings`, as OpenAI, Ollama and vLLM answer it. The key is CREDENCE_EMBEDDER_KEY of the
 * environment, else, for https addresses only, OPENAI_API_KEY.
 * @throws InputError "invalid-option" for an address that is none, "embedder-failed" where the server refuses or answers
 *   with something else than one vector a text.
 */
export async function httpEmbedder(
  address: string,
  { model, timeout = 120_000, wait = 1000 }: HttpEmbedderOptions,
): Promise<Embedder> {
  const { InputError } = await import("@credence/report");
  const url = endpointOf(address, (words) => new InputError("invalid-option", words));
  const { CREDENCE_EMBEDDER_KEY, OPENAI_API_KEY } = process.env;
  // Nobody meant a key of OpenAI's for a server that is asked without encryption.
  const key = CREDENCE_EMBEDDER_KEY || (url.protocol === "https:" && OPENAI_API_KEY) || null;
  const failed = (words: string) => new InputError("embedder-failed", words, { file: url.href });

  async function ask(batch: readonly string[]): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      const last = attempt === ATTEMPTS;
      let pause = wait * 2 ** (attempt - 1);
      try {
        const response = await fetch(url, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            ...(key !== null && { authorization: `Bearer ${key}` }),
          },
          body: JSON.stringify({ model, input: batch }),
          signal: AbortSignal.timeout(timeout),
        });
        const body = await response.text();
        if (response.ok) return body;
        if (last || (response.status !== 429 && response.status < 500))
          throw failed(refusal(response.status, body, model, last ? attempt : 1));
        const asked = Number(response.headers.get("retry-after")) * 1000;
        if (asked > pause) pause = Math.min(asked, LONGEST_WAIT);
      } catch (error) {
        if (error instanceof InputError) throw error;
        const { name, message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
        const timedOut = name === "TimeoutError";
        if (last || LASTING.has(cause?.code ?? ""))
          throw failed(
            timedOut
              ? `no answer within ${timeout / 1000} seconds, ${attempt} times; is the model too large for the server?`
              : `cannot be reached (${cause?.code ?? cause?.message ?? message}); is the server running, and is this its address?`,
          );
      }
      await sleep(pause);
    }
  }

  return {
    name: `the model ${model} at ${url.host}`,
    async read(texts, onProgress) {
      let columns: number | null = null;
      const embed = async (batch: readonly string[], from: number) => {
        const rows = embeddingsOf(await ask(batch), batch.length, columns);
        if (typeof rows === "string") throw failed(`${rows} (texts ${from + 1} to ${from + batch.length}).`);
        columns = rows.columns;
        return rows;
      };
      return inBatches(texts, BATCH, embed, onProgress);
    },
    close: async () => {},
  };
}

/** Where embeddings are asked for. */
function endpointOf(address: string, refuse: (words: string) => Error): URL {
  if (!URL.canParse(address))
    throw refuse(`--embedder ${address}: it is no address, such as http://localhost:11434/v1.`);
  const url = new URL(address);
  if (url.username !== "" || url.password !== "")
    throw refuse(
      "--embedder: the address holds a name or password; put the key into CREDENCE_EMBEDDER_KEY instead.",
    );
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/embeddings`;
  return url;
}

/** What a refused request means, and the server's own words. */
function refusal(status: number, body: string, model: string, attempts: number): string {
  const said = messageIn(body);
  const advice =
    status === 401 || status === 403
      ? "the key is missing or wrong; put it into the environment variable CREDENCE_EMBEDDER_KEY"
      : status === 404
        ? `there is no such address, or no model "${model}"; the address usually ends in /v1, and the server must have loaded the model`
        : status === 429
          ? "too many requests, or no credit left; try again later"
          : status >= 500
            ? "the server failed"
            : "the server refuses the request";
  const tries = attempts > 1 ? `, ${attempts} times` : "";
  return `${advice} (status ${status}${tries}${said ? `: ${said}` : ""}).`;
}

function messageIn(body: string): string {
  let said: unknown = body;
  try {
    const { error, message, detail } = JSON.parse(body);
    said = error?.message ?? error ?? message ?? detail ?? body;
  } catch {
    // No JSON: quoted as it is.
  }
  const text = (typeof said === "string" ? said : JSON.stringify(said)).replace(/\s+/g, " ").trim();
  return text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text;
}
