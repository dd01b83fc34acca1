/** Parts of an alert, as every screen shows them. */
import { Link } from '@tanstack/react-router';
import type { Alert } from '../../shared/contract/alerts.ts';
import { actorWords } from './actor.tsx';
import { alertStandingOf, sayLevel } from './alert-model.ts';
import styles from './alerts.module.css';
import { Notice } from './error-notice.tsx';
import { DayTime, RelativeTime } from './relative-time.tsx';
import { StatusBadge, StatusMark } from './status-badge.tsx';
import { useAlertNow } from './use-alert-now.ts';
import { visibleText } from './visible-text.ts';

export function AlertLevelBadge({ level }: Pick<Alert, 'level'>) {
  const { tone, words } = sayLevel(level);
  return <StatusBadge tone={tone}>{words}</StatusBadge>;
}

type SubjectProps = Pick<Alert, 'subject'> & {
  /** Of the repository it is about, where it is known. */
  readonly repositoryName?: string | undefined;
  /** In a row that keys reach as a whole. */
  readonly tabIndex?: number;
};

/** What it is about, as the way to it. */
export function AlertSubject({ subject: { kind, name }, repositoryName, tabIndex }: SubjectProps) {
  const stop = tabIndex === undefined ? {} : { tabIndex };
  switch (kind) {
    case 'source':
      return (
        <Link to="/sources/$source" params={{ source: name }} title={`Source ${visibleText(name)}`} {...stop}>
          {visibleText(name)}
        </Link>
      );
    case 'repository':
      return (
        <Link to="/settings" search={{ section: 'repositories' }} title="Its settings" {...stop}>
          {visibleText(repositoryName ?? 'A repository')}
        </Link>
      );
    case 'site':
      return (
        <Link to="/sites/$site" params={{ site: name }} title={`Site ${visibleText(name)}`} {...stop}>
          {visibleText(name)}
        </Link>
      );
    case 'standby':
      return (
        <Link to="/standby" search={{ name }} title={`Standby ${visibleText(name)}`} {...stop}>
          {visibleText(name)}
        </Link>
      );
    case 'route':
      return (
        <Link to="/settings" search={{ section: 'notifications' }} title="How alerts are told" {...stop}>
          Notifications
        </Link>
      );
    case 'peer':
      return (
        <Link to="/sites/peers/all" title="Other consoles that are watched from here" {...stop}>
          {visibleText(name)}
        </Link>
      );
    case 'plan':
      return (
        <Link to="/recovery/plans/$plan" params={{ plan: name }} title={`Plan ${visibleText(name)}`} {...stop}>
          {visibleText(name)}
        </Link>
      );
    case 'subscription':
      return (
        <Link to="/reports/subscriptions" title={`Subscription ${visibleText(name)}`} {...stop}>
          {visibleText(name)}
        </Link>
      );
    case 'console':
      return (
        <Link to="/" title="The overview" {...stop}>
          This console
        </Link>
      );
  }
}

/** Who sees to it, or until when nobody is reminded; nothing while it needs somebody. */
export function AlertSeenTo({ alert: { acknowledged, snoozed } }: { readonly alert: Alert }) {
  const now = useAlertNow();
  if (acknowledged !== null)
    return (
      <span>
        acknowledged by {actorWords(acknowledged.by)} <RelativeTime at={acknowledged.at} />
      </span>
    );
  if (snoozed === null || alertStandingOf({ acknowledged, snoozed }, now) === 'needs') return null;
  return (
    <span>
      snoozed until <DayTime at={snoozed.until} /> by {actorWords(snoozed.by)}
    </span>
  );
}

/** A line that leads to the alert on its screen. */
export function AlertLine({ alert: { id, level, title, raisedAt } }: { readonly alert: Alert }) {
  const { tone, words } = sayLevel(level);
  return (
    <div className={styles['line']}>
      <StatusMark tone={tone} label={words} />
      <Link to="/alerts" search={{ alert: id }} className={styles['lineTitle'] ?? ''}>
        {visibleText(title)}
      </Link>
      <RelativeTime at={raisedAt} className={styles['dim']} />
    </div>
  );
}

type BannerProps = { readonly alert: Alert; readonly actions?: React.ReactNode };

/** On the page of what it is about. */
export function AlertBanner({ alert, actions }: BannerProps) {
  const { level, title, detail, todo, raisedAt } = alert;
  const seenTo = alertStandingOf(alert, useAlertNow()) !== 'needs';
  return (
    <section aria-label={`Alert: ${visibleText(title)}`}>
      <Notice tone={seenTo ? 'none' : level === 'error' ? 'fail' : level === 'warning' ? 'part' : 'none'}>
        <div className={styles['bannerHead']}>
          <AlertLevelBadge level={level} />
          <b>{visibleText(title)}</b>
          <RelativeTime at={raisedAt} className={styles['soft']} />
        </div>
        <div>{visibleText(detail)}</div>
        <div>{visibleText(todo)}</div>
        {seenTo ? (
          <div className={styles['soft']}>
            <AlertSeenTo alert={alert} />
          </div>
        ) : null}
        {actions === undefined ? null : <div className={styles['bannerActions']}>{actions}</div>}
      </Notice>
    </section>
  );
}
