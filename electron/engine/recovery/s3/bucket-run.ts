/** The steps of a restore run into a bucket. Each is safe to begin again. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { BucketRunPlan } from '../../../../shared/contract/bucket-runs.ts';
import type { Issue } from '../../../../shared/contract/common.ts';
import type { RestoreRun } from '../../../../shared/contract/restore-runs.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { countOf, formatBytes, formatCount } from '../../../../shared/model/units.ts';
import type { AwsAccess } from '../../aws/access.ts';
import type { AwsClients } from '../../aws/clients.ts';
import type { Repository } from '../../repository/repository.ts';
import { blockersOf } from '../runs/preflight.ts';
import type { NewRun } from '../runs/run-book.ts';
import { workOnRun, type Outcome, type WorkBase } from '../runs/work-on-run.ts';
import { bucketChecks, thawPrefix } from './bucket-checks.ts';
import { giveToBucket } from './give-to-bucket.ts';
import { askForAll, waitForAll, type ThawTools } from './thaw.ts';
import { ThawJournal } from './thaw-journal.ts';

export type BucketRunWork = Omit<WorkBase, 'keepsNotes'> & {
  readonly plan: BucketRunPlan;
  readonly access: AwsAccess;
  readonly clients: AwsClients;
  /** Null where nothing is given back. */
  readonly given: { readonly repository: Repository; readonly tree: string } | null;
  readonly home: string;
  /** False: the run pauses where it would have to wait for S3. */
  readonly waits: boolean;
  readonly onIssue: (issue: Issue) => void;
};

const keptIssues = 1000;

export function bucketSteps({ give, thaw, bucket, prefix }: BucketRunPlan): NewRun['steps'] {
  const step = (id: string, title: string, detail: string | null, noUndo: string) => ({
    step: id,
    title,
    detail,
    undo: null,
    noUndo,
  });
  const reads = 'It only reads.';
  const stays = 'What was written stays; where the bucket keeps versions, what it replaced is there as an earlier one.';
  return [
    step('preflight', 'Check the bucket, and what may be done there', `s3://${bucket}/${prefix}`, reads),
    ...(give === null ? [] : [step('write', 'Write objects, and ask S3 what it keeps', null, stays)]),
    ...(thaw === null
      ? []
      : [
          step(
            'ask',
            'Ask S3 to bring back what is archived',
            `${thaw.tier}, for ${countOf(thaw.days, 'day')}`,
            'An order cannot be taken back; the copy goes away by itself.',
          ),
          step('wait', 'Wait until all of it can be read', null, reads),
        ]),
    step('report', 'Sum up', null, 'It only counts.'),
  ];
}

export function workOnBucketRun(work: BucketRunWork): Promise<RestoreRun> {
  return workOnRun({ ...work, keepsNotes: true }, (id) => outcomeOf(work, id));
}

async function outcomeOf(work: BucketRunWork, id: string): Promise<Outcome> {
  switch (id) {
    case 'preflight':
      return check(work);
    case 'write':
      return write(work);
    case 'ask':
      return ask(work);
    case 'wait':
      return wait(work);
    case 'report':
      return sumUp(work);
    default:
      throw new HoldfastError('INTERNAL', `The run has a step ${id} that this version does not know.`);
  }
}

async function check({ clients, plan, signal }: BucketRunWork): Promise<Outcome> {
  const checks = await bucketChecks({ s3: clients.s3(), plan, signal });
  const [blocker] = blockersOf(checks);
  if (blocker !== undefined) throw new HoldfastError('PREFLIGHT_BLOCKED', `${blocker.title}. ${blocker.detail}`);
  const detail = countOf(checks.length, 'check');
  return { state: 'done', detail, result: { checks: checks.map((each) => ({ ...each })) } };
}

async function write(work: BucketRunWork): Promise<Outcome> {
  const { plan, given, access, signal, onProgress, onIssue, onNotice, home, run } = work;
  const { give, bucket, prefix } = plan;
  if (give === null || given === null) throw new HoldfastError('INTERNAL', 'The run gives nothing back.');
  const options = { ...give, bucket, prefix, tree: given.tree, dryRun: false, journal: fileOf(home, run, 'uploads') };
  const result = await giveToBucket({ ...given, access, options, signal, onProgress, onIssue });
  const { objects, bytes, unchanged, verified, conflicts, issues, notGivenBack } = result;
  for (const sentence of notGivenBack) onNotice(sentence);
  return {
    state: issues.length > 0 || conflicts.kept > 0 ? 'partial' : 'done',
    detail: `${countOf(objects, 'object')}, ${formatBytes(bytes)}, written; ${formatCount(unchanged)} there already; ${formatCount(conflicts.kept)} in the way stay`,
    result: {
      files: objects + unchanged,
      bytes,
      writtenBytes: bytes,
      unchangedFiles: unchanged,
      verifiedFiles: give.verify ? verified : null,
      kept: conflicts.kept,
      replaced: conflicts.replaced,
      issues: issues.slice(0, keptIssues).map((issue) => ({ ...issue })),
      issueCount: issues.length,
      notGivenBack: [...notGivenBack],
    },
  };
}

async function ask(work: BucketRunWork): Promise<Outcome> {
  const { plan, book } = work;
  const { issues, tools } = thawTools(work);
  const order = orderOf(plan);
  const said = await askForAll(tools, thawPrefix(plan), order, book.nowMs());
  const { asked, bytes, underWay, ready, expectedBy } = said;
  const by = expectedBy === null ? '' : `; expected by ${new Date(expectedBy).toISOString()}`;
  return {
    state: issues.length > 0 ? 'partial' : 'done',
    detail: `${countOf(asked, 'object')} asked for, ${formatBytes(bytes)}; ${formatCount(underWay)} under way already, ${formatCount(ready)} can be read${by}`,
    result: { asked, bytes, underWay, ready, expectedBy, ...factsOf(issues) },
  };
}

async function wait(work: BucketRunWork): Promise<Outcome> {
  const { book, caller, run, plan, waits, onProgress } = work;
  const { issues, tools } = thawTools(work);
  const onReady = async (ready: number, total: number): Promise<void> => {
    const amounts = { doneBytes: 0, totalBytes: null, issues: issues.length };
    onProgress({ phase: 'Waiting for S3', doneItems: ready, totalItems: total, currentItem: null, ...amounts });
    await book.changeStep(caller, run.id, 'wait', { detail: waitingWords(ready, total) });
  };
  const isLeft = (): boolean => !waits || book.isPausing(run.id);
  const { ready, total, left } = await waitForAll(tools, { tier: orderOf(plan).tier, onReady, isLeft });
  if (left) return { state: 'waiting', detail: waitingWords(ready, total), result: { ready, total } };
  tools.journal.remove();
  const state = issues.length > 0 ? 'partial' : 'done';
  return {
    state,
    detail: `${countOf(total - issues.length, 'object')} can be read`,
    result: { total, ...factsOf(issues) },
  };
}

function waitingWords(ready: number, total: number): string {
  return `${formatCount(ready)} of ${formatCount(total)} can be read; S3 works on the others`;
}

function thawTools(work: BucketRunWork): { readonly issues: Issue[]; readonly tools: ThawTools } {
  const { clients, plan, signal, home, run } = work;
  const issues: Issue[] = [];
  const onIssue = (issue: Issue): void => {
    issues.push(issue);
    work.onIssue(issue);
  };
  const journal = new ThawJournal(fileOf(home, run, 'thaw'));
  return { issues, tools: { s3: clients.s3(), bucket: plan.bucket, signal, journal, onIssue } };
}

function orderOf({ thaw }: BucketRunPlan): NonNullable<BucketRunPlan['thaw']> {
  if (thaw === null) throw new HoldfastError('INTERNAL', 'The run brings nothing back out of an archive.');
  return thaw;
}

function factsOf(issues: readonly Issue[]): Outcome['result'] {
  return { issues: issues.slice(0, keptIssues).map((issue) => ({ ...issue })), issueCount: issues.length };
}

async function sumUp({ book, caller, run }: BucketRunWork): Promise<Outcome> {
  const { steps } = await book.get(caller, run.id);
  const short = steps.filter(({ state }) => state === 'partial').length;
  return {
    state: 'done',
    detail: short === 0 ? 'All of it is there' : 'Not all of it is there: see what is named',
    result: {},
  };
}

function fileOf(home: string, { id }: RestoreRun, kind: string): string {
  return join(home, 'restores', `${createHash('sha256').update(id).digest('hex')}.${kind}`);
}
