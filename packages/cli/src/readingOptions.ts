import type { Command } from "commander";
import { collect, parseNumber } from "./parseOption.js";

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

/** What the commands that read the probabilities of all classes have in common. */
export interface ClassFlags {
  readonly probabilities?: string[];
  readonly label?: string;
  readonly logits?: boolean;
}

/** Adds those flags to a command; without `label` where the true class is of no use. */
export function addClassOptions(command: Command, label = true): Command {
  command.option(
    "--probabilities <columns>",
    "class probabilities: a column, a pattern such as 'p_*', or a column of lists; may be repeated",
    collect,
  );
  if (label)
    command.option("--label <column>", "with --probabilities: the true class, by number from 0 or by name");
  return command.option("--logits", "with --probabilities: the values are logits; softmax is applied");
}

/** Whether the probabilities of all classes are asked for. */
export const asksForClasses = ({ probabilities, label, logits }: ClassFlags): boolean =>
  [probabilities, label, logits].some((flag) => flag !== undefined);
