/** Protections of sources by day; asked for anew when one of the sources has changed. */
import type { SourceState } from '../../shared/contract/live.ts';
import { useAnswer, type Answer } from './ask.ts';
import type { Client } from './client.ts';

export type SourceDays = Awaited<ReturnType<Client['browse']['days']>>;

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const most = 500;

/** `today`: any word for the present day; after midnight the question is another one. */
export function useSourceDays(sources: readonly SourceState[], days: number, today: string): Answer<SourceDays> {
  const asked = sources.slice(0, most);
  const print = asked.map(({ key, snapshots, lastRun }) => `${key}\n${snapshots}\n${lastRun?.job ?? ''}`).join('\n');
  return useAnswer(
    ['browse.days', days, today, print],
    (client, signal) => client.browse.days({ sources: asked.map(({ key }) => key), days, zone }, { signal }),
    { enabled: asked.length > 0, keepPrevious: true },
  );
}
