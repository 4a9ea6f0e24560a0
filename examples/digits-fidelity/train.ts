/**
 * Trains every generator five times, and keeps the features of its samples and of the digits held out:
 * `npm run examples:train -- digits-fidelity`; goes on where it was stopped. README.md states how long it takes.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { load } from "@credence/train/models";
import { hits } from "../digits/hits.js";
import { digitParts, weightsOf } from "../digits-generators/digitParts.js";
import { writeFeatures } from "./features.js";
import { CLASSES, clipped, componentsOf, folder, generators, MEMBERS } from "./members.js";

mkdirSync(folder, { recursive: true });
const facts = join(folder, "facts.json");
const done: { [member: string]: { recognised: number; cpuSeconds: number } } = existsSync(facts)
  ? JSON.parse(readFileSync(facts, "utf8"))
  : {};
const { train, test } = digitParts();
const judge = await load(weightsOf("digits-classifier"), "classifier");
writeFeatures("reference", await judge.embeddings(test));
// The best that a model of the components can reach.
const components = componentsOf(train);
writeFeatures("components", await judge.embeddings(clipped(components.decode(components.encode(test)))));

for (let seed = 1; seed <= MEMBERS; seed++)
  for (const [name, trained] of Object.entries(generators)) {
    const member = `${name}-${seed}`;
    if (member in done) continue;
    const cache = join(import.meta.dirname, ".cache", member);
    const before = process.cpuUsage();
    const model = await trained(train, { seed, checkpoint: { directory: cache } });
    const samples = clipped(await model.sample(CLASSES, { seed }));
    await model.release();
    writeFeatures(member, await judge.embeddings(samples));
    const recognised = hits(await judge.predict(samples), CLASSES).filter(Boolean).length;
    const { user, system } = process.cpuUsage(before);
    done[member] = { recognised, cpuSeconds: Math.round((user + system) / 1e6) };
    writeFileSync(facts, `${JSON.stringify(done, null, 2)}\n`);
    await rm(cache, { recursive: true, force: true });
    console.log(`${member}: ${recognised} of ${CLASSES.length} recognised, ${done[member].cpuSeconds} s CPU`);
  }
await judge.release();
