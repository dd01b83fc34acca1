/** The same sources once more, those that are still registered. */
import { Button } from '@mantine/core';
import type { SystemMember } from '../../../shared/contract/systems.ts';
import { askDialog } from '../../client/asked-dialog.ts';
import { useSources } from '../../client/live-store.ts';
import { May } from '../../client/may.tsx';

export function TakeAgain({ members }: { readonly members: readonly SystemMember[] }) {
  const sources = useSources();
  const registered = new Set(sources.flatMap((source) => (source.registered === null ? [] : [source.registered.name])));
  const names = members.map(({ source }) => source).filter((name) => registered.has(name));
  if (names.length === 0) return null;
  return (
    <May call="systems.take">
      <Button onClick={() => askDialog({ kind: 'takeSystem', sources: names })}>Take it again…</Button>
    </May>
  );
}
