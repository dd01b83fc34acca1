/** Rehearses an instance in EC2: a clone in a security group with no way in or out, which AWS's own checks have to pass. */
import { performance } from 'node:perf_hooks';
import type { RepositoryAccess } from '../../../../shared/contract/common.ts';
import type { DrillCheck } from '../../../../shared/contract/drills.ts';
import type { RestoreRun } from '../../../../shared/contract/restore-runs.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import {
  choose,
  chosenWords,
  type Chosen,
  type Rehearsal,
  type RehearsalRequest,
} from '../../recovery/drills/rehearsal.ts';
import { readPoint } from '../aws-points.ts';
import { workInAws } from '../aws-restore-runs.ts';
import { createAwsRun } from '../aws-restores.ts';
import type { CallContext } from '../context.ts';

export type InstanceRequest = Omit<RehearsalRequest, 'repository' | 'scratch'> & {
  readonly access: RepositoryAccess;
  readonly account: string | null;
  readonly endpoint: string | null;
  readonly region: string | null;
  readonly title: string;
  /** Before anything is made. */
  readonly note: (run: string) => Promise<void>;
};

const gibibyte = 1024 ** 3;
/** Should everything that takes it away fail, an alert tells of it after so long. */
const expiresInHours = 24;

export async function rehearseInstance(context: CallContext, request: InstanceRequest): Promise<Rehearsal> {
  const { step, access, snapshot, voice, account } = request;
  const chosen = await step('choose', 'Choose the instance', async () => {
    const result = await chooseInstance(context, request);
    return { result, detail: `${result.items[0]?.name ?? ''}: ${chosenWords(result)}` };
  });
  const startedAt = performance.now();
  const who = { account, keys: null, mfaCode: null };
  const run = await step('plan', 'Plan an isolated clone', async () => {
    const { region, endpoint, title, note } = request;
    const point = { repository: access, snapshot: snapshot.id, instance: chosen.items[0]?.name ?? '' };
    const want = { kind: 'clone' as const, root: null, data: [], like: null, changes: {}, expiresInHours };
    const asked = { who, region, endpoint, from: null, point, want, title };
    const result = await createAwsRun(context, asked, { signal: voice.signal, onPlanned: note });
    return { result, detail: `${result.steps.length} steps` };
  });
  const done = await step('restore', 'Launch it, and wait for its checks', async () => {
    if (run.aws === null) throw new HoldfastError('INTERNAL', 'The run launches nothing.');
    const given = { aws: who, repository: access };
    const work = { run, plan: run.aws, given, onChange: () => undefined };
    const result = await workInAws(context, work, voice);
    return { result, detail: result.state };
  });
  const restoreMs = performance.now() - startedAt;
  return { chosen, restoreMs, checks: checksOf(done), issues: [], left: 0 };
}

/** One at a time: each has its turn. */
async function chooseInstance(
  context: CallContext,
  { access, snapshot, wish, voice }: InstanceRequest,
): Promise<Chosen> {
  const point = await readPoint(context, { repository: access, snapshot: snapshot.id }, voice.signal);
  const bytes = new Map<string, number>();
  for (const { instance, sizeGiB } of point.natives)
    if (instance !== null) bytes.set(instance, (bytes.get(instance) ?? 0) + sizeGiB * gibibyte);
  if (bytes.size === 0)
    throw new HoldfastError('DRILL_IMPOSSIBLE', 'The snapshot is of volumes alone: there is no instance to launch.');
  async function* named() {
    for (const [name, size] of bytes) yield { name, bytes: size };
  }
  const cursor = wish === 'whole' ? 0 : wish.cursor;
  return choose(named(), { cursor, bytes: 0 });
}

function checksOf({ steps }: RestoreRun): DrillCheck[] {
  const verify = steps.find(({ id }) => id === 'verify');
  const title = 'The clone runs, from the disks of the snapshot, and passes the checks of AWS';
  const issues = verify?.result?.['issues'];
  const [first] = Array.isArray(issues) ? issues : [];
  const said = typeof first === 'object' && first !== null && 'message' in first ? first['message'] : null;
  const result = verify?.state === 'done' ? 'good' : 'bad';
  return [
    {
      id: 'instance',
      title,
      result,
      detail: typeof said === 'string' ? said : (verify?.detail ?? 'It was not looked at.'),
    },
  ];
}
