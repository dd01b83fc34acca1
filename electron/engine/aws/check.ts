/**
 * What an identity may, tried right by right: by calls that only look, and by DryRun, so that nothing is changed. What
 * cannot be tried that way is not tried.
 */
import { HoldfastError } from '../../../shared/model/errors.ts';
import { awsRights, type AwsPurpose, type AwsRight, type AwsVerdict } from '../../../shared/model/aws-rights.ts';
import { dryRuns } from './check-dry-runs.ts';
import { bucketLooks, looks, objectLooks } from './check-looks.ts';
import { lookAround, type CheckScene } from './check-scene.ts';
import type { AwsClients } from './clients.ts';
import { AwsFailure, asked } from './failures.ts';

export type TriedRight = Pick<AwsRight, 'action' | 'why'> & { readonly verdict: AwsVerdict; readonly detail: string };

type Tried = Pick<TriedRight, 'verdict' | 'detail'>;
type Scene = CheckScene & { readonly buckets: readonly string[] };

const triedAtOnce = 6;

/** In the order of the table. AWS_CREDENTIAL. */
export async function checkRights(
  clients: AwsClients,
  purpose: AwsPurpose,
  buckets: readonly string[],
): Promise<readonly TriedRight[]> {
  const scene = { ...(await lookAround(clients)), buckets };
  const rights = awsRights[purpose];
  const tried: TriedRight[] = [];
  for (let at = 0; at < rights.length; at += triedAtOnce) {
    const part = rights.slice(at, at + triedAtOnce);
    tried.push(
      ...(await Promise.all(
        part.map(async (right) => ({
          action: right.action,
          why: right.why,
          ...(await tryRight(clients, scene, right)),
        })),
      )),
    );
  }
  return tried;
}

function tryRight(clients: AwsClients, scene: Scene, right: AwsRight): Promise<Tried> | Tried {
  if (right.trial === 'none') return untested(whyUntested(right));
  if (right.scope === 'bucket' || right.scope === 'object') return tryBuckets(clients, scene, right);
  return right.trial === 'dryRun' ? tryDry(clients, scene, right) : tryLook(clients, scene, right);
}

async function tryLook(clients: AwsClients, scene: Scene, { action }: AwsRight): Promise<Tried> {
  const call = looks[action];
  if (call === undefined) return untested('There is no call that tells.');
  const answer = await settled(action, () => Promise.resolve(call(clients, scene)));
  if (answer instanceof HoldfastError) return refusedOrUnknown(answer);
  return answer === null ? untested(`There is nothing in ${clients.region} to try it with.`) : allowed('AWS answered.');
}

async function tryDry(clients: AwsClients, scene: Scene, { action, scope }: AwsRight): Promise<Tried> {
  const run = dryRuns[`${action} ${scope}`] ?? dryRuns[action];
  const ec2 = clients.ec2();
  const answer = await settled(action, () => Promise.resolve(run?.(ec2, scene, clients.region) ?? null));
  if (answer === null) return untested('There is nothing of Holdfast here to try it with: others must not be touched.');
  if (!(answer instanceof HoldfastError)) return { verdict: 'unknown', detail: 'AWS did not say that it was a trial.' };
  if (codeOf(answer) === 'DryRunOperation') return allowed('AWS would have done it.');
  return refusedOrUnknown(answer);
}

/** Allowed where it is in every bucket. */
async function tryBuckets(clients: AwsClients, scene: Scene, right: AwsRight): Promise<Tried> {
  if (scene.buckets.length === 0) return untested('Name a bucket to try it with.');
  const tried = await Promise.all(
    scene.buckets.map(async (bucket) => ({ bucket, ...(await tryBucket(clients, bucket, right)) })),
  );
  const worst = (['refused', 'unknown', 'untested'] as const).flatMap((verdict) =>
    tried.filter((one) => one.verdict === verdict),
  )[0];
  return worst === undefined
    ? allowed(`AWS answered for ${scene.buckets.join(', ')}.`)
    : { verdict: worst.verdict, detail: `${worst.bucket}: ${worst.detail}` };
}

async function tryBucket(clients: AwsClients, bucket: string, { action, scope }: AwsRight): Promise<Tried> {
  const call = (scope === 'bucket' ? bucketLooks : objectLooks)[action];
  if (call === undefined) return untested('There is no call that tells.');
  const s3 = clients.s3();
  const answer = await settled(action, () => call(s3, bucket));
  if (!(answer instanceof HoldfastError)) return allowed('AWS answered.');
  const code = codeOf(answer);
  if (code === 'ObjectLockConfigurationNotFoundError') return allowed('There is none.');
  if (scope !== 'object' || code === 'NoSuchBucket') return refusedOrUnknown(answer);
  if (answer.code === 'AWS_NOT_FOUND' || code === 'MethodNotAllowed') return allowed('AWS would have read an object.');
  if (answer.code !== 'AWS_FORBIDDEN') return refusedOrUnknown(answer);
  // Whoever may not list a bucket does not learn what is missing in it.
  const listed = await settled(action, () => bucketLooks['s3:ListBucket']?.(s3, bucket) ?? Promise.resolve(null));
  return listed instanceof HoldfastError
    ? { verdict: 'unknown', detail: 'AWS does not say whether it is closed or missing without s3:ListBucket.' }
    : refusedOrUnknown(answer);
}

/** What was answered, or the failure. A credential that is none ends the check. */
async function settled(action: string, call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await asked(action, call);
  } catch (error) {
    if (error instanceof HoldfastError && error.code !== 'AWS_CREDENTIAL' && error.code !== 'CANCELLED') return error;
    throw error;
  }
}

function refusedOrUnknown(failure: HoldfastError): Tried {
  const verdict = failure.code === 'AWS_FORBIDDEN' ? 'refused' : 'unknown';
  return { verdict, detail: failure.message };
}

function codeOf(failure: HoldfastError): string | null {
  return failure instanceof AwsFailure ? failure.awsCode : null;
}

function allowed(detail: string): Tried {
  return { verdict: 'allowed', detail };
}

function untested(detail: string): Tried {
  return { verdict: 'untested', detail };
}

function whyUntested({ scope }: AwsRight): string {
  return scope === 'key' || scope === 'grant' || scope === 'instanceRole'
    ? 'Not tested: only what uses it would tell.'
    : 'Not tested: it would change something.';
}
