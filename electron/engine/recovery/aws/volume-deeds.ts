/** Volumes: made of snapshots, attached, detached, tagged. None that was there before is ever removed. */
import { z } from 'zod';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { Hands } from './hands.ts';
import type { DeedKind, DeedOf, UndoItem, VolumeSpec } from './deeds.ts';
import { findVolume, volumesWhere } from './look.ts';

export const makeVolume: DeedKind<DeedOf<'make-volume'>> = {
  once: 'token',
  call: ({ id, region, snapshot, zone, name, usedBy: _usedBy, ...spec }, known, hands) => ({
    action: 'CreateVolume',
    region,
    input: {
      SnapshotId: known.made(snapshot),
      AvailabilityZone: zone,
      ...volumeInput(spec),
      ClientToken: hands.token(id),
      TagSpecifications: [
        { ResourceType: 'volume', Tags: [...(name === '' ? [] : [{ Key: 'Name', Value: name }]), ...hands.marks(id)] },
      ],
    },
  }),

  async look({ id, region }, _known, hands) {
    const [found] = await volumesWhere(hands, region, hands.marked(id));
    return found?.VolumeId === undefined ? null : { id: found.VolumeId };
  },

  made: (answer) => ({ id: z.object({ VolumeId: z.string() }).parse(answer).VolumeId }),

  async settle({ region }, _known, hands, { id = '' }) {
    const volume = await hands.until(`volume ${id}`, async () => {
      const found = await findVolume(hands, region, id);
      if (found?.State === 'error') throw brokenVolume(id, found.KmsKeyId);
      return found?.State === 'available' || found?.State === 'in-use' ? found : null;
    });
    return { detail: `${id}, ${volume.Size ?? 0} GiB, ${volume.VolumeType ?? ''} in ${volume.AvailabilityZone ?? ''}` };
  },

  async undo({ region, usedBy }, _known, hands, { notes: { id = '' }, dryRun, begun }) {
    const path = `${region}/${id}`;
    const volume = await findVolume(hands, region, id);
    if (volume === null) return null;
    if (!hands.isOurs(volume.Tags)) return left(path, 'It does not carry the tag of this restore.');
    if (usedBy !== null && begun(usedBy)) {
      return left(path, 'It was attached, and may hold what was written since: it is detached and kept.');
    }
    if (volume.State === 'in-use' || volume.State === 'creating') return left(path, 'Somebody has attached it.');
    if (!dryRun) await hands.mutate({ action: 'DeleteVolume', region, input: { VolumeId: id } });
    return { path, action: 'remove', reason: 'It is attached to nothing; AWS does not tell whether it was.' };
  },
};

export const attach: DeedKind<DeedOf<'attach'>> = {
  call: ({ region, volume, instance, device }, known) => ({
    action: 'AttachVolume',
    region,
    input: { VolumeId: known.made(volume), InstanceId: known.made(instance), Device: device },
  }),

  async look({ region, volume, instance, device }, known, hands) {
    const id = known.made(volume);
    const found = await findVolume(hands, region, id);
    const held = found?.Attachments?.find(({ State }) => State !== 'detached');
    if (held === undefined) return null;
    if (held.InstanceId === known.made(instance) && held.Device === device) return { id };
    throw new HoldfastError(
      'AWS_DECLINED',
      `${id} is attached to ${held.InstanceId ?? 'another instance'} as ${held.Device ?? ''} already: nothing was changed.`,
    );
  },

  made: (answer) => ({ id: z.object({ VolumeId: z.string() }).parse(answer).VolumeId }),

  async settle({ region, instance, device }, known, hands, { id = '' }) {
    await hands.until(`volume ${id} at ${device}`, async () => {
      const found = await findVolume(hands, region, id);
      return found?.Attachments?.some(({ State }) => State === 'attached') === true ? found : null;
    });
    return { detail: `${id} at ${device} of ${known.made(instance)}` };
  },

  async undo({ region, instance, device }, known, hands, { notes: { id = '' }, dryRun }) {
    return detachVolume(hands, { region, volume: id, instance: known.made(instance), device }, dryRun);
  },
};

export const detach: DeedKind<DeedOf<'detach'>> = {
  call: ({ region, volume, instance, device }) => ({
    action: 'DetachVolume',
    region,
    input: { VolumeId: volume, InstanceId: instance, Device: device },
  }),

  async look({ region, volume, instance }, _known, hands) {
    const found = await findVolume(hands, region, volume);
    const isHeld = found?.Attachments?.some((one) => one.InstanceId === instance && one.State !== 'detached');
    return isHeld === true ? null : { id: volume };
  },

  made: (_answer, { volume }) => ({ id: volume }),

  async settle({ region, volume }, _known, hands) {
    await hands.until(`volume ${volume} to be free`, async () => {
      const found = await findVolume(hands, region, volume);
      return found?.State === 'available' ? found : null;
    });
    return { detail: `${volume} is free and kept` };
  },

  undo: (deed, _known, hands, { dryRun }) => attachAgain(hands, deed, dryRun),
};

type Place = {
  readonly region: string;
  readonly volume: string;
  readonly instance: string;
  readonly device: string;
};

/** Where it is attached there. */
export async function detachVolume(hands: Hands, place: Place, dryRun: boolean): Promise<UndoItem | null> {
  const { region, volume, instance, device } = place;
  const found = await findVolume(hands, region, volume);
  const isHeld = found?.Attachments?.some((one) => one.InstanceId === instance && one.State !== 'detached') === true;
  if (!isHeld) return null;
  if (!dryRun) {
    const input = { VolumeId: volume, InstanceId: instance, Device: device };
    await hands.mutate({ action: 'DetachVolume', region, input });
    await hands.until(`volume ${volume} to be free`, async () => {
      const now = await findVolume(hands, region, volume);
      return now?.State === 'available' ? now : null;
    });
  }
  return { path: `${region}/${volume}`, action: 'remove', reason: `It is detached from ${instance}.` };
}

export async function attachAgain(hands: Hands, place: Place, dryRun: boolean): Promise<UndoItem | null> {
  const { region, volume, instance, device } = place;
  const path = `${region}/${volume}`;
  const found = await findVolume(hands, region, volume);
  if (found === null) return left(path, 'It is not there any more.');
  const [held] = (found.Attachments ?? []).filter(({ State }) => State !== 'detached');
  if (held?.InstanceId === instance) return { path, action: 'put back', reason: null };
  if (held !== undefined) return left(path, `Somebody has attached it to ${held.InstanceId ?? 'another instance'}.`);
  if (!dryRun) {
    const input = { VolumeId: volume, InstanceId: instance, Device: device };
    await hands.mutate({ action: 'AttachVolume', region, input });
    await hands.until(`volume ${volume} at ${device}`, async () => {
      const now = await findVolume(hands, region, volume);
      return now?.Attachments?.some(({ State }) => State === 'attached') === true ? now : null;
    });
  }
  return { path, action: 'put back', reason: null };
}

export const tag: DeedKind<DeedOf<'tag'>> = {
  call: ({ region, resource, tags }, known) => ({
    action: 'CreateTags',
    region,
    input: { Resources: [known.made(resource)], Tags: [...tags] },
  }),
  /** Giving the same tag twice is giving it once. */
  look: () => Promise.resolve(null),
  made: (_answer, { resource }) => ({ id: resource }),
  settle: ({ resource }, known) => Promise.resolve({ detail: `${known.made(resource)} is tagged, and kept` }),

  async undo({ region, resource, tags }, known, hands, { dryRun }) {
    const input = { Resources: [known.made(resource)], Tags: [...tags] };
    if (!dryRun) await hands.mutate({ action: 'DeleteTags', region, input });
    return null;
  },
};

export function volumeInput({ sizeGiB, type, iops, throughput, encrypted, kmsKey }: VolumeSpec) {
  return {
    Size: sizeGiB,
    VolumeType: type as 'gp3',
    ...(iops === null ? {} : { Iops: iops }),
    ...(throughput === null ? {} : { Throughput: throughput }),
    ...(encrypted ? { Encrypted: true } : {}),
    ...(kmsKey === null ? {} : { KmsKeyId: kmsKey }),
  };
}

function brokenVolume(id: string, key: string | undefined): HoldfastError {
  const why = key === undefined ? '' : ` Its key ${key} may be disabled, of another region, or not ours to use.`;
  return new HoldfastError('AWS_DECLINED', `AWS could not make the volume ${id}.${why}`);
}

export function left(path: string, reason: string): UndoItem {
  return { path, action: 'leave', reason };
}
