/** Columns of the lists of alerts. */
import type { Alert } from '../../../shared/contract/alerts.ts';
import type { Connection } from '../../../shared/contract/repositories.ts';
import { alertLevels } from '../../../shared/model/alerts.ts';
import { formatDuration } from '../../../shared/model/units.ts';
import { Actor } from '../../components/actor.tsx';
import type { AlertStanding } from '../../components/alert-model.ts';
import { AlertLevelBadge, AlertSubject } from '../../components/alert-view.tsx';
import type { Column } from '../../components/data-table.tsx';
import { DayTime, RelativeTime, ShortTime } from '../../components/relative-time.tsx';
import { visibleText } from '../../components/visible-text.ts';
import styles from './alerts-screen.module.css';

type Repositories = ReadonlyMap<string, Connection>;

/** `narrow`: the title has to name what an alert is about. */
export function openColumns(
  shown: AlertStanding,
  repositories: Repositories,
  narrow: boolean,
): readonly Column<Alert>[] {
  const raised: Column<Alert> = {
    id: 'raised',
    header: 'Raised',
    width: '112px',
    cell: ({ raisedAt }) => <RelativeTime at={raisedAt} />,
    sortBy: ({ raisedAt }) => raisedAt,
  };
  const seenTo: Column<Alert> = {
    id: 'seenTo',
    header: shown === 'snoozed' ? 'Snoozed until' : 'Acknowledged',
    width: 'minmax(124px, 0.7fr)',
    cell: (alert) => <SeenToCell alert={alert} />,
  };
  const about = narrow ? [] : [subjectOf(repositories)];
  return [level, what, ...about, ...(shown === 'needs' ? [raised] : narrow ? [seenTo] : [raised, seenTo])];
}

export function resolvedColumns(repositories: Repositories): readonly Column<Alert>[] {
  return [
    level,
    what,
    subjectOf(repositories),
    {
      id: 'resolved',
      header: 'Resolved',
      width: '112px',
      cell: ({ resolved }) => (resolved === null ? '–' : <ShortTime at={resolved.at} />),
    },
    {
      id: 'lasted',
      header: 'Was open',
      width: '112px',
      align: 'end',
      cell: ({ raisedAt, resolved }) =>
        resolved === null ? '–' : formatDuration(wholeSeconds(Date.parse(resolved.at) - Date.parse(raisedAt))),
    },
    {
      id: 'by',
      header: 'By',
      width: '120px',
      cell: ({ resolved }) => (resolved === null || resolved.by === null ? 'by itself' : <Actor actor={resolved.by} />),
    },
  ];
}

const level: Column<Alert> = {
  id: 'level',
  header: 'Level',
  width: '92px',
  cell: ({ level: one }) => <AlertLevelBadge level={one} />,
  sortBy: ({ level: one }) => -alertLevels.indexOf(one),
};

const what: Column<Alert> = {
  id: 'what',
  header: 'What',
  width: 'minmax(180px, 2fr)',
  cell: ({ title, detail }) => (
    <div className={styles['what']}>
      <b title={visibleText(title)}>{visibleText(title)}</b>
      <span>{visibleText(detail)}</span>
    </div>
  ),
  sortBy: ({ title }) => title,
};

const subjectOf = (repositories: Repositories): Column<Alert> => ({
  id: 'subject',
  header: 'About',
  width: 'minmax(96px, 0.7fr)',
  cell: ({ subject }) => (
    <AlertSubject subject={subject} repositoryName={repositories.get(subject.name)?.name} tabIndex={-1} />
  ),
  sortBy: ({ subject: { kind, name } }) => `${kind} ${name}`,
});

/** The heading says what is told of it here. */
function SeenToCell({ alert: { acknowledged, snoozed } }: { readonly alert: Alert }) {
  const by = acknowledged?.by ?? snoozed?.by ?? '';
  return (
    <div className={styles['what']}>
      {acknowledged !== null ? <RelativeTime at={acknowledged.at} /> : null}
      {acknowledged === null && snoozed !== null ? <DayTime at={snoozed.until} /> : null}
      <span>by {visibleText(by)}</span>
    </div>
  );
}

function wholeSeconds(ms: number): number {
  return Math.max(0, Math.floor(ms / 1000) * 1000);
}
