/** Times as restic's JSON has them (RFC 3339 with up to nine digits), as nanoseconds since 1970, and back. */

const nanosecondsPerSecond = 1_000_000_000n;
/** Go's JSON encoder refuses years outside 0 to 9999, so restic clamps the year; so do we. */
const earliest = -62_167_219_200;
const latest = 253_402_300_799;

let cachedSecond = Number.NaN;
let cachedText = '';

/** UTC, trailing zeros of the fraction cut: what Go's RFC3339Nano gives for a UTC time. */
export function formatGoTime(seconds: number, nanoseconds: number): string {
  if (seconds !== cachedSecond) {
    cachedText = new Date(Math.min(latest, Math.max(earliest, seconds)) * 1000).toISOString().slice(0, 19);
    cachedSecond = seconds;
  }
  if (nanoseconds === 0) return `${cachedText}Z`;
  const fraction = String(nanoseconds + 1_000_000_000).slice(1);
  let end = 9;
  while (fraction.charCodeAt(end - 1) === 48) end--;
  return `${cachedText}.${fraction.slice(0, end)}Z`;
}

export function formatGoTimeNs(timeNs: bigint): string {
  const seconds = timeNs / nanosecondsPerSecond;
  const rest = timeNs % nanosecondsPerSecond;
  return rest < 0n
    ? formatGoTime(Number(seconds) - 1, Number(rest + nanosecondsPerSecond))
    : formatGoTime(Number(seconds), Number(rest));
}

const rfc3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(?:Z|([+-])(\d\d):(\d\d))$/;

/** Nanoseconds since 1970, or null where the text is not a time. */
export function parseGoTime(text: string): bigint | null {
  const match = rfc3339.exec(text);
  if (match === null) return null;
  const [, base = '', fraction = '', sign, hours = '0', minutes = '0'] = match;
  const milliseconds = Date.parse(`${base}Z`);
  // Date.parse takes 30 February for 1 March; and no zone is a day away.
  if (Number.isNaN(milliseconds) || new Date(milliseconds).toISOString().slice(0, 19) !== base) return null;
  if (Number(hours) > 23 || Number(minutes) > 59) return null;
  const offsetSeconds = (Number(hours) * 60 + Number(minutes)) * 60 * (sign === '-' ? -1 : 1);
  return BigInt(milliseconds / 1000 - offsetSeconds) * nanosecondsPerSecond + BigInt(fraction.padEnd(9, '0'));
}

/** Minutes east of UTC of the clock a time was written by; 0 where it does not say. */
export function goTimeOffsetMinutes(text: string): number {
  const [, , , sign, hours = '0', minutes = '0'] = rfc3339.exec(text) ?? [];
  return (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1) || 0;
}
