/** Open alerts about a source, on its page, with what can be done about them. */
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { formatCount } from '../../../shared/model/units.ts';
import { useAlertOrder, useOpenAlerts } from '../../client/alerts.ts';
import { problemIn } from '../../client/ask.ts';
import { useIsLive } from '../../client/live-store.ts';
import { useMay } from '../../client/me.ts';
import { AlertActions } from '../../components/alert-actions.tsx';
import { worstAlertsFirst } from '../../components/alert-model.ts';
import { AlertBanner } from '../../components/alert-view.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { visibleText } from '../../components/visible-text.ts';

/** More are counted: a page is of its source first. */
const shown = 3;

export function SourceAlerts({ name }: { readonly name: string }) {
  const open = useOpenAlerts();
  const own = useMemo(
    () => worstAlertsFirst(open.filter(({ subject }) => subject.kind === 'source' && subject.name === name)),
    [open, name],
  );
  const order = useAlertOrder();
  const live = useIsLive();
  const mayAct = useMay('alerts.acknowledge');
  const mayPutOff = useMay('alerts.snooze');
  const problem = problemIn(order);
  return (
    <>
      {own.slice(0, shown).map((alert) => (
        <AlertBanner
          key={alert.id}
          alert={alert}
          actions={
            mayAct ? (
              <AlertActions
                alerts={[alert]}
                of={visibleText(alert.title)}
                disabled={!live || order.busy}
                onAcknowledge={() => order.tell([alert.id], { does: 'acknowledge' })}
                onSnooze={mayPutOff ? (until) => order.tell([alert.id], { does: 'snooze', until }) : undefined}
                onReopen={() => order.tell([alert.id], { does: 'reopen' })}
                onResolve={mayPutOff ? () => order.tell([alert.id], { does: 'resolve' }) : undefined}
              />
            ) : undefined
          }
        />
      ))}
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {own.length > shown ? (
        <Link to="/alerts" search={{ find: name }}>
          {formatCount(own.length - shown)} more about it
        </Link>
      ) : null}
    </>
  );
}
