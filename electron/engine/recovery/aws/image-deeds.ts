/** Snapshots copied into the region where they are needed, and an image registered of one that a machine boots from. */
import { DescribeImagesCommand } from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { tagKeys } from '../../aws/lineage.ts';
import type { DeedKind, DeedOf } from './deeds.ts';
import type { Hands } from './hands.ts';
import { findSnapshot, snapshotsWhere } from './look.ts';
import { left } from './volume-deeds.ts';

/** Of another region, with the call to the one that gets it. There is no token for it: what was made is found by its tags. */
export const copySnapshot: DeedKind<DeedOf<'copy-snapshot'>> = {
  once: 'name',
  call: ({ id, region, snapshot, from, encrypted, kmsKey }, _known, hands) => ({
    action: 'CopySnapshot',
    region,
    input: {
      SourceRegion: from,
      SourceSnapshotId: snapshot,
      Description: `Copy of ${snapshot} in ${from} for a restore`,
      ...(encrypted || kmsKey !== null ? { Encrypted: true } : {}),
      ...(kmsKey === null ? {} : { KmsKeyId: kmsKey }),
      TagSpecifications: [
        {
          ResourceType: 'snapshot',
          Tags: [...hands.marks(id), { Key: tagKeys.copyOf, Value: snapshot }, { Key: tagKeys.copyFrom, Value: from }],
        },
      ],
    },
  }),

  async look({ id, region }, _known, hands) {
    const [found] = await snapshotsWhere(hands, region, hands.marked(id));
    return found?.SnapshotId === undefined ? null : { id: found.SnapshotId };
  },

  made: (answer) => ({ id: z.object({ SnapshotId: z.string() }).parse(answer).SnapshotId }),

  async settle({ region, snapshot, kmsKey }, _known, hands, { id = '' }) {
    let percent: number | null = null;
    await hands.until(
      `the copy of ${snapshot}`,
      async () => {
        const found = await findSnapshot(hands, region, id);
        if (found?.State === 'error') throw brokenCopy(id, found.StateMessage, kmsKey);
        percent = Number.parseInt(found?.Progress ?? '', 10) || null;
        return found?.State === 'completed' ? found : null;
      },
      () => percent,
    );
    return { detail: `${id} in ${region}` };
  },

  async undo({ region, snapshot, from }, _known, hands, { notes: { id = '' }, dryRun }) {
    const path = `${region}/${id}`;
    const found = await findSnapshot(hands, region, id);
    if (found === null) return null;
    if (!hands.isOurs(found.Tags)) return left(path, 'It does not carry the tag of this restore.');
    if ((await findSnapshot(hands, from, snapshot)) === null) {
      return left(path, `${snapshot} is not in ${from} any more: the copy may be the last of it.`);
    }
    if (!dryRun) await hands.mutate({ action: 'DeleteSnapshot', region, input: { SnapshotId: id } });
    return { path, action: 'remove', reason: null };
  },
};

function brokenCopy(id: string, message: string | undefined, key: string | null): HoldfastError {
  const why = key === null ? '' : ` The key ${key} may be disabled, of another region, or not ours to use.`;
  return new HoldfastError('AWS_DECLINED', `AWS could not copy it: ${message ?? 'it does not say why'} (${id}).${why}`);
}

export const register: DeedKind<DeedOf<'register'>> = {
  once: 'name',
  call: (deed, known, hands) => ({
    action: 'RegisterImage',
    region: deed.region,
    input: {
      Name: deed.name,
      Description: 'Made by a restore of the snapshot it boots from',
      Architecture: deed.architecture as 'x86_64',
      RootDeviceName: deed.rootDevice,
      VirtualizationType: 'hvm',
      EnaSupport: deed.ena,
      ...(deed.bootMode === null ? {} : { BootMode: deed.bootMode as 'uefi' }),
      ...(deed.tpm === null ? {} : { TpmSupport: deed.tpm as 'v2.0' }),
      BlockDeviceMappings: [
        {
          DeviceName: deed.rootDevice,
          Ebs: { SnapshotId: known.made(deed.root), VolumeSize: deed.sizeGiB, VolumeType: deed.type as 'gp3' },
        },
      ],
      TagSpecifications: [{ ResourceType: 'image', Tags: hands.marks(deed.id) }],
    },
  }),

  /** A name is given once in an account and region. */
  async look({ region, name }, _known, hands) {
    const [found] = await imagesWhere(hands, region, [{ Name: 'name', Values: [name] }]);
    return found?.ImageId === undefined ? null : { id: found.ImageId };
  },

  made: (answer) => ({ id: z.object({ ImageId: z.string() }).parse(answer).ImageId }),

  async settle({ region, root }, known, hands, { id = '' }) {
    await hands.until(`image ${id}`, async () => {
      const [found] = await imagesWhere(hands, region, [{ Name: 'image-id', Values: [id] }]);
      if (found?.State === 'failed' || found?.State === 'invalid') {
        throw new HoldfastError(
          'AWS_DECLINED',
          `AWS could not make an image of ${known.made(root)}: it is ${found.State}.`,
        );
      }
      return found?.State === 'available' ? found : null;
    });
    return { detail: `${id}, which boots from ${known.made(root)}` };
  },

  async undo({ region }, _known, hands, { notes: { id = '' }, dryRun }) {
    const path = `${region}/${id}`;
    const [found] = await imagesWhere(hands, region, [{ Name: 'image-id', Values: [id] }]);
    if (found === undefined) return null;
    if (!hands.isOurs(found.Tags)) return left(path, 'It does not carry the tag of this restore.');
    if (!dryRun) await hands.mutate({ action: 'DeregisterImage', region, input: { ImageId: id } });
    return { path, action: 'remove', reason: null };
  },
};

async function imagesWhere(hands: Hands, region: string, filters: { Name: string; Values: string[] }[]) {
  const command = new DescribeImagesCommand({ Owners: ['self'], Filters: filters });
  const found = await hands.read('DescribeImages', region, (ec2) => ec2.send(command, { abortSignal: hands.signal }));
  return found.Images ?? [];
}
