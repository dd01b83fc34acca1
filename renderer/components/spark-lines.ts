/** Numbers with gaps as lines without. */

/** Runs of numbers without a gap, each with the index it begins at. */
export function linesOf(values: readonly (number | null)[]): readonly (readonly [number, readonly number[]])[] {
  const lines: [number, number[]][] = [];
  let open: number[] | null = null;
  for (const [index, value] of values.entries()) {
    if (value === null) {
      open = null;
    } else if (open === null) {
      open = [value];
      lines.push([index, open]);
    } else {
      open.push(value);
    }
  }
  return lines;
}
