/** What of each profile may surprise. */
import type { Profile } from '../../../shared/contract/profiles.ts';
import { useAnswer } from '../../client/ask.ts';

/** They hardly change with the day. */
const staleTimeMs = 600_000;
const none: ReadonlyMap<string, readonly string[]> = new Map();

/** By the id of the profile. Asked for one after the other: there may be hundreds. */
export function useWarnings(profiles: readonly Profile[]): ReadonlyMap<string, readonly string[]> {
  const key = profiles.map(({ id, updatedAt }) => `${id} ${updatedAt}`).join(' ');
  const { data } = useAnswer(
    ['profiles.preview', 'warnings', key],
    async (client, signal) => {
      const found = new Map<string, readonly string[]>();
      for (const profile of profiles) {
        const from = new Date().toISOString();
        const { warnings } = await client.profiles.preview({ profile, from, days: 1 }, { signal });
        found.set(profile.id, warnings);
      }
      return found;
    },
    { staleTimeMs, keepPrevious: true },
  );
  return data ?? none;
}
