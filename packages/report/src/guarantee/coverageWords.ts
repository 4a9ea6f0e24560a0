/** What a conformal promise assumes, and what it says nothing about. */
export function promiseSentence(group: string | null, ordered = false): string {
  if (group !== null)
    return `The promise is for a row of a new ${group}, and assumes that ${group}s are exchangeable (a new one is like those seen, in any order); rows of one ${group} may depend on each other. It holds on average over ${group}s, not for each, and not for each kind of row.`;
  if (ordered)
    return "The promise assumes that rows are exchangeable, which rows in time rarely are: it is judged here on rows that came later.";
  return "The promise assumes that rows are exchangeable (a new row is like those seen, in any order). It holds on average over rows, not for each kind of row.";
}

/** A slice as people call it. */
export const sliceName = ({ column, value }: { column: string; value: string }, several: boolean): string =>
  several ? `${column} = ${value}` : value;
