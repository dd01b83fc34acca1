/** Whether anybody is told of alerts who does not look at a console, in words. */
import type { Route } from '../../../shared/contract/routes.ts';

/** Null where a mail or a webhook carries them. */
export function toldWords(
  routes: readonly Pick<Route, 'enabled' | 'target'>[],
): { readonly title: string; readonly detail: string } | null {
  const on = routes.filter(({ enabled }) => enabled).map(({ target }) => target.kind);
  if (on.includes('mail') || on.includes('webhook')) return null;
  if (on.includes('desktop'))
    return {
      title: 'Alerts are told on this desktop alone',
      detail: 'Whoever is not in front of it learns nothing: no mail and no webhook is switched on.',
    };
  return {
    title: 'Nobody is told of alerts',
    detail: on.includes('healthCheck')
      ? 'A health check notices silence, but does not say what is wrong: no mail and no webhook is switched on.'
      : 'They stand here, and reach nobody who does not look: no mail and no webhook is switched on.',
  };
}
