/** Images: registered of snapshots, described, deregistered. */
import { type XmlTree } from '../protocol/xml.ts';
import { demandOwn, demandReadableSnapshot, givenTags, iso, type Ec2Actions, type Ec2Call } from './call.ts';
import { describe, withTags } from './describe.ts';
import { type Form } from './form.ts';
import { newId, type Image, type ImageMapping } from './records.ts';
import { invalidParameter, refused } from './refusals.ts';
import { checkUsable } from './snapshots.ts';

export const imageActions: Ec2Actions = {
  RegisterImage: register,
  DeregisterImage: deregister,
  DescribeImages: describeImages,
};

function register(call: Ec2Call): XmlTree {
  const { form, here, caller, now } = call;
  const name = form.demand('Name');
  if (!/^[\w()[\]./' @-]{3,128}$/.test(name))
    throw refused('InvalidAMIName.Malformed', `The name ${name} is not valid`);
  const taken = [...here.images.values()].find((one) => one.owner === caller.account && one.name === name);
  if (taken !== undefined) {
    throw refused('InvalidAMIName.Duplicate', `AMI name ${name} is already in use by AMI ${taken.id}`);
  }
  const rootDevice = form.text('RootDeviceName') ?? '/dev/sda1';
  const mappings = form.list('BlockDeviceMapping').map((one) => mappingFrom(call, one));
  const root = mappings.find(({ device }) => device === rootDevice);
  if (root === undefined || root.snapshotId === null) {
    throw refused('InvalidBlockDeviceMapping', 'No root snapshot specified in device mapping.');
  }
  const image: Image = {
    id: newId('ami'),
    owner: caller.account,
    createdMs: now,
    tags: givenTags(form, 'image'),
    name,
    description: form.text('Description') ?? '',
    architecture: form.text('Architecture') ?? 'i386',
    rootDevice,
    mappings,
    bootMode: form.text('BootMode') ?? null,
    isPublic: false,
  };
  here.images.set(image.id, image);
  return { imageId: image.id };
}

function mappingFrom(call: Ec2Call, form: Form): ImageMapping {
  const ebs = form.under('Ebs');
  const id = ebs.text('SnapshotId');
  const snapshot = id === undefined ? null : demandReadableSnapshot(call, call.here, id);
  if (snapshot !== null) checkUsable(snapshot, call.now);
  return {
    device: form.demand('DeviceName'),
    snapshotId: snapshot?.id ?? null,
    sizeGiB: ebs.number('VolumeSize') ?? snapshot?.sizeGiB ?? 8,
    type: ebs.text('VolumeType') ?? 'gp2',
    deleteOnTermination: ebs.flag('DeleteOnTermination') ?? true,
    encrypted: snapshot?.encrypted ?? false,
  };
}

export function demandImage(call: Ec2Call, id: string): Image {
  const image = call.here.images.get(id);
  if (image?.isPublic === true) return image;
  return demandOwn(call, call.here.images, 'InvalidAMIID', id);
}

function deregister(call: Ec2Call): XmlTree {
  const image = demandOwn(call, call.here.images, 'InvalidAMIID', call.form.demand('ImageId'));
  call.here.images.delete(image.id);
  return { return: 'true' };
}

function describeImages(call: Ec2Call): XmlTree {
  const { form, here, caller } = call;
  const owners = form.texts('Owner').map((owner) => (owner === 'self' ? caller.account : owner));
  const { item, nextToken } = describe(call, {
    idName: 'ImageId',
    prefix: 'ami',
    kind: 'InvalidAMIID',
    all: here.images,
    isVisible: (one) =>
      (one.isPublic || one.owner === caller.account) &&
      (owners.length === 0 || owners.includes(one.owner) || (one.isPublic && owners.includes('amazon'))),
    facts: (one) => ({
      'image-id': one.id,
      name: one.name,
      'owner-id': one.owner,
      state: 'available',
      architecture: one.architecture,
      'root-device-type': 'ebs',
      'block-device-mapping.snapshot-id': one.mappings.flatMap(({ snapshotId }) => snapshotId ?? []),
    }),
    present: presented,
  });
  return { imagesSet: { item }, nextToken };
}

function presented(image: Image): XmlTree {
  return {
    imageId: image.id,
    imageLocation: `${image.owner}/${image.name}`,
    imageState: 'available',
    imageOwnerId: image.owner,
    creationDate: iso(image.createdMs),
    isPublic: String(image.isPublic),
    architecture: image.architecture,
    imageType: 'machine',
    name: image.name,
    description: image.description,
    rootDeviceType: 'ebs',
    rootDeviceName: image.rootDevice,
    virtualizationType: 'hvm',
    hypervisor: 'xen',
    enaSupport: 'true',
    bootMode: image.bootMode,
    blockDeviceMapping: { item: image.mappings.map(presentedMapping) },
    ...withTags(image),
  };
}

function presentedMapping(mapping: ImageMapping): XmlTree {
  return {
    deviceName: mapping.device,
    ebs: {
      snapshotId: mapping.snapshotId,
      volumeSize: mapping.sizeGiB,
      deleteOnTermination: String(mapping.deleteOnTermination),
      volumeType: mapping.type,
      encrypted: String(mapping.encrypted),
    },
  };
}

/** What `RunInstances` changes of an image's mappings: by device, all that is said of it. */
export function overridden(mappings: readonly ImageMapping[], given: readonly Form[]): ImageMapping[] {
  const byDevice = new Map(mappings.map((one) => [one.device, one]));
  for (const form of given) {
    const device = form.demand('DeviceName');
    if (form.text('NoDevice') !== undefined) {
      byDevice.delete(device);
      continue;
    }
    const ebs = form.under('Ebs');
    const before = byDevice.get(device);
    const sizeGiB = ebs.number('VolumeSize') ?? before?.sizeGiB;
    if (sizeGiB === undefined && ebs.text('SnapshotId') === undefined)
      throw invalidParameter('BlockDeviceMapping', device);
    byDevice.set(device, {
      device,
      snapshotId: ebs.text('SnapshotId') ?? before?.snapshotId ?? null,
      sizeGiB: sizeGiB ?? 0,
      type: ebs.text('VolumeType') ?? before?.type ?? 'gp2',
      deleteOnTermination: ebs.flag('DeleteOnTermination') ?? before?.deleteOnTermination ?? true,
      encrypted: ebs.flag('Encrypted') ?? before?.encrypted ?? false,
    });
  }
  return [...byDevice.values()];
}
