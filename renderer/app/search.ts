/** What stands after the `?` of an address: texts of known names, and nothing else. */

export function textSearch<const Names extends readonly string[]>(
  ...names: Names
): (search: Record<string, unknown>) => { [Name in Names[number]]?: string } {
  return (search) => {
    const texts: Record<string, string> = {};
    for (const name of names) {
      const value = Object.hasOwn(search, name) ? search[name] : undefined;
      // The router reads `?path=2024` as a number.
      if (typeof value === 'string' && value !== '') texts[name] = value;
      else if (typeof value === 'number' || typeof value === 'boolean') texts[name] = String(value);
    }
    return texts as { [Name in Names[number]]?: string };
  };
}
