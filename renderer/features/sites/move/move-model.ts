/** Where protection can be moved to, and in which words. Pure. */
import type { LeftBehind, MovePreview } from '../../../../shared/contract/failover.ts';
import type { Connection } from '../../../../shared/contract/repositories.ts';
import type { Site } from '../../../../shared/contract/sites.ts';
import { formatCount, formatDuration } from '../../../../shared/model/units.ts';
import { lagWords } from '../words.ts';

export type MoveTarget = {
  /** As the engine is told it. */
  readonly to: string;
  readonly name: string;
  readonly location: string;
  /** Where protection was before it was moved away. */
  readonly isBack: boolean;
  /** How far it is behind; empty where nobody knows. */
  readonly behind: string;
  /** Why it cannot be chosen; null: it can. */
  readonly problem: string | null;
};

/** The way back first, then sites, then repositories that are no site. What is protected into already is none. */
export function moveTargets(
  sites: readonly Site[],
  repositories: readonly Connection[],
  cameFrom: string | null,
): readonly MoveTarget[] {
  const ofSites = new Set(sites.map(({ connection }) => connection));
  const targets = [
    ...sites.filter(({ primary }) => !primary).map((site) => ofSite(site, cameFrom)),
    ...repositories
      .filter(({ id, primary }) => !primary && !ofSites.has(id))
      .map((repository) => ofRepository(repository, cameFrom)),
  ];
  return targets.toSorted((a, b) => Number(b.isBack) - Number(a.isBack));
}

function ofSite({ name, location, connection, state, lag }: Site, cameFrom: string | null): MoveTarget {
  const [worst] = lag;
  return {
    to: name,
    name,
    location,
    isBack: connection !== null && connection === cameFrom,
    behind: worst === undefined ? '' : lagWords(worst),
    problem: state === 'unconnected' ? 'Say its password first, on its page.' : null,
  };
}

function ofRepository({ id, name, location, state }: Connection, cameFrom: string | null): MoveTarget {
  return {
    to: id,
    name,
    location,
    isBack: id === cameFrom,
    behind: '',
    problem: state === 'locked' ? 'It is locked: unlock it in Settings.' : null,
  };
}

/** Whether what only one end holds is copied before protection moves, as it answers. */
export function isCopiedFirst({ checks }: Pick<MovePreview, 'checks'>): boolean {
  return checks.some(({ id, level }) => id === 'origin' && level === 'ok');
}

/** One sentence on what a move costs. */
export function moveVerdict(preview: MovePreview): string {
  const { from, to, losses } = preview;
  const missing = losses.reduce((sum, loss) => sum + loss.missing, 0);
  if (missing === 0) return `Nothing is lost: ${to.name} holds every snapshot that ${from.name} is known to hold.`;
  const amount = `${formatCount(missing)} ${missing === 1 ? 'snapshot' : 'snapshots'}`;
  if (isCopiedFirst(preview))
    return `Nothing is lost: ${amount} that only ${from.name} holds ${missing === 1 ? 'is' : 'are'} copied first.`;
  const worst = losses.find(({ lossMs }) => lossMs === null || lossMs > 0);
  const age =
    worst === undefined
      ? ''
      : worst.lossMs === null
        ? ` Of ${worst.source} there is nothing in ${to.name}.`
        : ` The worst loss is ${formatDuration(worst.lossMs)}, of ${worst.source}.`;
  return `${amount} ${missing === 1 ? 'stays' : 'stay'} behind in ${from.name}, which does not answer.${age}`;
}

/** Why not all of them are listed; null: they are. */
export function restOfMissing(preview: Pick<MovePreview, 'losses'>, listed: readonly LeftBehind[]): string | null {
  const rest = preview.losses.reduce((sum, loss) => sum + loss.missing, 0) - listed.length;
  return rest <= 0 ? null : `And ${formatCount(rest)} older ones.`;
}
