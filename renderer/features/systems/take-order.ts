/** In which order sources are held still when they are taken together. Pure. */

/** Those that are wished for first, as they were wished; what is left in its own order. */
export function inOrder(names: readonly string[], wished: readonly string[]): readonly string[] {
  const known = new Set(names);
  const first = wished.filter((name) => known.has(name));
  const isFirst = new Set(first);
  return [...first, ...names.filter((name) => !isFirst.has(name))];
}

/** Changes places with the one before it that is taken too. */
export function movedEarlier(order: readonly string[], name: string, left: ReadonlySet<string>): readonly string[] {
  const at = order.indexOf(name);
  const before = order.findLastIndex((other, index) => index < at && !left.has(other));
  if (at < 0 || before < 0) return order;
  const moved = [...order];
  [moved[before], moved[at]] = [name, order[before] ?? name];
  return moved;
}

/** What a command means that names none. */
export function isAllByName(names: readonly string[], byName: readonly string[]): boolean {
  return names.length === byName.length && names.every((name, at) => name === byName[at]);
}
