/** Keys that act on the alert a table stands at, or on those that are chosen. None is one that leads to another area after `g`. */
import type { AlertDoing } from '../../client/alerts.ts';

export const alertKeys: readonly { readonly key: string; readonly does: AlertDoing['does']; readonly words: string }[] =
  [
    { key: 'k', does: 'acknowledge', words: 'acknowledge' },
    { key: 'z', does: 'snooze', words: 'snooze' },
    { key: 'u', does: 'reopen', words: 'take back' },
    { key: 'x', does: 'resolve', words: 'put aside' },
  ];

export function doingOf(key: string): AlertDoing['does'] | null {
  return alertKeys.find((one) => one.key === key.toLowerCase())?.does ?? null;
}
