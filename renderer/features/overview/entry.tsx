/** Are we safe? One line, and below it what it is made of. Live state alone draws it; the rest comes after. */
import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { verdictOn, type Verdict } from '../../../shared/model/verdict.ts';
import { useHasState, useRepositories, useSources } from '../../client/live-store.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { forVerdict } from '../../components/source-state.ts';
import { Explained } from '../../components/term.tsx';
import { useTicking } from '../../components/ticker.ts';
import { visibleText } from '../../components/visible-text.ts';
import { AlertsPanel } from './alerts-panel.tsx';
import { ChecklistPanel } from './checklist-panel.tsx';
import { Matrix } from './matrix.tsx';
import styles from './overview.module.css';
import { RepositoriesPanel } from './repositories-panel.tsx';
import { FreezeButton } from './freeze-button.tsx';
import { NextDuePanel } from './next-due-panel.tsx';
import { RunningPanel } from './running-panel.tsx';
import { SuspectsPanel } from './suspects-panel.tsx';

export function OverviewScreen() {
  const known = useHasState();
  const sources = useSources();
  const repositories = useRepositories();
  // The words of the verdict are of minutes; nothing is drawn again for a second.
  const now = useTicking(useCallback((ms: number) => Math.floor(ms / 30_000) * 30_000, []));
  if (!known) {
    return (
      <Page title="Overview">
        <Skeleton lines={8} />
      </Page>
    );
  }
  if (repositories.length === 0 && sources.length === 0) return <NothingYet />;
  const verdict = verdictOn(sources.map(forVerdict), repositories, now);
  const named = new Set(verdict.headline.flatMap(({ text, subject }) => (subject ? [text] : [])));
  return (
    <Page
      title={<Headline verdict={verdict} />}
      windowTitle="Overview"
      sub={visibleText(verdict.detail)}
      mark={<VerdictMark level={verdict.level} />}
      actions={<FreezeButton />}
    >
      <div className={styles['columns']}>
        <div className={styles['main']}>
          {sources.length === 0 ? <NoSources /> : <Matrix sources={sources} />}
          <RunningPanel />
          <NextDuePanel nowMs={now} />
        </div>
        <div className={styles['side']}>
          <AlertsPanel named={named} />
          <SuspectsPanel />
          <RepositoriesPanel repositories={repositories} />
          <ChecklistPanel sources={sources} />
        </div>
      </div>
    </Page>
  );
}

/** A source that is named leads to its page. */
function Headline({ verdict: { headline, level } }: { readonly verdict: Verdict }) {
  return headline.map(({ text, subject }, index) =>
    subject ? (
      <Link
        key={text}
        to="/sources/$source"
        params={{ source: text }}
        className={styles['subject'] ?? ''}
        data-level={level}
      >
        {visibleText(text)}
      </Link>
    ) : (
      // The pieces of a sentence have their place in it, and nothing else.
      <span key={index}>
        <Explained text={text} />
      </span>
    ),
  );
}

const marks: Readonly<Record<Verdict['level'], string>> = { nothing: '○', good: '✓', attention: '!', bad: '✕' };

function VerdictMark({ level }: { readonly level: Verdict['level'] }) {
  return (
    <span className={styles['verdictMark']} data-level={level} aria-hidden="true">
      {marks[level]}
    </span>
  );
}

function NothingYet() {
  const navigate = useNavigate();
  return (
    <Page title="Nothing is protected yet" mark={<VerdictMark level="nothing" />}>
      <Panel>
        <EmptyState
          title="Begin with a repository"
          action={
            <Button variant="filled" onClick={() => void navigate({ to: '/welcome', search: {} })}>
              Show the two ways to begin
            </Button>
          }
        >
          Snapshots need a place to be kept. Make a new one, or connect one that is there.
        </EmptyState>
      </Panel>
    </Page>
  );
}

function NoSources() {
  const navigate = useNavigate();
  return (
    <Panel title="Protection">
      <EmptyState
        title="No source yet"
        action={
          <Button variant="filled" onClick={() => void navigate({ to: '/sources/new' })}>
            Add a source
          </Button>
        }
      >
        A source is what is protected under one name: folders, Git repositories, a bucket, an instance or a volume.
      </EmptyState>
    </Panel>
  );
}
