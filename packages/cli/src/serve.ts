import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Console } from "./console.js";

/** Serves one page on the loopback address until the process is interrupted. */
export async function serveUntilInterrupted(page: string, port: number, console: Console): Promise<void> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const known = pathname === "/" || pathname === "/index.html";
    if (request.method !== "GET" && request.method !== "HEAD")
      response.writeHead(405, { allow: "GET, HEAD" }).end();
    else if (!known)
      response.writeHead(404, { "content-type": "text/plain; charset=utf-8" }).end("Not found\n");
    else
      response
        .writeHead(200, {
          "content-type": "text/html; charset=utf-8",
          "cache-control": "no-store",
          "x-content-type-options": "nosniff",
          "referrer-policy": "no-referrer",
        })
        .end(request.method === "HEAD" ? undefined : page);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  console.err(`Report on http://127.0.0.1:${(server.address() as AddressInfo).port} – Ctrl-C stops.\n`);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
