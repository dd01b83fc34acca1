import { formatCount } from '../../../shared/model/units.ts';

/** `1 source`, `1,204 sources`. */
export function countWords(count: number, one: string): string {
  return count === 1 ? `1 ${one}` : `${formatCount(count)} ${one}s`;
}
