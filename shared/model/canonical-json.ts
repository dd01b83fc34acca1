/**
 * JSON in the one form that RFC 8785 gives every value, so that equal values have equal bytes and a hash of them means
 * something: names in the order of their UTF-16 units, no blanks, numbers and texts as ECMAScript writes them.
 */

/** Names without a value are left out. TypeError for a number that JSON does not have. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`JSON has no number ${value}`);
  if (Array.isArray(value)) return `[${value.map((one) => canonicalJson(one ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const parts = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, part]) => `${JSON.stringify(name)}:${canonicalJson(part)}`);
  return `{${parts.join(',')}}`;
}
