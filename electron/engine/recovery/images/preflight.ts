/**
 * What can be asked before a snapshot is written: who it will belong to, whether the rights are there, what the account does
 * by itself. The EBS direct APIs know no DryRun; but a call that names a snapshot that cannot be there is refused for want of
 * the right, or else for want of the snapshot, and changes nothing either way.
 */
import {
  CompleteSnapshotCommand,
  GetSnapshotBlockCommand,
  ListSnapshotBlocksCommand,
  PutSnapshotBlockCommand,
  StartSnapshotCommand,
  type EBSClient,
} from '@aws-sdk/client-ebs';
import {
  DeleteSnapshotCommand,
  DescribeSnapshotsCommand,
  GetEbsEncryptionByDefaultCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { ImageCheck } from '../../../../shared/contract/images.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { AwsClients } from '../../aws/clients.ts';
import { blockBytes, zeroBlockHash } from '../../aws/ebs/blocks.ts';
import { asked, awsFailure, refusalIn } from '../../aws/failures.ts';
import { listNative } from '../../aws/snapshots.ts';

/** Of the form that AWS gives, and never given. */
const nowhere = 'snap-00000000000000000';

/** Twelve digits. Throws AWS_… where AWS does not know who asks. */
export async function callerAccount(clients: AwsClients, region: string, abortSignal: AbortSignal): Promise<string> {
  const answer = await asked(`GetCallerIdentity in ${region}`, () =>
    clients.sts(region).send(new GetCallerIdentityCommand({}), { abortSignal }),
  );
  if (answer.Account === undefined)
    throw new HoldfastError('AWS_ANSWER_INVALID', 'AWS does not say whose account it is.');
  return answer.Account;
}

export async function preflight(
  clients: AwsClients,
  wanted: { readonly region: string; readonly encrypted: boolean; readonly kmsKey: string | null },
  signal: AbortSignal,
): Promise<readonly ImageCheck[]> {
  const { region } = wanted;
  const [ebs, ec2] = [clients.ebs(region), clients.ec2(region)];
  const needed = await Promise.all(writing(ebs, signal).map((probe) => rightOf(probe, 'needed')));
  const useful = await Promise.all(
    [...reading(ebs, signal), ...describing(ec2, signal)].map((probe) => rightOf(probe, 'useful')),
  );
  return [...needed, ...useful, await encryptionOf(ec2, wanted, signal), await pendingIn(ec2, region, signal)];
}

type Probe = { readonly action: string; readonly ask: () => Promise<unknown> };

function writing(ebs: EBSClient, abortSignal: AbortSignal): readonly Probe[] {
  const checksum = { Checksum: zeroBlockHash.toString('base64'), ChecksumAlgorithm: 'SHA256' } as const;
  const start = new StartSnapshotCommand({ VolumeSize: 1, ParentSnapshotId: nowhere });
  const put = new PutSnapshotBlockCommand({
    SnapshotId: nowhere,
    BlockIndex: 0,
    BlockData: new Uint8Array(blockBytes),
    DataLength: blockBytes,
    ...checksum,
  });
  const complete = new CompleteSnapshotCommand({ SnapshotId: nowhere, ChangedBlocksCount: 0 });
  return [
    { action: 'ebs:StartSnapshot', ask: () => ebs.send(start, { abortSignal }) },
    { action: 'ebs:PutSnapshotBlock', ask: () => ebs.send(put, { abortSignal }) },
    { action: 'ebs:CompleteSnapshot', ask: () => ebs.send(complete, { abortSignal }) },
  ];
}

/** To look at what was written. */
function reading(ebs: EBSClient, abortSignal: AbortSignal): readonly Probe[] {
  const list = new ListSnapshotBlocksCommand({ SnapshotId: nowhere });
  const get = new GetSnapshotBlockCommand({ SnapshotId: nowhere, BlockIndex: 0, BlockToken: 'none' });
  return [
    { action: 'ebs:ListSnapshotBlocks', ask: () => ebs.send(list, { abortSignal }) },
    { action: 'ebs:GetSnapshotBlock', ask: () => ebs.send(get, { abortSignal }) },
  ];
}

function describing(ec2: EC2Client, abortSignal: AbortSignal): readonly Probe[] {
  const describe = new DescribeSnapshotsCommand({ DryRun: true, OwnerIds: ['self'] });
  const remove = new DeleteSnapshotCommand({ DryRun: true, SnapshotId: nowhere });
  return [
    { action: 'ec2:DescribeSnapshots', ask: () => ec2.send(describe, { abortSignal }) },
    // To give up what was begun.
    { action: 'ec2:DeleteSnapshot', ask: () => ec2.send(remove, { abortSignal }) },
  ];
}

async function rightOf({ action, ask }: Probe, worth: 'needed' | 'useful'): Promise<ImageCheck> {
  try {
    await ask();
  } catch (error) {
    const refused = refusalIn(error);
    const failure = awsFailure(error, action);
    if (refused === null || failure.code === 'AWS_CREDENTIAL') throw failure;
    if (failure.code === 'AWS_FORBIDDEN') {
      const detail = worth === 'needed' ? 'The right is lacking.' : 'The right is lacking; it goes on without it.';
      return { what: action, state: worth === 'needed' ? 'refused' : 'note', detail };
    }
    if (failure.code === 'AWS_LIMITED' || failure.code === 'AWS_UNREACHABLE')
      return { what: action, state: 'unknown', detail: failure.message };
  }
  return { what: action, state: 'allowed', detail: 'The right is there, as far as can be asked.' };
}

async function encryptionOf(
  ec2: EC2Client,
  { encrypted, kmsKey }: { readonly encrypted: boolean; readonly kmsKey: string | null },
  abortSignal: AbortSignal,
): Promise<ImageCheck> {
  const what = 'Encryption';
  if (kmsKey !== null)
    return { what, state: 'note', detail: `With ${kmsKey}; whether it may be used shows when the snapshot is begun.` };
  if (encrypted) return { what, state: 'note', detail: 'With the key that the account uses by itself.' };
  try {
    const { EbsEncryptionByDefault } = await ec2.send(new GetEbsEncryptionByDefaultCommand({}), { abortSignal });
    const detail =
      EbsEncryptionByDefault === true
        ? 'The account encrypts all that is new, with the key it uses by itself.'
        : 'None: the account does not encrypt by itself, and it was not asked for.';
    return { what, state: 'note', detail };
  } catch (error) {
    const { message } = awsFailure(error, 'GetEbsEncryptionByDefault');
    return { what, state: 'unknown', detail: `Whether the account encrypts by itself is not known. ${message}` };
  }
}

async function pendingIn(ec2: EC2Client, region: string, signal: AbortSignal): Promise<ImageCheck> {
  const what = 'Pending snapshots';
  try {
    const pending = await listNative(ec2, region, [{ Name: 'status', Values: ['pending'] }], signal);
    return {
      what,
      state: 'note',
      detail: `${pending.length} in ${region}; AWS allows an account only so many at once.`,
    };
  } catch (error) {
    return { what, state: 'unknown', detail: awsFailure(error, 'DescribeSnapshots').message };
  }
}
