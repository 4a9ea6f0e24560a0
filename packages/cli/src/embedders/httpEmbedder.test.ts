import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { httpEmbedder } from "./httpEmbedder.js";

interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: { model: string; input: string[] };
}
interface Answer {
  readonly status?: number;
  readonly headers?: { readonly [name: string]: string };
  /** Text is sent as it is; null sends nothing at all. */
  readonly body: unknown;
}

let server: Server | null = null;
afterEach(async () => {
  vi.unstubAllEnvs();
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)));
  server = null;
});

/** A server that answers as told, and remembers what it was asked. */
async function serve(answer: (asked: Asked, before: number) => Answer) {
  const asked: Asked[] = [];
  const started = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => {
      text += chunk;
    });
    request.on("end", () => {
      const one = { path: request.url ?? "", headers: request.headers, body: JSON.parse(text) };
      const { status = 200, headers = {}, body } = answer(one, asked.length);
      asked.push(one);
      if (body === null) return;
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    });
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  return { address: `http://127.0.0.1:${(started.address() as AddressInfo).port}/v1`, asked };
}

const vector = (text: string) => [text.length, text.charCodeAt(0), 0.5];
/** An answer as OpenAI's, its vectors in the reverse order. */
const embedded = ({ body: { input } }: Asked) => ({
  object: "list",
  data: input.map((text, index) => ({ object: "embedding", index, embedding: vector(text) })).reverse(),
});
const quick = { model: "m", wait: 1 };
const texts = Array.from({ length: 150 }, (_, i) => String.fromCharCode(65 + (i % 26)).repeat(1 + (i % 7)));

describe("httpEmbedder", () => {
  it("asks for 64 texts at a time, and puts vectors in the order of their index", async () => {
    const { address, asked } = await serve((one) => ({ body: embedded(one) }));
    const embedder = await httpEmbedder(`${address}/`, quick);
    const seen: number[] = [];
    const found = await embedder.read(texts, (done, total) => seen.push(done, total));
    expect([found.rows, found.columns]).toEqual([150, 3]);
    expect(Array.from(found.data)).toEqual(texts.flatMap(vector));
    expect(seen).toEqual([64, 150, 128, 150, 150, 150]);
    expect(asked.map(({ path, body }) => [path, body.model, body.input.length])).toEqual([
      ["/v1/embeddings", "m", 64],
      ["/v1/embeddings", "m", 64],
      ["/v1/embeddings", "m", 22],
    ]);
    expect(embedder.name).toBe(`the model m at ${new URL(address).host}`);
  });

  it("sends the key of the environment; that of OpenAI not without encryption", async () => {
    const { address, asked } = await serve((one) => ({ body: embedded(one) }));
    vi.stubEnv("CREDENCE_EMBEDDER_KEY", "");
    vi.stubEnv("OPENAI_API_KEY", "other");
    await (await httpEmbedder(address, quick)).read(["a"]);
    vi.stubEnv("CREDENCE_EMBEDDER_KEY", "mine");
    await (await httpEmbedder(address, quick)).read(["a"]);
    expect(asked.map(({ headers }) => headers.authorization)).toEqual([undefined, "Bearer mine"]);
    const ask = vi.spyOn(globalThis, "fetch").mockImplementation(async (_, init) => {
      expect(new Headers(init?.headers).get("authorization")).toBe("Bearer other");
      return new Response(JSON.stringify({ data: [{ index: 0, embedding: [1] }] }));
    });
    vi.stubEnv("CREDENCE_EMBEDDER_KEY", "");
    await (await httpEmbedder("https://api.example/v1", quick)).read(["a"]);
    expect(ask).toHaveBeenCalledOnce();
    ask.mockRestore();
  });

  it("asks again where the server is busy or fails for a while, and waits as long as it says", async () => {
    const { address, asked } = await serve((one, before) => {
      if (before === 0) return { status: 429, body: { error: { message: "slow down" } } };
      if (before === 1) return { status: 503, headers: { "retry-after": "0.2" }, body: "busy" };
      return { body: embedded(one) };
    });
    const start = performance.now();
    expect((await (await httpEmbedder(address, quick)).read(["abc"])).data[0]).toBe(3);
    expect(asked.length).toBe(3);
    expect(performance.now() - start).toBeGreaterThan(190);
  });

  it("gives up after five attempts, and at once where asking again is of no use", async () => {
    const failing = await serve(() => ({ status: 500, body: { error: "out of memory" } }));
    await expect((await httpEmbedder(failing.address, quick)).read(["a"])).rejects.toThrow(
      /embeddings: the server failed \(status 500, 5 times: out of memory\)/,
    );
    expect(failing.asked.length).toBe(5);
    server?.close();
    const refusing = await serve(() => ({ status: 401, body: { error: { message: "no key" } } }));
    await expect((await httpEmbedder(refusing.address, quick)).read(["a"])).rejects.toThrow(
      /CREDENCE_EMBEDDER_KEY \(status 401: no key\)/,
    );
    expect(refusing.asked.length).toBe(1);
  });

  it("says so where nobody answers, or not in time", async () => {
    const { address } = await serve(() => ({ body: null }));
    await expect((await httpEmbedder(address, { ...quick, timeout: 30 })).read(["a"])).rejects.toThrow(
      /no answer within 0.03 seconds, 5 times/,
    );
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
    server = null;
    await expect((await httpEmbedder(address, quick)).read(["a"])).rejects.toThrow(
      /cannot be reached \(ECONNREFUSED\); is the server running/,
    );
  });

  const one = (change: object) => ({ data: [{ index: 0, embedding: [1, 2], ...change }] });
  it.each([
    [
      "an unknown model",
      { status: 404, body: { error: { message: 'model "m" not found' } } },
      /no model "m"/,
    ],
    [
      "a refused request",
      { status: 400, body: "too long ".repeat(99) },
      /refuses the request.*too long.*…\)/,
    ],
    ["a page", { body: "<html>" }, /no JSON/],
    ["no list", { body: { embedding: [1] } }, /no list "data"/],
    ["no object", { body: "null" }, /no list "data"/],
    ["too few", { body: { data: [] } }, /0 vectors for 1 texts \(texts 1 to 1\)/],
    ["no index", { body: one({ index: undefined }) }, /index undefined, not one of 0 to 0/],
    ["another index", { body: one({ index: 1 }) }, /index 1, not one of 0 to 0/],
    ["no vector", { body: one({ embedding: "AAAA" }) }, /vector 0 is no list/],
    ["an empty vector", { body: one({ embedding: [] }) }, /vector 0 is no list/],
    ["a gap", { body: one({ embedding: [1, null] }) }, /number 1 of vector 0 is null/],
    ["an infinity of float32", { body: one({ embedding: [1e300] }) }, /not a finite number/],
    ["an entry that is none", { body: { data: [null] } }, /index undefined/],
  ])("refuses an answer that holds %s", async (_, answer, words) => {
    const { address } = await serve(() => answer);
    const read = (await httpEmbedder(address, quick)).read(["a"]);
    await expect(read).rejects.toThrow(expect.objectContaining({ code: "embedder-failed" }));
    await expect(read).rejects.toThrow(words);
  });

  it("refuses vectors of different lengths, within an answer and between answers, and an index twice", async () => {
    const two = await serve(() => ({
      body: {
        data: [
          { index: 0, embedding: [1, 2] },
          { index: 1, embedding: [1] },
        ],
      },
    }));
    await expect((await httpEmbedder(two.address, quick)).read(["a", "b"])).rejects.toThrow(
      /vector 1 has 1 numbers, others have 2/,
    );
    server?.close();
    const growing = await serve(({ body: { input } }, before) => ({
      body: { data: input.map((_, index) => ({ index, embedding: new Array(before + 1).fill(1) })) },
    }));
    await expect((await httpEmbedder(growing.address, quick)).read(texts)).rejects.toThrow(
      /vector 0 has 2 numbers, others have 1 \(texts 65 to 128\)/,
    );
    server?.close();
    const twice = await serve(() => ({ body: { data: [0, 0].map((index) => ({ index, embedding: [1] })) } }));
    await expect((await httpEmbedder(twice.address, quick)).read(["a", "b"])).rejects.toThrow(/two vectors/);
  });

  it.each([
    ["http://", /it is no address/],
    ["http://me:secret@localhost/v1", /^(?!.*secret).*CREDENCE_EMBEDDER_KEY/],
  ])("refuses %s as an address", async (address, words) => {
    await expect(httpEmbedder(address, quick)).rejects.toThrow(words);
  });
});
