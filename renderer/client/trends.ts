/** What runs came to by day, of one source or of all; asked for anew when a run has ended. */
import { useAnswer, type Answer } from './ask.ts';
import type { Client } from './client.ts';

/** With the number of days that was asked for: an answer may be shown while another one is on its way. */
export type Trends = Awaited<ReturnType<Client['schedule']['trends']>> & { readonly span: number };

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** `source` null: all. `print`: another text whenever a run has ended, or the day is another. */
export function useTrends(source: string | null, days: number, print: string): Answer<Trends> {
  return useAnswer(
    ['schedule.trends', source, days, print],
    async (client, signal) => {
      const asked = { ...(source === null ? {} : { source }), days, zone };
      return { ...(await client.schedule.trends(asked, { signal })), span: days };
    },
    { keepPrevious: true },
  );
}
