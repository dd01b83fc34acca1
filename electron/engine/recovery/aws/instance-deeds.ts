/** Instances: stopped, started, launched, and the volume they boot from replaced. */
import { DescribeReplaceRootVolumeTasksCommand } from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { DeedKind, DeedOf, Known, LaunchDeed, UndoItem } from './deeds.ts';
import type { Hands } from './hands.ts';
import { findInstance, instancesWhere, stateOf, volumesWhere } from './look.ts';
import { attachAgain, detachVolume, left, volumeInput } from './volume-deeds.ts';

export const stop: DeedKind<DeedOf<'stop'>> = {
  call: ({ region, instance }) => ({ action: 'StopInstances', region, input: { InstanceIds: [instance] } }),

  async look({ region, instance }, _known, hands, { asked }) {
    const state = stateOf(await findInstance(hands, region, instance));
    if (state !== 'stopped' && state !== 'stopping') return null;
    // Whoever stopped it first decides whether an undo starts it again.
    return { id: instance, by: asked === undefined ? 'others' : 'restore' };
  },

  made: (_answer, { instance }) => ({ id: instance, by: 'restore' }),

  async settle({ region, instance }, _known, hands) {
    await untilState(hands, region, instance, 'stopped');
    return { detail: `${instance} is stopped` };
  },

  undo: async ({ region, instance }, _known, hands, { notes, dryRun }) =>
    notes['by'] === 'restore' ? startAgain(hands, region, instance, dryRun) : null,
};

export const start: DeedKind<DeedOf<'start'>> = {
  call: ({ region, instance }) => ({ action: 'StartInstances', region, input: { InstanceIds: [instance] } }),

  async look({ region, instance }, _known, hands) {
    const state = stateOf(await findInstance(hands, region, instance));
    return state === 'running' || state === 'pending' ? { id: instance } : null;
  },

  made: (_answer, { instance }) => ({ id: instance }),

  async settle({ region, instance }, _known, hands) {
    await untilState(hands, region, instance, 'running');
    return { detail: `${instance} is running` };
  },

  async undo({ region, instance }, _known, hands, { dryRun }) {
    return stopAgain(hands, region, instance, dryRun);
  },
};

export const replaceRoot: DeedKind<DeedOf<'replace-root'>> = {
  once: 'token',
  call: ({ id, region, instance, snapshot }, known, hands) => ({
    action: 'CreateReplaceRootVolumeTask',
    region,
    input: {
      InstanceId: instance,
      SnapshotId: known.made(snapshot),
      DeleteReplacedRootVolume: false,
      ClientToken: hands.token(id),
      TagSpecifications: [{ ResourceType: 'replace-root-volume-task', Tags: hands.marks(id) }],
    },
  }),

  async look({ id, region, instance }, _known, hands) {
    const all = await tasksOf(hands, region, instance);
    const found = all.find(
      ({ Tags }) => Tags?.some(({ Key, Value }) => Key === stepTag && Value === id) && hands.isOurs(Tags),
    );
    return found?.ReplaceRootVolumeTaskId === undefined ? null : { id: found.ReplaceRootVolumeTaskId };
  },

  made: (answer) => {
    const schema = z.object({ ReplaceRootVolumeTask: z.object({ ReplaceRootVolumeTaskId: z.string() }) });
    return { id: schema.parse(answer).ReplaceRootVolumeTask.ReplaceRootVolumeTaskId };
  },

  async settle({ region, instance, root, device }, _known, hands, { id = '' }) {
    await hands.until(`the root of ${instance} to be replaced`, async () => {
      const task = (await tasksOf(hands, region, instance)).find((one) => one.ReplaceRootVolumeTaskId === id);
      const state = task?.TaskState ?? '';
      if (state.startsWith('fail')) {
        throw new HoldfastError(
          'AWS_DECLINED',
          `AWS could not replace the root of ${instance}: the task ${id} is ${state}.`,
        );
      }
      return state === 'succeeded' ? task : null;
    });
    const fresh = await rootOf(hands, region, instance, device);
    return { detail: `${fresh} in place of ${root}, which is kept`, notes: { volume: fresh } };
  },

  /** The old root itself goes back, by hand: a task would make yet another one. */
  async undo({ region, instance, root, device }, _known, hands, { notes, dryRun }) {
    const path = `${region}/${root}`;
    const now = await rootOf(hands, region, instance, device);
    if (now === root) return null;
    if (now !== '' && now !== notes['volume']) return left(path, `Somebody has put ${now} in its place since.`);
    const state = stateOf(await findInstance(hands, region, instance));
    if (!dryRun && state !== 'stopped') await stopAgain(hands, region, instance, false);
    if (now !== '') await detachVolume(hands, { region, volume: now, instance, device }, dryRun);
    const item = await attachAgain(hands, { region, volume: root, instance, device }, dryRun);
    if (!dryRun && state !== 'stopped') await startAgain(hands, region, instance, false);
    return item;
  },
};

const stepTag = 'holdfast:restore-step';

async function tasksOf(hands: Hands, region: string, instance: string) {
  const command = new DescribeReplaceRootVolumeTasksCommand({ Filters: [{ Name: 'instance-id', Values: [instance] }] });
  const found = await hands.read('DescribeReplaceRootVolumeTasks', region, (ec2) =>
    ec2.send(command, { abortSignal: hands.signal }),
  );
  return found.ReplaceRootVolumeTasks ?? [];
}

/** Empty where there is none. */
async function rootOf(hands: Hands, region: string, instance: string, device: string): Promise<string> {
  const [found] = await volumesWhere(hands, region, [
    { Name: 'attachment.instance-id', Values: [instance] },
    { Name: 'attachment.device', Values: [device] },
  ]);
  return found?.VolumeId ?? '';
}

export const launch: DeedKind<LaunchDeed> = {
  once: 'token',
  call: (deed, known, hands) => ({
    action: 'RunInstances',
    region: deed.region,
    input: launchInput(deed, known, hands),
  }),

  async look({ id, region }, _known, hands) {
    const found = (await instancesWhere(hands, region, hands.marked(id))).find(
      (one) => !['terminated', 'shutting-down'].includes(stateOf(one)),
    );
    return found?.InstanceId === undefined ? null : { id: found.InstanceId };
  },

  made: (answer) => {
    const schema = z.object({ Instances: z.tuple([z.object({ InstanceId: z.string() })]) });
    return { id: schema.parse(answer).Instances[0].InstanceId };
  },

  async settle({ region }, _known, hands, { id = '' }) {
    const instance = await untilState(hands, region, id, 'running');
    return { detail: `${id} is running at ${instance.PrivateIpAddress ?? 'no address'}` };
  },

  async undo({ region, isClone }, _known, hands, { notes: { id = '' }, dryRun }) {
    const path = `${region}/${id}`;
    const instance = await findInstance(hands, region, id);
    const state = stateOf(instance);
    if (['gone', 'terminated', 'shutting-down'].includes(state)) return null;
    if (!hands.isOurs(instance?.Tags)) return left(path, 'It does not carry the tag of this restore.');
    if (!isClone) {
      if (state !== 'stopped') await stopAgain(hands, region, id, dryRun);
      return left(path, 'It is stopped and kept: it may hold what was written since it was launched.');
    }
    if (!dryRun) {
      await hands.mutate({ action: 'TerminateInstances', region, input: { InstanceIds: [id] } });
      await hands.until(`${id} to end`, async () => {
        const now = stateOf(await findInstance(hands, region, id));
        return now === 'terminated' || now === 'gone' ? now : null;
      });
    }
    return { path, action: 'remove', reason: 'It is a clone, and ends with all that was done on it.' };
  },
};

function launchInput(deed: LaunchDeed, known: Known, hands: Hands) {
  const { id, subnet, groups, privateIp, metadata, profile, keyPair, credits, onShutdown, placementGroup } = deed;
  const marks = hands.marks(id);
  const tagged = (['volume', 'network-interface'] as const).map((ResourceType) => ({ ResourceType, Tags: marks }));
  return {
    ImageId: known.made(deed.image),
    InstanceType: deed.type as 't3.micro',
    MinCount: 1,
    MaxCount: 1,
    ClientToken: hands.token(id),
    NetworkInterfaces: [
      {
        DeviceIndex: 0,
        SubnetId: subnet,
        Groups: groups.map((group) => known.made(group)),
        ...(privateIp === null ? {} : { PrivateIpAddress: privateIp }),
        ...(deed.isClone ? { AssociatePublicIpAddress: false } : {}),
      },
    ],
    BlockDeviceMappings: deed.devices.map(({ device, snapshot, deleteOnTermination, ...spec }) => ({
      DeviceName: device,
      Ebs: {
        ...volumeInput(spec),
        ...(snapshot === null ? {} : { SnapshotId: known.made(snapshot) }),
        DeleteOnTermination: deleteOnTermination,
      },
    })),
    Placement: {
      Tenancy: deed.tenancy as 'default',
      ...(placementGroup === null ? {} : { GroupName: placementGroup }),
    },
    Monitoring: { Enabled: deed.monitoring },
    EbsOptimized: deed.ebsOptimized,
    DisableApiTermination: deed.terminationProtected,
    ...(metadata === null ? {} : { MetadataOptions: metadataInput(metadata) }),
    ...(profile === null
      ? {}
      : { IamInstanceProfile: profile.startsWith('arn:') ? { Arn: profile } : { Name: profile } }),
    ...(keyPair === null ? {} : { KeyName: keyPair }),
    ...(credits === null ? {} : { CreditSpecification: { CpuCredits: credits } }),
    ...(onShutdown === null ? {} : { InstanceInitiatedShutdownBehavior: onShutdown as 'stop' }),
    ...(deed.withUserData && known.userData !== null ? { UserData: known.userData } : {}),
    TagSpecifications: [{ ResourceType: 'instance' as const, Tags: [...deed.tags, ...marks] }, ...tagged],
  };
}

function metadataInput({ tokens, hopLimit, endpoint, tags }: NonNullable<LaunchDeed['metadata']>) {
  return {
    ...(tokens === null ? {} : { HttpTokens: tokens as 'required' }),
    ...(hopLimit === null ? {} : { HttpPutResponseHopLimit: hopLimit }),
    ...(endpoint === null ? {} : { HttpEndpoint: endpoint as 'enabled' }),
    ...(tags === null ? {} : { InstanceMetadataTags: tags as 'enabled' }),
  };
}

export const unchecked: DeedKind<DeedOf<'unchecked'>> = {
  call: ({ region, instance }, known) => ({
    action: 'ModifyInstanceAttribute',
    region,
    input: { InstanceId: known.made(instance), SourceDestCheck: { Value: false } },
  }),
  async look({ region, instance }, known, hands) {
    const found = await findInstance(hands, region, known.made(instance));
    return found?.SourceDestCheck === false ? { id: known.made(instance) } : null;
  },
  made: (_answer, { instance }) => ({ id: instance }),
  settle: ({ instance }, known) => Promise.resolve({ detail: `${known.made(instance)} forwards what is not its own` }),
  undo: () => Promise.resolve(null),
};

export async function untilState(hands: Hands, region: string, id: string, wanted: 'running' | 'stopped') {
  return hands.until(`${id} to be ${wanted}`, async () => {
    const found = await findInstance(hands, region, id);
    const state = stateOf(found);
    if (state === 'terminated' || state === 'shutting-down') {
      const why = found?.StateReason?.Message ?? 'AWS does not say why';
      throw new HoldfastError('AWS_DECLINED', `${id} has ended by itself: ${why}.`);
    }
    return found !== null && state === wanted ? found : null;
  });
}

async function startAgain(hands: Hands, region: string, instance: string, dryRun: boolean): Promise<UndoItem | null> {
  const path = `${region}/${instance}`;
  const state = stateOf(await findInstance(hands, region, instance));
  if (state === 'gone' || state === 'terminated') return left(path, 'It is not there any more.');
  if (!dryRun && state !== 'running' && state !== 'pending') {
    await hands.mutate({ action: 'StartInstances', region, input: { InstanceIds: [instance] } });
    await untilState(hands, region, instance, 'running');
  }
  return { path, action: 'put back', reason: 'It is started again.' };
}

/** Nothing to tell of: it is a step on the way back. */
async function stopAgain(hands: Hands, region: string, instance: string, dryRun: boolean): Promise<null> {
  const state = stateOf(await findInstance(hands, region, instance));
  if (dryRun || !['running', 'pending', 'stopping'].includes(state)) return null;
  if (state !== 'stopping') {
    await hands.mutate({ action: 'StopInstances', region, input: { InstanceIds: [instance] } });
  }
  await untilState(hands, region, instance, 'stopped');
  return null;
}
