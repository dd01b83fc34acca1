/** Open alerts of one standing: a list, and beside it the one that is looked at, with what to do. */
import { useMediaQuery } from '@mantine/hooks';
import { useMemo, useState, type KeyboardEvent } from 'react';
import type { Alert } from '../../../shared/contract/alerts.ts';
import { useAlertOrder, type AlertDoing } from '../../client/alerts.ts';
import { problemIn } from '../../client/ask.ts';
import { useIsLive, useLive } from '../../client/live-store.ts';
import { useMay } from '../../client/me.ts';
import type { AlertStanding } from '../../components/alert-model.ts';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Panel } from '../../components/page.tsx';
import { openColumns } from './columns.tsx';
import styles from './alerts-screen.module.css';
import { AlertPanel } from './alert-panel.tsx';
import { ChosenAlerts } from './chosen-alerts.tsx';
import { doingOf } from './keys.ts';
import { NothingOpen } from './nothing-open.tsx';
import { rowAt } from './shown.ts';

type OpenListProps = {
  readonly shown: AlertStanding;
  readonly rows: readonly Alert[];
  /** How many there are when nothing is searched for. */
  readonly of: number;
  /** Id of the one that the address asks for. */
  readonly wanted: string | undefined;
};

export function OpenList({ shown, rows, of, wanted }: OpenListProps) {
  const repositories = useLive((live) => live.repositories);
  const live = useIsLive();
  const mayAct = useMay('alerts.acknowledge');
  const mayPutOff = useMay('alerts.snooze');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [at, setAt] = useState<{ readonly key: string | null; readonly index: number }>({
    key: wanted ?? null,
    index: 0,
  });
  const [snoozing, setSnoozing] = useState(false);
  const order = useAlertOrder();
  const narrow = useMediaQuery('(max-width: 1200px)') ?? false;
  const columns = useMemo(() => openColumns(shown, repositories, narrow), [shown, repositories, narrow]);
  const current = rowAt(rows, at.key, at.index);
  const selected = rows.filter(({ id }) => chosen.has(id));
  const disabled = !live || order.busy;

  const stay = (row: Alert | undefined) => {
    if (row !== undefined) setAt({ key: row.id, index: rows.indexOf(row) });
  };
  const tell = (alerts: readonly Alert[], doing: AlertDoing) =>
    order.tell(
      alerts.filter((alert) => doing.does !== 'resolve' || alert.resolvable).map(({ id }) => id),
      doing,
      () => setChosen(new Set()),
    );
  const press = (event: KeyboardEvent, row: Alert | undefined) => {
    const doing = event.ctrlKey || event.metaKey || event.altKey ? null : doingOf(event.key);
    const mayDo = doing === 'acknowledge' || doing === 'reopen' ? mayAct : mayPutOff;
    if (doing === null || !mayDo || disabled || row === undefined) return;
    event.preventDefault();
    stay(row);
    const meant = selected.length > 0 ? selected : [row];
    if (doing === 'snooze') setSnoozing(true);
    else if (doing !== 'resolve' || meant.some(({ resolvable }) => resolvable)) tell(meant, { does: doing });
  };
  const problem = problemIn(order);
  return (
    <>
      {selected.length === 0 || !mayAct ? null : (
        <ChosenAlerts
          alerts={selected}
          mayPutOff={mayPutOff}
          disabled={disabled}
          done={order.done}
          snoozing={{ opened: snoozing, onChange: setSnoozing }}
          onTell={(doing) => tell(selected, doing)}
          onNone={() => setChosen(new Set())}
        />
      )}
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['columns']} data-alone={current === undefined || undefined}>
        <Panel flush fill>
          <DataTable
            label="Open alerts"
            columns={columns}
            rows={rows}
            rowHeight={48}
            keyOf={({ id }) => id}
            selection={mayAct && rows.length > 0 ? { keys: chosen, onChange: setChosen } : undefined}
            currentKey={current?.id}
            onCurrent={stay}
            onKey={press}
            empty={<NothingOpen shown={shown} searched={of > 0} />}
          />
        </Panel>
        {current === undefined ? null : (
          <AlertPanel
            alert={current}
            repositoryName={repositories.get(current.subject.name)?.name}
            mayAct={mayAct}
            mayPutOff={mayPutOff}
            disabled={disabled}
            snoozing={selected.length > 0 ? undefined : { opened: snoozing, onChange: setSnoozing }}
            onTell={(doing) => tell([current], doing)}
          />
        )}
      </div>
    </>
  );
}
