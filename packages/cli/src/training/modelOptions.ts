import { InvalidArgumentError } from "commander";

/** Collects `key=value`; values are JSON where they can be read as such, else text. */
export function collectOption(
  text: string,
  before: { readonly [key: string]: unknown } = {},
): { [key: string]: unknown } {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("It must be of the form name=value, such as latent=8.");
  const [key, value] = [text.slice(0, at), text.slice(at + 1)];
  let parsed: unknown = value;
  try {
    parsed = JSON.parse(value);
  } catch {
    // A word.
  }
  return { ...before, [key]: parsed };
}

/** Refuses options that a model does not have; the message lists those it has. */
export async function checkOptionNames(
  model: string,
  given: { readonly [key: string]: unknown },
  known: readonly string[],
): Promise<void> {
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const { InputError } = await import("@credence/report");
  throw new InputError(
    "invalid-option",
    `--set ${unknown}: a ${model} has no such option; it has ${known.join(", ")}.`,
  );
}
