/** All sources: found, narrowed down, chosen, acted upon. */
import { Button } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { SourceState } from '../../../shared/contract/live.ts';
import { formatCount } from '../../../shared/model/units.ts';
import { problemIn } from '../../client/ask.ts';
import { useHasState, useIsLive, useLive, useSources } from '../../client/live-store.ts';
import { askDialog } from '../../client/asked-dialog.ts';
import { May } from '../../client/may.tsx';
import { useMay } from '../../client/me.ts';
import { useProtectNow } from '../../client/protect-now.ts';
import { ChosenBar } from '../../components/chosen-bar.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { worstFirst } from '../../components/source-state.ts';
import { FacetBar } from './facet-bar.tsx';
import { filterSources, registeredNames, type Facets } from './facets.ts';
import { RemoveDialog } from './remove-dialog.tsx';
import { sourceColumns } from './source-columns.tsx';

export function SourcesScreen() {
  const facets: Facets = useSearch({ from: '/sources' });
  const known = useHasState();
  const sources = useSources();
  const repositories = useLive((live) => live.repositories);
  const navigate = useNavigate();
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  const shown = useMemo(() => filterSources(worstFirst(sources), facets), [sources, facets]);
  const wide = useMediaQuery('(min-width: 1500px)') ?? false;
  const narrow = useMediaQuery('(max-width: 1200px)') ?? false;
  const room = wide ? 'wide' : narrow ? 'narrow' : 'usual';
  const columns = useMemo(() => sourceColumns(repositories, room), [repositories, room]);
  const chosen = shown.filter(({ key }) => keys.has(key));
  const mayAdd = useMay('sources.add');
  const add = () => void navigate({ to: '/sources/new' });
  return (
    <Page
      title="Sources"
      fill
      actions={
        <>
          <Button onClick={() => void navigate({ to: '/unprotected' })}>What is unprotected</Button>
          <May call="sources.add">
            <Button variant="filled" onClick={add}>
              Add source
            </Button>
          </May>
        </>
      }
    >
      <FacetBar
        sources={sources}
        facets={facets}
        onChange={(next) => void navigate({ to: '/sources', search: next, replace: true })}
      />
      {chosen.length === 0 ? null : <Chosen sources={chosen} onDone={() => setKeys(new Set())} />}
      <Panel flush fill>
        <DataTable
          label="Sources"
          columns={columns}
          rows={shown}
          keyOf={({ key }) => key}
          loading={!known}
          selection={{ keys, onChange: setKeys }}
          onOpen={({ key }) => void navigate({ to: '/sources/$source', params: { source: key } })}
          empty={
            sources.length === 0 ? (
              <EmptyState
                title="No source yet"
                action={mayAdd ? <Button onClick={add}>Add a source</Button> : undefined}
              >
                A source is what is protected under one name: folders, Git repositories, a bucket, an instance or a
                volume.
              </EmptyState>
            ) : (
              <EmptyState
                title="No source is like that"
                action={
                  <Button onClick={() => void navigate({ to: '/sources', search: {}, replace: true })}>Show all</Button>
                }
              >
                {formatCount(sources.length)} are there; none has all of what was typed and chosen.
              </EmptyState>
            )
          }
        />
      </Panel>
    </Page>
  );
}

/** What can be done with those that are chosen. */
function Chosen({ sources, onDone }: { readonly sources: readonly SourceState[]; readonly onDone: () => void }) {
  const [removing, setRemoving] = useState(false);
  const live = useIsLive();
  const protect = useProtectNow();
  const problem = problemIn(protect);
  const names = registeredNames(sources);
  const others = sources.length - names.length;
  return (
    <>
      <ChosenBar label="Chosen sources">
        <span>
          {formatCount(sources.length)} chosen
          {others === 0 ? '' : `; ${formatCount(others)} of them not registered here, known by snapshots alone`}
        </span>
        {names.length === 0 ? null : (
          <ShowCommand commands={names.slice(0, 50).map((name) => ['holdfast', 'protect', name])} />
        )}
        <May call="protection.protect">
          <Button
            disabled={names.length === 0 || !live}
            loading={protect.isPending}
            onClick={() => protect.mutate(names, { onSuccess: onDone })}
          >
            Protect now
          </Button>
        </May>
        <May call="systems.take">
          <Button
            disabled={names.length === 0 || !live}
            onClick={() => askDialog({ kind: 'takeSystem', sources: names })}
          >
            Take a system snapshot…
          </Button>
        </May>
        <May call="sources.remove">
          <Button disabled={names.length === 0 || !live} onClick={() => setRemoving(true)}>
            Remove…
          </Button>
        </May>
        <Button variant="subtle" onClick={onDone}>
          Choose none
        </Button>
      </ChosenBar>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <RemoveDialog
        opened={removing}
        sources={sources}
        onClose={() => setRemoving(false)}
        onRemoved={() => {
          setRemoving(false);
          onDone();
        }}
      />
    </>
  );
}
