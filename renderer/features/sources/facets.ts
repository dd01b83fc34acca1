/** Which sources are shown: by what somebody has typed and chosen. */
import { sourcePlaces } from '../../../shared/model/source-kinds.ts';
import type { SourceState } from '../../../shared/contract/live.ts';
import { sourceStandings, standingOf, type Standing } from '../../components/source-state.ts';

export type Facets = {
  readonly find?: string;
  readonly state?: string;
  readonly kind?: string;
  readonly host?: string;
  /** Name of the profile that counts; `-` is of those without. */
  readonly profile?: string;
};

/** All words must be found, in the name, the machine or a path; whatever the case. */
export function filterSources(sources: readonly SourceState[], facets: Facets): readonly SourceState[] {
  const words = (facets.find ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return sources.filter((source) => {
    if (facets.state !== undefined && standingOf(source) !== facets.state) return false;
    if (facets.kind !== undefined && source.kind !== facets.kind) return false;
    if (facets.host !== undefined && source.hostname !== facets.host) return false;
    if (facets.profile !== undefined && (source.profile?.name ?? noProfile) !== facets.profile) return false;
    if (words.length === 0) return true;
    const text = [source.key, source.hostname, ...(source.registered === null ? [] : sourcePlaces(source.registered))]
      .join('\n')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** How many of each standing there are among those that the other facets let through; those without any left out. */
export function standingCounts(
  sources: readonly SourceState[],
  facets: Facets,
): readonly { readonly standing: Standing; readonly count: number }[] {
  const { state: _, ...others } = facets;
  const among = filterSources(sources, others);
  return sourceStandings
    .map((standing) => ({ standing, count: among.filter((source) => standingOf(source) === standing).length }))
    .filter(({ standing, count }) => count > 0 || facets.state === standing);
}

export function valuesOf(sources: readonly SourceState[], of: 'kind' | 'hostname'): readonly string[] {
  return [...new Set(sources.map((source) => source[of]))].sort();
}

/** No name of a profile begins so. */
export const noProfile = '-';

/** Names of the profiles that count for them, and `noProfile` where there are sources without. */
export function profilesOf(sources: readonly SourceState[]): readonly string[] {
  const names = [...new Set(sources.flatMap(({ profile }) => (profile === null ? [] : [profile.name])))].sort();
  return names.length > 0 && sources.some(({ profile }) => profile === null) ? [...names, noProfile] : names;
}

/** What of a choice can be protected or removed: only what is registered here. */
export function registeredNames(sources: Iterable<SourceState>): readonly string[] {
  return [...sources].flatMap(({ registered }) => (registered === null ? [] : [registered.name]));
}
