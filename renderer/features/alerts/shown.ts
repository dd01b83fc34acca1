/** Which alerts the screen shows, by its address. */
import type { Alert } from '../../../shared/contract/alerts.ts';
import { alertStandings, type AlertStanding } from '../../components/alert-model.ts';

export type Shown = AlertStanding | 'resolved';

/** Where an alert is asked for and no list is, the list that has it; one that is not open is looked for among the resolved. */
export function shownOf(
  show: string | undefined,
  alert: string | undefined,
  standings: Readonly<Record<AlertStanding, readonly Alert[]>>,
): Shown {
  if (show === 'resolved') return show;
  const named = alertStandings.find((standing) => standing === show);
  if (named !== undefined) return named;
  if (alert === undefined) return 'needs';
  return alertStandings.find((standing) => standings[standing].some(({ id }) => id === alert)) ?? 'resolved';
}

/** Where one stands in a list: the row of the key, else the one that has taken its place. */
export function rowAt(rows: readonly Alert[], key: string | null, index: number): Alert | undefined {
  return rows.find(({ id }) => id === key) ?? rows[Math.max(0, Math.min(index, rows.length - 1))];
}
