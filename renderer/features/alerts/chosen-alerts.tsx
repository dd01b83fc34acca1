/** What can be done with the alerts that are chosen. */
import { Button } from '@mantine/core';
import type { Alert } from '../../../shared/contract/alerts.ts';
import { formatCount } from '../../../shared/model/units.ts';
import type { AlertDoing } from '../../client/alerts.ts';
import { AlertActions, type AlertActionsProps } from '../../components/alert-actions.tsx';
import { ChosenBar } from '../../components/chosen-bar.tsx';

type ChosenAlertsProps = {
  readonly alerts: readonly Alert[];
  /** Snooze them, or put them aside. */
  readonly mayPutOff: boolean;
  readonly disabled: boolean;
  /** How many of them are done; null: nothing is under way. */
  readonly done: number | null;
  readonly snoozing: NonNullable<AlertActionsProps['snoozing']>;
  readonly onTell: (doing: AlertDoing) => void;
  readonly onNone: () => void;
};

export function ChosenAlerts({ alerts, mayPutOff, disabled, done, snoozing, onTell, onNone }: ChosenAlertsProps) {
  const standing = alerts.filter(({ resolvable }) => !resolvable).length;
  const some = mayPutOff && standing > 0 && standing < alerts.length;
  return (
    <ChosenBar label="Chosen alerts">
      <span role="status">
        {formatCount(alerts.length)} chosen
        {some ? `; ${formatCount(standing)} of them cannot be put aside: they are so now` : ''}
        {done === null ? '' : `; ${formatCount(done)} done`}
      </span>
      <AlertActions
        alerts={alerts}
        disabled={disabled}
        snoozing={snoozing}
        of="all chosen"
        onAcknowledge={() => onTell({ does: 'acknowledge' })}
        onSnooze={mayPutOff ? (until) => onTell({ does: 'snooze', until }) : undefined}
        onReopen={() => onTell({ does: 'reopen' })}
        onResolve={mayPutOff ? () => onTell({ does: 'resolve' }) : undefined}
      />
      <Button variant="subtle" onClick={onNone}>
        Choose none
      </Button>
    </ChosenBar>
  );
}
