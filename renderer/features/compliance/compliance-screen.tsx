/** Whether sources are kept as they have to be, by source; who keeps what is stored; how full places are; cases. */
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ComplianceFinding, SourceCompliance } from '../../../shared/contract/compliance.ts';
import { countOf } from '../../../shared/model/units.ts';
import { problemIn, useAnswer } from '../../client/ask.ts';
import { useLive } from '../../client/live-store.ts';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Count } from '../../components/numbers.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { CasesPanel } from './cases-panel.tsx';
import { complianceSentence, ruleHeaders, ruleTitles, sayFinding, targetWords } from './compliance-words.ts';
import { PlacesPanel } from './places-panel.tsx';
import { StoragePanel } from './storage-panel.tsx';
import { TargetsPanel } from './targets-panel.tsx';
import styles from './compliance.module.css';

export function ComplianceScreen() {
  const [chosen, setChosen] = useState<string | null>(null);
  const change = useLive((live) =>
    [...live.sources.values()].map(({ key, lastRun }) => `${key} ${lastRun?.job ?? ''}`).join('\n'),
  );
  const answer = useAnswer(
    ['compliance.report', change],
    (client, signal) => client.compliance.report({}, { signal }),
    {
      keepPrevious: true,
    },
  );
  const problem = problemIn(answer);
  const sources = answer.data?.sources ?? [];
  const shown = sources.find(({ source }) => source === chosen) ?? null;
  return (
    <Page
      title="Compliance"
      sub={
        <>
          <Link to="/recovery">Recovery</Link> ·{' '}
          {answer.data === undefined ? 'Whether sources are kept as they have to be.' : complianceSentence(sources)}
        </>
      }
      actions={
        <ShowCommand
          commands={[
            ['holdfast', 'compliance'],
            ['holdfast', 'compliance', '--csv'],
          ]}
        />
      }
    >
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      <Panel title="Sources" flush>
        <DataTable
          label="Sources"
          columns={columns}
          rows={sources}
          keyOf={({ source }) => source}
          maxHeight={420}
          loading={answer.data === undefined && problem === null}
          failed={problem !== null}
          currentKey={chosen ?? undefined}
          onOpen={({ source }) => setChosen(source)}
          empty={
            <EmptyState title="No source is registered">
              Once one is, this says whether it has enough copies, which of them nobody can remove, and whether they
              were verified.
            </EmptyState>
          }
        />
      </Panel>
      {shown === null ? null : <Findings of={shown} />}
      <TargetsPanel />
      <PlacesPanel />
      <StoragePanel />
      <CasesPanel />
    </Page>
  );
}

function cellOf(rule: ComplianceFinding['rule']): Column<SourceCompliance> {
  const found = ({ findings }: SourceCompliance) => findings.find((finding) => finding.rule === rule);
  return {
    id: rule,
    header: ruleHeaders[rule],
    width: 'minmax(94px, 106px)',
    sortBy: (row) => found(row)?.state ?? '',
    cell: (row) => {
      const finding = found(row);
      if (finding === undefined) return '–';
      const { tone, words } = sayFinding(finding.state);
      return (
        <StatusBadge tone={tone} title={visibleText(finding.words)}>
          {words}
        </StatusBadge>
      );
    },
  };
}

const columns: readonly Column<SourceCompliance>[] = [
  {
    id: 'source',
    header: 'Source',
    width: 'minmax(100px, 1fr)',
    sortBy: ({ source }) => source,
    cell: ({ source }) => <span className={styles['words']}>{visibleText(source)}</span>,
  },
  ...(['copies', 'domains', 'offsite', 'immutable', 'scrubbed', 'drilled', 'retention'] as const).map(cellOf),
  {
    id: 'snapshots',
    header: 'Snapshots',
    width: '84px',
    align: 'end',
    minTable: 880,
    sortBy: ({ kept }) => kept.snapshots,
    cell: ({ kept }) => <Count value={kept.snapshots} />,
  },
];

function Findings({ of: { source, profile, target, findings, kept } }: { readonly of: SourceCompliance }) {
  return (
    <Panel
      title={visibleText(source)}
      aside={
        <>
          {profile === null ? 'no profile' : visibleText(profile.name)} · {countOf(kept.snapshots, 'snapshot')} · asked:{' '}
          {targetWords(target)}
        </>
      }
    >
      <div className={styles['findings']}>
        {findings.map((finding) => (
          <Finding key={finding.rule} finding={finding} source={source} />
        ))}
      </div>
    </Panel>
  );
}

type FindingProps = { readonly finding: ComplianceFinding; readonly source: string };

function Finding({ finding: { rule, state, words, evidence }, source }: FindingProps) {
  const { tone, words: said } = sayFinding(state);
  return (
    <>
      <b>{ruleTitles[rule]}</b>
      <StatusBadge tone={tone}>{said}</StatusBadge>
      <div>
        <p>{visibleText(words)}</p>
        <div className={styles['links']}>
          {evidence.map((one) => (
            <EvidenceLink key={`${one.kind} ${one.id}`} evidence={one} source={source} />
          ))}
        </div>
      </div>
    </>
  );
}

type LinkProps = { readonly evidence: ComplianceFinding['evidence'][number]; readonly source: string };

function EvidenceLink({ evidence: { kind, id, label }, source }: LinkProps) {
  const text = visibleText(label);
  switch (kind) {
    case 'snapshot':
      return (
        <Link to="/snapshots" search={{ source, snapshot: id }}>
          {text}
        </Link>
      );
    case 'site':
      return (
        <Link to="/sites/$site" params={{ site: id }}>
          {text}
        </Link>
      );
    case 'repository':
      return (
        <Link to="/settings" search={{ section: 'repositories' }}>
          {text}
        </Link>
      );
    case 'drill':
      return (
        <Link to="/recovery/drills/$drill" params={{ drill: id }}>
          {text}
        </Link>
      );
    case 'record':
      return (
        <Link to="/recovery/evidence/$record" params={{ record: id }}>
          {text}
        </Link>
      );
  }
}
