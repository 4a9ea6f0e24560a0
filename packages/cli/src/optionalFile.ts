/**
 * `--json` may stand alone (standard output) or name a file. So that `--json data.csv` does not take the data for the
 * place to write to, a value must end like the format; anything else is left for the command.
 */
export function separateOptionalFiles(args: readonly string[]): string[] {
  const endings: Readonly<Record<string, RegExp>> = { "--json": /\.json$/i, "--md": /\.(md|markdown)$/i };
  return args.map((arg, i) => {
    const ending = Object.hasOwn(endings, arg) ? endings[arg] : null;
    return ending && !ending.test(args[i + 1] ?? "") ? `${arg}=-` : arg;
  });
}
