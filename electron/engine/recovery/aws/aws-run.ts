/** The steps of a restore run in AWS. Each makes one thing, however often it is begun. */
import type { AwsRegionMap, AwsRestorePlan } from '../../../../shared/contract/aws-restores.ts';
import type { RestoreRun } from '../../../../shared/contract/restore-runs.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { countOf, formatCount } from '../../../../shared/model/units.ts';
import type { AwsClients } from '../../aws/clients.ts';
import type { InstanceDescription } from '../../aws/instance-description.ts';
import { blockersOf } from '../runs/preflight.ts';
import { workOnRun, type Outcome, type WorkBase } from '../runs/work-on-run.ts';
import { checksOf } from './checks.ts';
import { carryOut } from './deed-kinds.ts';
import type { Notes } from './deeds.ts';
import { readFacts, type Facts } from './facts.ts';
import { Hands } from './hands.ts';
import { planOf } from './plan.ts';
import { tryOutAll } from './preflight.ts';
import { deedsOf, knownOf, notesOf, refuseOthers } from './run-notes.ts';
import { verify } from './verify.ts';

export type AwsRunWork = Omit<WorkBase, 'keepsNotes'> & {
  readonly plan: AwsRestorePlan;
  readonly clients: AwsClients;
  readonly map: AwsRegionMap | null;
  /** What the Holdfast snapshot says of the instance; null where the run is of none. */
  readonly described: InstanceDescription | null;
};

export async function workOnAwsRun(work: AwsRunWork): Promise<RestoreRun> {
  const { clients, run, signal, onProgress, plan } = work;
  const onWait = (what: string, percent: number | null): void => onProgress(waiting(what, percent));
  const hands = new Hands({ clients, run: run.id, signal, onWait });
  await refuseOthers(hands, plan);
  return workOnRun({ ...work, keepsNotes: true }, (id) => outcomeOf(work, hands, id));
}

function waiting(what: string, percent: number | null) {
  const amounts = { doneBytes: 0, totalBytes: null, issues: 0 };
  const items = percent === null ? { doneItems: 0, totalItems: null } : { doneItems: percent, totalItems: 100 };
  return { phase: 'Waiting for AWS', currentItem: what, ...items, ...amounts };
}

async function outcomeOf(work: AwsRunWork, hands: Hands, id: string): Promise<Outcome> {
  const { book, caller, plan } = work;
  const run = await book.get(caller, work.run.id);
  if (id === 'preflight') return preflight(work, hands);
  if (id === 'verify') return verify(deedsOf(plan), run, hands);
  if (id === 'report') return sumUp(run, plan);
  const deed = deedsOf(plan).find((one) => one.id === id);
  if (deed === undefined) throw new HoldfastError('INTERNAL', `The run has a step ${id} that its plan does not know.`);
  const before = notesOf(run, id);
  const userData =
    deed.do === 'launch' && deed.withUserData && before['id'] === undefined ? await userDataOf(work, hands) : null;
  const note = (notes: Notes): Promise<void> => book.changeStep(caller, run.id, id, { result: JSON.stringify(notes) });
  const { detail, notes } = await carryOut(deed, knownOf(run, userData), hands, { before, note });
  return { state: 'done', detail, result: notes };
}

/** How it stands now: a plan that does not fit any more is not begun. */
async function preflight(work: AwsRunWork, hands: Hands): Promise<Outcome> {
  const { plan, run } = work;
  const facts = await factsOf(work, hands);
  const checks = [...checksOf(plan.want, facts), ...(await tryOutAll(deedsOf(plan), facts, plan.want, hands))];
  const [blocker] = blockersOf(checks);
  if (blocker !== undefined) throw new HoldfastError('PREFLIGHT_BLOCKED', `${blocker.title}. ${blocker.detail}`);
  const { deeds } = planOf(plan.want, facts, run.id, Date.parse(plan.plannedAt));
  if (JSON.stringify(deeds) !== JSON.stringify(plan.deeds)) {
    throw new HoldfastError(
      'PREFLIGHT_BLOCKED',
      'What is there has changed since this was planned, so that other steps are needed. Plan it anew.',
    );
  }
  const warnings = checks.filter(({ level }) => level === 'warning').length;
  const detail = `${countOf(checks.length, 'check')}, ${formatCount(warnings)} to be known`;
  return { state: 'done', detail, result: { checks: checks.map((each) => ({ ...each })) } };
}

function factsOf({ plan, described, map, book }: AwsRunWork, hands: Hands): Promise<Facts> {
  const { want, region, from } = plan;
  return readFacts({ hands, want, region, from, map, described, nowMs: book.nowMs() });
}

/** Read when it is needed, since it is kept nowhere but where it comes from. */
async function userDataOf(work: AwsRunWork, hands: Hands): Promise<string | null> {
  const { instance } = await factsOf(work, hands);
  return instance?.userData ?? null;
}

function sumUp({ steps }: RestoreRun, plan: AwsRestorePlan): Outcome {
  const done = deedsOf(plan).filter(({ id }) => steps.find((one) => one.id === id)?.state === 'done').length;
  return { state: 'done', detail: `${countOf(done, 'call')} made in ${plan.region}`, result: {} };
}
