/** What became of each thing that goes to GitHub beside the refs, and the problems that follow from it. */
import type { RestoredPart } from '../../../../shared/contract/git.ts';
import { toHoldfastError, type ErrorCode, type HoldfastError } from '../../../../shared/model/errors.ts';
import type { PlannedPart } from '../../../../shared/model/github-restore-plan.ts';
import type { GivenProblem } from './restore-git.ts';

/** With why it failed or was held back. */
export type PartOutcome = { readonly part: RestoredPart; readonly code: ErrorCode | null };

/** These end a restore for all repositories. */
const fatal: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['CANCELLED', 'ENGINE_STOPPED', 'NO_SPACE', 'LOCK_LOST']);
const namedAtMost = 3;

/** What failed, where the rest may go on; else it is thrown. */
export function bearable(error: unknown): HoldfastError {
  const failure = toHoldfastError(error);
  if (fatal.has(failure.code)) throw failure;
  return failure;
}

export function isGoing({ action, heldBack }: PlannedPart): boolean {
  return !heldBack && action !== 'leave' && action !== 'unchanged';
}

/** Of a dry run, and of what nothing has to be done for. */
export function settled(planned: PlannedPart, isDryRun: boolean): PartOutcome {
  const part = withoutPlan(planned);
  if (planned.heldBack) return { part: { ...part, result: 'heldBack', problem: null }, code: 'GITHUB_HELD_BACK' };
  return { part: { ...part, result: isDryRun ? 'planned' : 'done', problem: null }, code: null };
}

export function failed(planned: PlannedPart, code: ErrorCode, problem: string): PartOutcome {
  return { part: { ...withoutPlan(planned), result: 'failed', problem }, code };
}

function withoutPlan({ kind, name, action, from, to }: PlannedPart): Omit<RestoredPart, 'result' | 'problem'> {
  return { kind, name, action, from, to };
}

/** As a failure of the part; what ends the restore for all is thrown on. */
export function failedBy(planned: PlannedPart, error: unknown): PartOutcome {
  const { code, message } = bearable(error);
  // The repository was seen a moment ago.
  if (code !== 'GITHUB_NOT_FOUND') return failed(planned, code, message);
  return failed(planned, 'GITHUB_FORBIDDEN', `${message} GitHub says that too where a token may see and not write.`);
}

/** The same failure of several is one problem. */
export function partProblems(outcomes: readonly PartOutcome[]): GivenProblem[] {
  const groups = new Map<string, { code: ErrorCode; words: string; names: string[] }>();
  for (const { part, code } of outcomes) {
    if (code === null) continue;
    const words = part.problem ?? 'something else is there, which was left.';
    const group = groups.get(`${code} ${words}`) ?? { code, words, names: [] };
    group.names.push(part.kind === 'release' ? `release ${part.name}` : part.name);
    groups.set(`${code} ${words}`, group);
  }
  return [...groups.values()].map(({ code, words, names }) => {
    const more = names.length > namedAtMost ? ` and ${names.length - namedAtMost} more` : '';
    return { code, message: `${names.slice(0, namedAtMost).join(', ')}${more}: ${words}` };
  });
}
