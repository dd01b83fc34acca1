/** Which of several consoles needs somebody first. Pure. */
import type { Peer } from '../../../../shared/contract/peers.ts';

/** What nobody hears from, then what would lose most; of those alike, by name. */
export function worstPeersFirst(peers: readonly Peer[]): readonly Peer[] {
  return peers.toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

function rank({ state, reading }: Peer): number {
  if (state === 'silent' || state === 'refused') return 0;
  if (reading === null) return 4;
  const { sources, alerts } = reading;
  if (sources.never + sources.overdue > 0) return 1;
  return alerts.errors > 0 ? 2 : alerts.warnings > 0 ? 3 : 5;
}
