/** How KMS keys stand that a restore in AWS uses: EBS takes a bad one without a word, and fails with it later. */
import type { KMSClient } from '@aws-sdk/client-kms';
import type { AwsRegionMap, AwsWant } from '../../../../shared/contract/aws-restores.ts';
import { AwsFailure, asked } from '../../aws/failures.ts';
import type { InstanceDescription } from '../../aws/instance-description.ts';
import type { Hands } from './hands.ts';

export type KeyUse = {
  readonly key: string;
  readonly region: string;
  /** In a sentence. */
  readonly why: string;
};

export type KeyFacts = KeyUse & {
  /** As KMS names it; `missing`: there is none of that name; null: it may not be looked at. */
  readonly state: string | null;
  /** ISO-8601; only of one that is to be deleted. */
  readonly deletedAt: string | null;
  /** Whether these credentials may use it; null: that was not tried. */
  readonly mayUse: boolean | null;
  /** Why something of it is not known; empty where all is. */
  readonly reason: string;
};

type Question = {
  readonly want: AwsWant;
  readonly region: string;
  readonly from: string;
  readonly map: AwsRegionMap | null;
  readonly instance: InstanceDescription | null;
  /** Of the snapshots that are restored from. */
  readonly snapshotKeys: readonly string[];
};

/** Each key and region once. */
export function keyUses({ want, region, from, map, instance, snapshotKeys }: Question): readonly KeyUse[] {
  const isLaunch = want.kind === 'launch' || want.kind === 'clone';
  const wanted = want.kind === 'volume' || want.kind === 'disk' ? want.kmsKey : null;
  const own = isLaunch && map === null ? (instance?.volumes ?? []).flatMap(({ facts }) => facts?.kmsKey ?? []) : [];
  const mapped = [...snapshotKeys, ...own].flatMap((key) => map?.kmsKeys[key] ?? []);
  const uses: KeyUse[] = [
    ...snapshotKeys.map((key) => ({ key, region: from, why: 'A snapshot is encrypted with it.' })),
    ...[...(wanted === null ? [] : [wanted]), ...own, ...mapped].map((key) => ({
      key,
      region,
      why: 'What is made is to be encrypted with it.',
    })),
  ];
  return uses.filter((use, at) => uses.findIndex(({ key, region: of }) => key === use.key && of === use.region) === at);
}

export async function readKeys(hands: Hands, uses: readonly KeyUse[]): Promise<readonly KeyFacts[]> {
  const found: KeyFacts[] = [];
  for (const use of uses) found.push(await readKey(await hands.clients.kms(use.region), use, hands.signal));
  return found;
}

async function readKey(kms: KMSClient, use: KeyUse, abortSignal: AbortSignal): Promise<KeyFacts> {
  const { DescribeKeyCommand } = await import('@aws-sdk/client-kms');
  const unknown = { ...use, state: null, deletedAt: null, mayUse: null, reason: '' };
  try {
    const { KeyMetadata } = await asked(`DescribeKey in ${use.region}`, () =>
      kms.send(new DescribeKeyCommand({ KeyId: use.key }), { abortSignal }),
    );
    const state = KeyMetadata?.KeyState ?? null;
    const deletedAt = KeyMetadata?.DeletionDate?.toISOString() ?? null;
    // AWS's own keys take only what comes by way of a service, whoever asks.
    if (state !== 'Enabled' || KeyMetadata?.KeyManager === 'AWS') return { ...unknown, state, deletedAt };
    return { ...unknown, state, ...(await tryKey(kms, use, abortSignal)) };
  } catch (error) {
    abortSignal.throwIfAborted();
    if (!(error instanceof AwsFailure)) throw error;
    if (error.awsCode === 'NotFoundException') return { ...unknown, state: 'missing' };
    return { ...unknown, reason: error.message };
  }
}

/** Nothing is encrypted: KMS says whether it would have been. */
async function tryKey(
  kms: KMSClient,
  { key, region }: KeyUse,
  abortSignal: AbortSignal,
): Promise<Pick<KeyFacts, 'mayUse' | 'reason'>> {
  const { GenerateDataKeyWithoutPlaintextCommand } = await import('@aws-sdk/client-kms');
  const command = new GenerateDataKeyWithoutPlaintextCommand({ KeyId: key, KeySpec: 'AES_256', DryRun: true });
  try {
    await asked(`the trial of ${key} in ${region}`, () => kms.send(command, { abortSignal }));
    return { mayUse: null, reason: 'KMS did not say that it was a trial.' };
  } catch (error) {
    abortSignal.throwIfAborted();
    if (!(error instanceof AwsFailure)) throw error;
    if (error.awsCode === 'DryRunOperationException') return { mayUse: true, reason: '' };
    if (error.code === 'AWS_FORBIDDEN') return { mayUse: false, reason: error.message };
    return { mayUse: null, reason: error.message };
  }
}
