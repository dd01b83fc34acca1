/** Alerts that need somebody now: the number that bell and rail say. */
import { useMemo } from 'react';
import type { Alert } from '../../shared/contract/alerts.ts';
import { useOpenAlerts } from '../client/alerts.ts';
import { alertsByStanding } from '../components/alert-model.ts';
import { useAlertNow } from '../components/use-alert-now.ts';

/** Worst first. */
export function useNeeding(): readonly Alert[] {
  const open = useOpenAlerts();
  const now = useAlertNow();
  return useMemo(() => alertsByStanding(open, now).needs, [open, now]);
}
