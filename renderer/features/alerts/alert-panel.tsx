/** The alert that is looked at: all it says, what to do, and what can be done about it here. */
import type { Alert } from '../../../shared/contract/alerts.ts';
import type { AlertDoing } from '../../client/alerts.ts';
import { AlertActions, type AlertActionsProps } from '../../components/alert-actions.tsx';
import { AlertLevelBadge, AlertSeenTo, AlertSubject } from '../../components/alert-view.tsx';
import { alertStandingOf } from '../../components/alert-model.ts';
import { KeyHint } from '../../components/key-hint.tsx';
import { Fact, Facts, Panel } from '../../components/page.tsx';
import { DayTime, RelativeTime } from '../../components/relative-time.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { useAlertNow } from '../../components/use-alert-now.ts';
import { visibleText } from '../../components/visible-text.ts';
import styles from './alerts-screen.module.css';
import { alertKeys } from './keys.ts';

type AlertPanelProps = {
  readonly alert: Alert;
  readonly repositoryName: string | undefined;
  readonly mayAct: boolean;
  /** Snooze it, or put it aside. */
  readonly mayPutOff: boolean;
  readonly disabled: boolean;
  readonly snoozing: AlertActionsProps['snoozing'] | undefined;
  readonly onTell: (doing: AlertDoing) => void;
};

export function AlertPanel({ alert, repositoryName, disabled, snoozing, onTell, ...may }: AlertPanelProps) {
  const { mayAct, mayPutOff } = may;
  const { title, detail, todo, level, raisedAt, changedAt, subject, id } = alert;
  const now = useAlertNow();
  return (
    <Panel className={styles['panel']}>
      <section aria-label="The alert" className={styles['alert']}>
        <div>
          <AlertLevelBadge level={level} />
        </div>
        <h2 className={styles['title']}>{visibleText(title)}</h2>
        <p>{visibleText(detail)}</p>
        <div>
          <h3>What to do</h3>
          <p>{visibleText(todo)}</p>
        </div>
        {mayAct ? (
          <div className={styles['actions']}>
            <AlertActions
              alerts={[alert]}
              disabled={disabled}
              {...(snoozing === undefined ? {} : { snoozing })}
              onAcknowledge={() => onTell({ does: 'acknowledge' })}
              onSnooze={mayPutOff ? (until) => onTell({ does: 'snooze', until }) : undefined}
              onReopen={() => onTell({ does: 'reopen' })}
              onResolve={mayPutOff ? () => onTell({ does: 'resolve' }) : undefined}
            />
            <ShowCommand commands={commandsFor(alert)} />
          </div>
        ) : null}
        <Facts>
          <Fact name="About">
            <AlertSubject subject={subject} repositoryName={repositoryName} />
          </Fact>
          <Fact name="Raised">
            <DayTime at={raisedAt} /> (<RelativeTime at={raisedAt} />)
          </Fact>
          {changedAt === raisedAt ? null : (
            <Fact name="Last change">
              <RelativeTime at={changedAt} />
            </Fact>
          )}
          {alertStandingOf(alert, now) === 'needs' ? null : (
            <Fact name="Seen to">
              <AlertSeenTo alert={alert} />
            </Fact>
          )}
          <Fact name="Id">
            <code>{id.slice(0, 8)}</code>
          </Fact>
        </Facts>
        {mayPutOff ? <Explained resolvable={alert.resolvable} /> : null}
      </section>
    </Panel>
  );
}

/** By the beginning of its id, as the list of the command line shows it. */
function commandsFor({ id, resolvable }: Alert): readonly (readonly string[])[] {
  const beginning = id.slice(0, 8);
  return [
    ['holdfast', 'alerts', 'acknowledge', beginning],
    ['holdfast', 'alerts', 'snooze', beginning, '--for', '1h'],
    ...(resolvable ? [['holdfast', 'alerts', 'resolve', beginning]] : []),
  ];
}

function Explained({ resolvable }: Pick<Alert, 'resolvable'>) {
  return (
    <div className={styles['explained']}>
      <p>
        Whoever acknowledges or snoozes an alert keeps others from being reminded of it.{' '}
        {resolvable
          ? 'Put aside, it ends here; the next one that happens is raised again.'
          : 'It ends by itself when what it says is over.'}
      </p>
      <p className={styles['hints']}>
        In the list:{' '}
        {alertKeys
          .filter(({ does }) => does !== 'resolve' || resolvable)
          .map(({ key, words }) => (
            <span key={key}>
              <KeyHint keys={key} /> {words}
            </span>
          ))}
      </p>
    </div>
  );
}
