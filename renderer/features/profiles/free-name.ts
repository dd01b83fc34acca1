/** A name that nothing has: the one wished for, or with a number. */
export function freeName(wished: string, taken: ReadonlySet<string>): string {
  let name = wished;
  for (let number = 2; taken.has(name); number += 1) name = `${wished} ${number}`;
  return name;
}
