import type { Command } from "commander";
import { parseNumber } from "./parseOption.js";

/** What the commands that read rows have in common. */
export interface ReadingFlags {
  readonly confidence?: string;
  readonly outcome?: string;
  readonly group?: string;
  readonly where?: string;
  readonly seed?: number;
  readonly level?: number;
  readonly force?: boolean;
  readonly quiet?: boolean;
}

/** Adds those flags to a command. */
export function addReadingOptions(command: Command): Command {
  return command
    .option("--confidence <column>", "column, or SQL expression, with the model's confidence in [0, 1]")
    .option("--outcome <column>", "column, or SQL expression, that says whether the answer was right")
    .option(
      "--group <column>",
      "cluster of each row (page, user, document): rows of one cluster are not independent",
    )
    .option("--where <sql>", "only rows for which a DuckDB expression is true, e.g. \"lang = 'de'\"")
    .option("--seed <number>", "seed of whatever is drawn at random (default: 0)", parseNumber)
    .option("--level <number>", "level of the intervals (default: 0.95)", parseNumber)
    .option("--force", "overwrite files that exist")
    .option("--quiet", "no progress, no summary");
}
