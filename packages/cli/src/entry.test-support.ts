// What bin/credence.js does, on the source: tests need no build.
import { main } from "./main.js";

process.exitCode = await main(process.argv.slice(2));
