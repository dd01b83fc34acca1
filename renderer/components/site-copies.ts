/** Copies of a source at sites, in words. Pure. */
import type { Site, SourceCopies } from '../../shared/contract/sites.ts';
import { formatDuration } from '../../shared/model/units.ts';
import type { Said } from './tone.ts';

export type CopiesAt = Said & {
  /** All there is to know, for a title. */
  readonly detail: string;
};

/**
 * Of the sites that this source goes to, those that have a good snapshot of it, and how far the one is behind that is
 * behind most. Null where it goes to none: then nothing is said, as nothing was promised.
 */
export function copiesAtSites(
  source: string,
  sites: readonly Site[],
  copies: readonly SourceCopies[],
): CopiesAt | null {
  const lags = sites
    .filter(({ primary }) => !primary)
    .flatMap(({ name, lag }) => lag.filter((one) => one.source === source).map((one) => ({ name, ...one })))
    .filter(({ newestAt, sentAt }) => newestAt !== null || sentAt !== null);
  if (lags.length === 0) return null;
  const there = lags.filter(({ sentAt }) => sentAt !== null);
  const behindMs = Math.max(0, ...there.map(({ lagMs }) => lagMs ?? 0));
  const counted = copies.find((one) => one.source === source);
  const words = `${there.length} of ${lags.length}${behindMs === 0 ? '' : `, ${formatDuration(behindMs)}`}`;
  const detail = [
    ...lags.map(({ name, sentAt, lagMs }) => `${name}: ${sentAt === null ? 'nothing yet' : behindWords(lagMs)}`),
    ...(counted === undefined ? [] : [domainsWords(counted)]),
  ].join('; ');
  if (there.length < lags.length) return { tone: 'miss', words, detail };
  return { tone: behindMs > 0 || counted?.isEnough === false ? 'part' : 'good', words, detail };
}

/** `3 copies, 2 places, 1 away`. */
export function domainsWords({ copies, domains, offsite }: SourceCopies): string {
  return `${copies} copies, ${domains} ${domains === 1 ? 'place' : 'places'}, ${offsite} away`;
}

function behindWords(lagMs: number | null): string {
  return lagMs === null || lagMs === 0 ? 'up to date' : `${formatDuration(lagMs)} behind`;
}
