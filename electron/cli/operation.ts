import type { Issue, Progress } from '../../shared/contract/common.ts';
import { HoldfastError } from '../../shared/model/errors.ts';
import { formatCount } from '../../shared/model/units.ts';
import type { Output } from './output.ts';
import { ProgressDisplay } from './progress.ts';

export type OperationEvent<Result> =
  | { readonly type: 'job'; readonly job: string }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'issue'; readonly issue: Issue }
  | { readonly type: 'notice'; readonly text: string }
  | { readonly type: 'done'; readonly result: Result };

/** More names than this help nobody at a terminal; the JSON document holds them all. */
const NAMED_ISSUES = 50;

/** Shows a long operation while it runs and returns its result. What went wrong on the way to a failure is named. */
export async function follow<Result>(
  output: Output,
  nowMs: () => number,
  events: AsyncIterable<OperationEvent<Result>>,
): Promise<Result> {
  const progress = new ProgressDisplay(output, nowMs);
  const issues: Issue[] = [];
  let issueCount = 0;
  let outcome: { result: Result } | null = null;
  try {
    for await (const event of events) {
      if (event.type === 'done') outcome = { result: event.result };
      else if (event.type === 'progress') progress.update(event.progress);
      else if (event.type === 'notice') output.note(event.text);
      else if (event.type === 'issue' && issueCount++ < NAMED_ISSUES) issues.push(event.issue);
    }
  } catch (error) {
    progress.end();
    nameIssues(output, issues, issueCount);
    throw error;
  } finally {
    progress.end();
  }
  if (outcome === null) throw new HoldfastError('INTERNAL', 'The operation ended without a result.');
  return outcome.result;
}

/** Names what did not go as asked, on standard error. `issues` may be the first of `count`. */
export function nameIssues(output: Output, issues: readonly Issue[], count = issues.length): void {
  for (const issue of issues.slice(0, NAMED_ISSUES)) output.say(`  ${issue.path}: ${issue.message} (${issue.code})`);
  sayRest(output, count, issues.length === count);
}

/** Names paths, on standard error. */
export function namePaths(output: Output, paths: readonly string[]): void {
  for (const path of paths.slice(0, NAMED_ISSUES)) output.say(`  ${path}`);
  sayRest(output, paths.length, true);
}

function sayRest(output: Output, count: number, inDocument: boolean): void {
  if (count <= NAMED_ISSUES) return;
  output.say(`  … and ${formatCount(count - NAMED_ISSUES)} more${inDocument ? '; --json names all of them' : ''}`);
}
