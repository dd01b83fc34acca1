/** Nanoseconds since 1970 of an RFC 3339 time, exactly. */
export function toNanoseconds(time: string): bigint {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(time);
  if (parts === null) throw new Error(`not an RFC 3339 time: ${time}`);
  const [, seconds, fraction = '', zone] = parts;
  return BigInt(Date.parse(`${seconds}${zone}`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}
