/** What the matrix asks for and says, without its looks. */
import type { SourceState } from '../../../shared/contract/live.ts';
import { formatCount } from '../../../shared/model/units.ts';
import { standingOf } from '../../components/source-state.ts';

type Range = { readonly from: number; readonly to: number };

const step = 50;
const most = 250;

/** Whole steps around what is in sight, so that scrolling asks now and then, not for every row. */
export function windowAround({ from, to }: Range, count: number): Range {
  const start = Math.max(0, Math.floor(from / step) * step);
  const end = Math.min(count, Math.ceil((to + 1) / step) * step, start + most);
  return { from: Math.min(start, end), to: end };
}

/** `32 more, all with a good snapshot`. */
export function moreWords(rest: readonly SourceState[]): string {
  const without = rest.filter((source) => standingOf(source) === 'none').length;
  const troubled = rest.filter((source) => standingOf(source) !== 'good').length;
  const more = `${formatCount(rest.length)} more`;
  if (without > 0) return `${more}, ${formatCount(without)} of them without a good snapshot`;
  if (troubled > 0) return `${more}, all with a good snapshot; ${formatCount(troubled)} had trouble in the last run`;
  return `${more}, all with a good snapshot`;
}
