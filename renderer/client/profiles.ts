/** The profiles there are, what each is given to, and which one counts for each source. */
import { useEffect, useRef } from 'react';
import type { Client } from './client.ts';
import { useAnswer, type Answer } from './ask.ts';
import { useLive } from './live-store.ts';

export type Profiles = Awaited<ReturnType<Client['profiles']['list']>>;

/**
 * Asked anew whenever live state says that another profile counts for a source. All answers are to one question: where one
 * counts again that has counted before, what was answered then must not come back.
 */
export function useProfiles(): Answer<Profiles> {
  const counts = useLive(({ sources }) =>
    sources
      .values()
      .map(({ key, profile }) => `${key} ${profile?.id ?? ''} ${profile?.name ?? ''} ${profile?.from ?? ''}`)
      .toArray()
      .join('\n'),
  );
  const answer = useAnswer(['profiles.list'], (client, signal) => client.profiles.list({}, { signal }), {
    // One that nothing has yet may have come from elsewhere, which live state does not tell.
    staleTimeMs: 0,
  });
  const { refetch } = answer;
  const answeredFor = useRef(counts);
  useEffect(() => {
    if (answeredFor.current === counts) return;
    answeredFor.current = counts;
    void refetch();
  }, [counts, refetch]);
  return answer;
}
