/** The error for an optional package that an option needs. */
export async function missingPackage(flag: string, name: string): Promise<never> {
  const { InputError } = await import("@credence/report");
  throw new InputError(
    "invalid-option",
    `${flag} needs the package ${name}: npm install ${name === "@credence/runtime" ? "--ignore-scripts " : ""}${name}`,
  );
}
