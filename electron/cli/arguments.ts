/** Turns the text of options into values; what cannot be meant is refused before anything is opened. */
import { InvalidArgumentError } from 'commander';
import { parsePercent, parseSize } from '../../shared/model/units.ts';

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

export function collectTags(text: string, before: readonly string[] = []): string[] {
  if (text === '' || text.includes(',')) throw new InvalidArgumentError('A tag is not empty and holds no comma.');
  return [...before, text];
}

export function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}
