/** Turns the text of options into values; what cannot be meant is refused before anything is opened. */
import { InvalidArgumentError } from 'commander';
import { parseRetentionDuration } from '../../shared/model/retention.ts';
import { parsePercent, parseSize } from '../../shared/model/units.ts';
import { badUsage } from './failure.ts';

export function sizeArgument(text: string): number {
  const bytes = parseSize(text);
  if (bytes === null || bytes === 0) {
    throw new InvalidArgumentError('Give a size above zero, such as 500M, 1.5G or 2 TiB.');
  }
  return bytes;
}

export function percentArgument(text: string): number {
  const percent = parsePercent(text);
  if (percent === null) throw new InvalidArgumentError('Give a percentage above 0 and up to 100, such as 5%.');
  return percent;
}

export function countArgument(text: string): number {
  const count = Number(text);
  if (/^\d{1,6}$/.test(text) && count >= 1 && count <= 100_000) return count;
  throw new InvalidArgumentError('Give a number from 1 to 100000.');
}

export function sourceArgument(text: string): string {
  if (text === '' || text.length > 200) throw new InvalidArgumentError('A source has a name of 1 to 200 characters.');
  return text;
}

export function keepArgument(text: string): number | 'unlimited' {
  if (text === 'unlimited') return text;
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Give a number of snapshots, or `unlimited`.');
  return Number(text);
}

/** The text itself, which the contract takes. */
export function durationArgument(text: string): string {
  if (parseRetentionDuration(text) === null) {
    throw new InvalidArgumentError('Give a duration such as 1y5m7d2h: years, months, days, hours.');
  }
  return text.trim();
}

/** A size that may be zero. */
export function budgetArgument(text: string): number {
  const bytes = parseSize(text);
  if (bytes === null) throw new InvalidArgumentError('Give a size such as 0, 500M or 10G.');
  return bytes;
}

export function unusedArgument(text: string): 'unlimited' | { percent: number } | { bytes: number } {
  if (text === 'unlimited') return text;
  const percent = /^(\d{1,3}(?:\.\d+)?)\s*%$/.exec(text.trim())?.[1];
  const bytes = parseSize(text);
  if (percent !== undefined && Number(percent) < 100) return { percent: Number(percent) };
  if (percent === undefined && bytes !== null) return { bytes };
  throw new InvalidArgumentError('Give a percentage below 100 such as 5%, a size such as 10G, or `unlimited`.');
}

export function collectTags(text: string, before: readonly string[] = []): string[] {
  if (text === '' || text.includes(',')) throw new InvalidArgumentError('A tag is not empty and holds no comma.');
  if (text.startsWith('holdfast:')) throw new InvalidArgumentError('Tags that begin with holdfast: are its own.');
  return [...before, text];
}

export function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** The value of a property; without one, it is taken away. */
export function yesOrNo(key: string, text: string | null): boolean {
  if (text === null || text === 'no' || text === 'false') return false;
  if (text === 'yes' || text === 'true') return true;
  throw badUsage(`${key} is yes or no.`);
}

/** A whole number from `least` to `most`. */
export function numberArgument(most: number, least = 0): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It is a number from ${least} to ${most}.`);
  };
}
