/** The profiles there are, what each is given to, and which one counts for each source. */
import type { Client } from './client.ts';
import { useAnswer, type Answer } from './ask.ts';
import { useLive } from './live-store.ts';

export type Profiles = Awaited<ReturnType<Client['profiles']['list']>>;

/** Asked anew whenever live state says that another profile counts for a source. */
export function useProfiles(): Answer<Profiles> {
  const counts = useLive(({ sources }) =>
    sources
      .values()
      .map(({ key, profile }) => `${key} ${profile?.id ?? ''} ${profile?.name ?? ''} ${profile?.from ?? ''}`)
      .toArray()
      .join('\n'),
  );
  return useAnswer(['profiles.list', counts], (client, signal) => client.profiles.list({}, { signal }), {
    keepPrevious: true,
    // One that nothing has yet may have come from elsewhere, which live state does not tell.
    staleTimeMs: 0,
  });
}
