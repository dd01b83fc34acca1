/** What a job that takes several sources together has come to so far: its parts, as each of them ends. */
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useAnswer } from '../../client/ask.ts';
import { useSources } from '../../client/live-store.ts';
import { useConnectionOf, useSystemsChange } from '../../client/systems.ts';
import { Panel } from '../../components/page.tsx';
import { SystemParts } from '../../components/system-parts.tsx';
import { extentWords } from '../../../shared/model/together.ts';

export function SystemOfJob({ job }: { readonly job: string }) {
  const change = useSystemsChange();
  const connectionOf = useConnectionOf();
  const sources = useSources();
  const keys = useMemo(() => new Set(sources.map(({ key }) => key)), [sources]);
  const { data } = useAnswer(
    ['systems.list', 'job', job, change],
    (client, signal) => client.systems.list({ job, limit: 1 }, { signal }),
    { keepPrevious: true },
  );
  const system = data?.systems.find((one) => one.job === job);
  if (system === undefined) return null;
  return (
    <Panel
      title="Parts"
      flush
      aside={
        <>
          {extentWords(system)} ·{' '}
          <Link to="/snapshots/systems/$system" params={{ system: system.id }}>
            system snapshot {system.id.slice(0, 8)}
          </Link>
        </>
      }
    >
      <SystemParts members={system.members} sources={keys} connectionOf={connectionOf} brief />
    </Panel>
  );
}
