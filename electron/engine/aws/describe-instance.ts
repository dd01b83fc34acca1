/** Reads all that a relaunch of an instance needs; what cannot be read is named, and the rest is read all the same. */
import {
  DescribeAddressesCommand,
  DescribeImagesCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstanceCreditSpecificationsCommand,
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  type Address,
  type EC2Client,
  type Image,
  type Instance,
  type InstanceAttributeName,
  type InstanceNetworkInterface,
  type Tag,
  type Volume,
} from '@aws-sdk/client-ec2';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { AwsClients } from './clients.ts';
import { asked, AwsFailure } from './failures.ts';
import type { AwsTag, DescribedInterface, DescribedVolume, InstanceDescription } from './instance-description.ts';

type Options = { readonly region?: string; readonly nowMs: number; readonly signal?: AbortSignal };

/** AWS_NOT_FOUND, and whatever keeps all of it from being read. */
export async function describeInstance(
  clients: AwsClients,
  id: string,
  { region = clients.region, nowMs, signal }: Options,
): Promise<InstanceDescription> {
  const reader = new Reader(clients.ec2(region), region, id, signal);
  const { instance, account } = await reader.instance();
  const rootDevice = instance.RootDeviceName ?? '';
  const [volumes, addresses, image, attributes, credits] = await Promise.all([
    reader.volumes(instance),
    reader.addresses(),
    reader.image(instance.ImageId),
    reader.attributes(),
    reader.credits(),
  ]);
  return {
    version: 1,
    describedAt: new Date(nowMs).toISOString(),
    region,
    account,
    instance: id,
    ...whatItIs(instance),
    image: imageOf(instance, image),
    ...whereItStands(instance),
    interfaces: (instance.NetworkInterfaces ?? []).map((one) => interfaceOf(one, addresses)),
    ...attributes,
    rootDevice,
    volumes: volumesOf(instance, volumes, rootDevice),
    ...optionsOf(instance),
    credits,
    unread: reader.unread,
  };
}

class Reader {
  readonly unread: InstanceDescription['unread'] = [];
  readonly #ec2: EC2Client;
  readonly #where: string;
  readonly #id: string;
  readonly #options: { readonly abortSignal?: AbortSignal };

  constructor(ec2: EC2Client, region: string, id: string, signal: AbortSignal | undefined) {
    this.#ec2 = ec2;
    this.#where = `in ${region}`;
    this.#id = id;
    this.#options = signal === undefined ? {} : { abortSignal: signal };
  }

  async instance(): Promise<{ readonly instance: Instance; readonly account: string }> {
    const command = new DescribeInstancesCommand({ InstanceIds: [this.#id] });
    const { Reservations = [] } = await asked(`DescribeInstances ${this.#where}`, () =>
      this.#ec2.send(command, this.#options),
    );
    const [reservation] = Reservations;
    const instance = reservation?.Instances?.[0];
    if (instance === undefined)
      throw new AwsFailure('AWS_NOT_FOUND', `There is no instance ${this.#id} ${this.#where}.`);
    return { instance, account: reservation?.OwnerId ?? '' };
  }

  async volumes({ BlockDeviceMappings = [] }: Instance): Promise<readonly Volume[]> {
    const wanted = BlockDeviceMappings.flatMap(({ Ebs }) => Ebs?.VolumeId ?? []);
    if (wanted.length === 0) return [];
    const command = new DescribeVolumesCommand({ VolumeIds: wanted });
    const found = await this.#read('volumes', 'DescribeVolumes', () => this.#ec2.send(command, this.#options));
    return found?.Volumes ?? [];
  }

  async addresses(): Promise<readonly Address[]> {
    const command = new DescribeAddressesCommand({ Filters: [{ Name: 'instance-id', Values: [this.#id] }] });
    const found = await this.#read('Elastic IPs', 'DescribeAddresses', () => this.#ec2.send(command, this.#options));
    return found?.Addresses ?? [];
  }

  async image(id: string | undefined): Promise<Image | null> {
    const command = new DescribeImagesCommand({ Filters: [{ Name: 'image-id', Values: [id ?? ''] }] });
    const found = await this.#read('image', 'DescribeImages', () => this.#ec2.send(command, this.#options));
    return found?.Images?.[0] ?? null;
  }

  /** What AWS does not show with an instance itself. */
  async attributes(): Promise<
    Pick<InstanceDescription, 'userData' | 'terminationProtected' | 'stopProtected' | 'onShutdown'>
  > {
    const [userData, termination, stop, shutdown] = await Promise.all([
      this.#attribute('userData', 'user data'),
      this.#attribute('disableApiTermination', 'termination protection'),
      this.#attribute('disableApiStop', 'stop protection'),
      this.#attribute('instanceInitiatedShutdownBehavior', 'shutdown behaviour'),
    ]);
    return {
      userData: userData?.UserData?.Value ?? null,
      terminationProtected: termination?.DisableApiTermination?.Value ?? null,
      stopProtected: stop?.DisableApiStop?.Value ?? null,
      onShutdown: shutdown?.InstanceInitiatedShutdownBehavior?.Value ?? null,
    };
  }

  /** Null too for types that have no credits, which AWS refuses to speak of. */
  async credits(): Promise<string | null> {
    const command = new DescribeInstanceCreditSpecificationsCommand({ InstanceIds: [this.#id] });
    const found = await this.#read('credit specification', 'DescribeInstanceCreditSpecifications', () =>
      this.#ec2.send(command, this.#options),
    );
    return found?.InstanceCreditSpecifications?.[0]?.CpuCredits ?? null;
  }

  #attribute(attribute: InstanceAttributeName, what: string) {
    const command = new DescribeInstanceAttributeCommand({ InstanceId: this.#id, Attribute: attribute });
    return this.#read(what, `DescribeInstanceAttribute (${attribute})`, () => this.#ec2.send(command, this.#options));
  }

  async #read<Answer>(what: string, name: string, call: () => Promise<Answer>): Promise<Answer | null> {
    try {
      return await asked(`${name} ${this.#where}`, call);
    } catch (error) {
      if (!(error instanceof HoldfastError) || error.code === 'CANCELLED') throw error;
      if (isAboutCredits(error)) return null;
      const awsCode = error instanceof AwsFailure ? error.awsCode : null;
      this.unread.push({ what, reason: error.message, awsCode });
      return null;
    }
  }
}

function isAboutCredits(error: HoldfastError): boolean {
  return error instanceof AwsFailure && error.awsCode === 'InvalidInstanceCreditSpecification.NotSupported';
}

export function tagsOf(tags: readonly Tag[] | undefined): AwsTag[] {
  return (tags ?? []).map(({ Key = '', Value = '' }) => ({ key: Key, value: Value }));
}

function whatItIs(instance: Instance) {
  const { State, LaunchTime, InstanceType = '', KeyName = null, IamInstanceProfile } = instance;
  return {
    state: State?.Name ?? '',
    launchedAt: LaunchTime?.toISOString() ?? null,
    type: InstanceType as string,
    keyPair: KeyName,
    profile: IamInstanceProfile?.Arn ?? null,
    tags: tagsOf(instance.Tags),
  };
}

function imageOf(instance: Instance, image: Image | null): InstanceDescription['image'] {
  return {
    id: instance.ImageId ?? '',
    name: image?.Name ?? null,
    architecture: instance.Architecture ?? image?.Architecture ?? '',
    bootMode: instance.BootMode ?? image?.BootMode ?? null,
    virtualization: instance.VirtualizationType ?? 'hvm',
    ena: instance.EnaSupport ?? image?.EnaSupport ?? null,
    platform: instance.PlatformDetails ?? instance.Platform ?? null,
    kernel: instance.KernelId ?? null,
    ramdisk: instance.RamdiskId ?? null,
    tpm: instance.TpmSupport ?? image?.TpmSupport ?? null,
  };
}

function whereItStands({ Placement, SubnetId = '', VpcId = '', SecurityGroups = [] }: Instance) {
  return {
    placement: {
      zone: Placement?.AvailabilityZone ?? '',
      tenancy: Placement?.Tenancy ?? 'default',
      group: nonEmpty(Placement?.GroupName),
      partition: Placement?.PartitionNumber ?? null,
      host: nonEmpty(Placement?.HostId),
    },
    subnet: SubnetId,
    vpc: VpcId,
    groups: SecurityGroups.map(({ GroupId = '', GroupName = '' }) => ({ id: GroupId, name: GroupName })),
  };
}

function interfaceOf(found: InstanceNetworkInterface, elastic: readonly Address[]): DescribedInterface {
  const { NetworkInterfaceId: id = '', Attachment, Groups = [], PrivateIpAddresses = [], Ipv6Addresses = [] } = found;
  const allocationOf = (ip: string | undefined): string | null =>
    elastic.find((one) => one.NetworkInterfaceId === id && one.PrivateIpAddress === ip)?.AllocationId ?? null;
  return {
    id,
    deviceIndex: Attachment?.DeviceIndex ?? 0,
    networkCard: Attachment?.NetworkCardIndex ?? 0,
    kind: found.InterfaceType ?? 'interface',
    description: found.Description ?? '',
    subnet: found.SubnetId ?? '',
    vpc: found.VpcId ?? '',
    groups: Groups.flatMap(({ GroupId }) => GroupId ?? []),
    addresses: PrivateIpAddresses.map(({ PrivateIpAddress, Primary = false, Association }) => ({
      privateIp: PrivateIpAddress ?? '',
      primary: Primary,
      publicIp: Association?.PublicIp ?? null,
      allocation: allocationOf(PrivateIpAddress),
    })),
    ipv6: Ipv6Addresses.flatMap(({ Ipv6Address }) => Ipv6Address ?? []),
    sourceDestCheck: found.SourceDestCheck ?? null,
    deleteOnTermination: Attachment?.DeleteOnTermination ?? false,
  };
}

function volumesOf(
  { BlockDeviceMappings = [] }: Instance,
  found: readonly Volume[],
  rootDevice: string,
): DescribedVolume[] {
  return BlockDeviceMappings.map(({ DeviceName = '', Ebs }) => {
    const volume = found.find(({ VolumeId }) => VolumeId === Ebs?.VolumeId);
    return {
      id: Ebs?.VolumeId ?? '',
      device: DeviceName,
      isRoot: DeviceName === rootDevice,
      deleteOnTermination: Ebs?.DeleteOnTermination ?? false,
      facts: volume === undefined ? null : factsOf(volume),
    };
  });
}

function factsOf(volume: Volume): NonNullable<DescribedVolume['facts']> {
  return {
    sizeGiB: volume.Size ?? 0,
    type: volume.VolumeType ?? '',
    iops: volume.Iops ?? null,
    throughput: volume.Throughput ?? null,
    encrypted: volume.Encrypted ?? false,
    kmsKey: volume.KmsKeyId ?? null,
    zone: volume.AvailabilityZone ?? '',
    snapshot: nonEmpty(volume.SnapshotId),
    multiAttach: volume.MultiAttachEnabled ?? false,
    tags: tagsOf(volume.Tags),
  };
}

function optionsOf(instance: Instance) {
  const { MetadataOptions: metadata, CpuOptions: cpu, PrivateDnsNameOptions: names } = instance;
  return {
    ebsOptimized: instance.EbsOptimized ?? null,
    sourceDestCheck: instance.SourceDestCheck ?? null,
    monitoring: instance.Monitoring === undefined ? null : instance.Monitoring.State === 'enabled',
    metadata:
      metadata === undefined
        ? null
        : {
            tokens: metadata.HttpTokens ?? null,
            endpoint: metadata.HttpEndpoint ?? null,
            hopLimit: metadata.HttpPutResponseHopLimit ?? null,
            tags: metadata.InstanceMetadataTags ?? null,
            ipv6: metadata.HttpProtocolIpv6 ?? null,
          },
    cpu: cpu === undefined ? null : { cores: cpu.CoreCount ?? 0, threadsPerCore: cpu.ThreadsPerCore ?? 0 },
    hibernation: instance.HibernationOptions?.Configured ?? null,
    enclave: instance.EnclaveOptions?.Enabled ?? null,
    recovery: instance.MaintenanceOptions?.AutoRecovery ?? null,
    names:
      names === undefined
        ? null
        : {
            kind: names.HostnameType ?? null,
            a: names.EnableResourceNameDnsARecord ?? null,
            aaaa: names.EnableResourceNameDnsAAAARecord ?? null,
          },
    capacityReservation: instance.CapacityReservationId ?? null,
  };
}

function nonEmpty(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value;
}
