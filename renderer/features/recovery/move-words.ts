/** A run that moves protection, in words: where it stands, and what to do next. Pure. */
import type { Move } from '../../../shared/contract/failover.ts';
import type { RestoreRun } from '../../../shared/contract/restore-runs.ts';
import { headlineOf, isAtWork } from './run-words.ts';

type Standing = Pick<RestoreRun, 'state' | 'closedAt' | 'steps'>;

/** `half`: begun and neither ended nor taken back, so that somebody has to go on or undo. */
export function moveStanding(run: Standing): 'ready' | 'working' | 'half' | 'over' {
  if (isAtWork(run)) return 'working';
  if (run.closedAt !== null || run.state === 'undone') return 'over';
  if (run.steps.every(({ state }) => state === 'done' || state === 'partial')) return 'over';
  return run.steps.every(({ state }) => state === 'waiting') ? 'ready' : 'half';
}

/** Where protection is while a move is half done, and whether runs begin. */
export function halfwayWords({ steps }: Pick<RestoreRun, 'steps'>, { from, to }: Move): string {
  const isDone = (id: string): boolean => steps.some((step) => step.id === id && step.state !== 'waiting');
  if (!isDone('pause')) return `Protection goes into ${from.name} as before; nothing was changed there.`;
  const place = isDone('switch') ? to.name : from.name;
  return `Protection goes into ${place}, but no run begins by itself until this one has gone on or was undone.`;
}

export function moveHeadline(run: Pick<RestoreRun, 'state' | 'steps'>, { kind }: Pick<Move, 'kind'>): string {
  const moved = kind === 'failback' ? 'Moved back' : 'Moved';
  if (run.state === 'done') return moved;
  if (run.state === 'partial') return `${moved}, with exceptions`;
  return headlineOf(run);
}

/** Steps that were only done in part, and why: what somebody should know before the run is closed. */
export function moveExceptions({ steps }: Pick<RestoreRun, 'steps'>): readonly string[] {
  return steps.flatMap(({ state, title, detail }) => (state === 'partial' ? [`${title}: ${detail ?? 'in part'}`] : []));
}

export type MoveAdvice = { readonly id: string; readonly words: string };

/** What is to be done after a move, in its order. */
export function moveAdvice(run: Pick<RestoreRun, 'state'>, { kind, from, to }: Move): readonly MoveAdvice[] {
  if (run.state === 'undone')
    return [
      { id: 'undone', words: `Protection goes into ${from.name} again. What was copied to ${to.name} stays there.` },
    ];
  const looks = { id: 'look', words: `See in Overview that the next runs go well: they go into ${to.name}.` };
  if (kind === 'failback')
    return [looks, { id: 'rules', words: `Look at the rules in Sites: ${from.name} gets copies by them again.` }];
  return [
    looks,
    {
      id: 'copies',
      words: `See in Sites that rules send elsewhere, too, what goes into ${to.name}.`,
    },
    {
      id: 'back',
      words: `Once ${from.name} is sound again, move back: what was taken meanwhile is copied there first.`,
    },
    { id: 'close', words: 'Close this run when it need not be undone any more.' },
  ];
}
