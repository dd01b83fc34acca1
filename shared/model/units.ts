/** Numbers as people read and type them: sizes in binary units, durations, rates, percentages. */

const unitNames = {
  iec: ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'],
  si: ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'],
} as const;

/** Powers of 1024, as file systems count, or of 1000, as the labels of disks do. */
export type ByteUnits = keyof typeof unitNames;

/** `0 B`, `1023 B`, `1.0 KiB`, `3.4 GiB`: one decimal from the second unit on. */
export function formatBytes(bytes: number, units: ByteUnits = 'iec'): string {
  const base = units === 'iec' ? 1024 : 1000;
  const names = unitNames[units];
  let value = Math.max(0, bytes);
  let unit = 0;
  // 1023.95 would print as 1024.0 of the smaller unit.
  while (unit < names.length - 1 && value >= (unit === 0 ? base - 0.5 : base - 0.05)) {
    value /= base;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(value) : value.toFixed(1)} ${names[unit] ?? ''}`;
}

/** `212.3 MiB/s`, from bytes per second. */
export function formatRate(bytesPerSecond: number, units: ByteUnits = 'iec'): string {
  return `${formatBytes(bytesPerSecond, units)}/s`;
}

/** `1,204`: the same on every machine, whatever its locale. */
export function formatCount(count: number): string {
  // For a locale, Node.js loads tables for all of them, which takes a command 13 ms.
  return String(Math.round(count)).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 object`, `2 objects`. */
export function countOf(count: number, noun: string, nouns = `${noun}s`): string {
  return `${formatCount(count)} ${Math.round(count) === 1 ? noun : nouns}`;
}

/** `0.4 s`, `42 s`, `3 min 20 s`, `2 h 10 min`, `6 d 4 h`: two units at most, none of them zero after the first. */
export function formatDuration(durationMs: number): string {
  const exactSeconds = Math.max(0, durationMs) / 1000;
  if (exactSeconds < 9.95) return `${Number(exactSeconds.toFixed(1))} s`;
  const seconds = Math.round(exactSeconds);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return twoUnits(seconds, 60, 'min', 's');
  const minutes = Math.round(exactSeconds / 60);
  if (minutes < 24 * 60) return twoUnits(minutes, 60, 'h', 'min');
  return twoUnits(Math.round(exactSeconds / 3600), 24, 'd', 'h');
}

function twoUnits(amount: number, base: number, large: string, small: string): string {
  const rest = amount % base;
  const first = `${Math.floor(amount / base)} ${large}`;
  return rest === 0 ? first : `${first} ${rest} ${small}`;
}

/**
 * Bytes meant by `500`, `10k`, `1.5G`, `10 MiB` (all binary) or `10MB` (decimal, as on a disk's label), rounded down;
 * null when the text is no size, or larger than can be counted exactly.
 */
export function parseSize(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgtp]?)(b|ib)?$/i.exec(text.trim());
  if (match === null) return null;
  const [, amount = '', prefix = '', suffix = ''] = match;
  if (prefix === '' && suffix.toLowerCase() === 'ib') return null;
  const base = suffix.toLowerCase() === 'b' ? 1000 : 1024;
  const power = prefix === '' ? 0 : 'kmgtp'.indexOf(prefix.toLowerCase()) + 1;
  const bytes = Math.floor(Number(amount) * base ** power);
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** The number meant by `5%`, `2.5 %` or `5`, above 0 and at most 100; null when the text is no such percentage. */
export function parsePercent(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*%?$/.exec(text.trim());
  if (match === null) return null;
  const percent = Number(match[1]);
  return percent > 0 && percent <= 100 ? percent : null;
}

/** Milliseconds of `90m`, `26h`, `1d12h`, `2w`, `45s`; null where the text is no duration. */
export function parseDuration(text: string): number | null {
  const match = /^(?=\d)(?:(\d{1,4})w)?(?:(\d{1,5})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?$/.exec(text.trim());
  if (match === null) return null;
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part: string | undefined) => Number(part ?? 0));
  return ((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}
