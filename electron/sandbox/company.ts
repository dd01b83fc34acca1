/**
 * What a small company has elsewhere: an organisation of GitHub, a bucket and an instance in AWS, all on this machine; how
 * it loses them, and what there is of them now, as their own interfaces tell it.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import {
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { startSandboxAws, type SandboxAws } from './aws/aws.ts';
import type { Keys } from './aws/identity/identities.ts';
import { Dice } from './dice.ts';
import { git } from './github/git/bare.ts';
import { startSandboxGitHub, type SandboxGitHub } from './github/github.ts';
import type { SandboxFolder } from './sandbox-folder.ts';

export const owner = 'acme';
export const bucket = 'acme-media';
export const region = 'eu-central-1';
const account = '111122223333';
const names = ['app', 'library', 'website'] as const;
/** No folder can hold the last ones under these names. */
const oddKeys = ['a', 'a/b', 'reports//2026', 'über/straße.txt', 'ends in a slash/', '../outside'];
const photos = 60;

/** By name: what there is, as a hash. */
export type Standing = ReadonlyMap<string, string>;

export class Company implements AsyncDisposable {
  readonly github: SandboxGitHub;
  readonly aws: SandboxAws;
  readonly keys: Keys;
  /** Of its one instance. */
  readonly instance: string;
  readonly #s3: S3Client;
  readonly #ec2: EC2Client;

  private constructor(
    github: SandboxGitHub,
    aws: SandboxAws,
    keys: Keys,
    clients: { s3: S3Client; ec2: EC2Client },
    instance: string,
  ) {
    this.github = github;
    this.aws = aws;
    this.keys = keys;
    this.#s3 = clients.s3;
    this.#ec2 = clients.ec2;
    this.instance = instance;
  }

  static async found(folder: SandboxFolder, seed: number): Promise<Company> {
    const github = await startSandboxGitHub({ folder: folder.folder('github') });
    const aws = await startSandboxAws({ folder: folder.folder('aws') });
    aws.behaveEc2({ snapshotMs: 0, volumeMs: 0, instanceMs: 0 });
    const keys = aws.addUser(account, 'operator');
    const common = { endpoint: aws.endpoint, region, credentials: { ...keys } };
    const clients = { s3: new S3Client({ ...common, forcePathStyle: true }), ec2: new EC2Client(common) };
    const dice = new Dice(seed);
    publish(github, folder, dice);
    await fill(clients.s3, dice);
    const instance = await launch(clients.ec2, aws);
    return new Company(github, aws, keys, clients, instance);
  }

  /** Every branch and tag of every repository. */
  refs(): Standing {
    return new Map(names.flatMap((name) => refsOf(this.github, name)));
  }

  loseOrganisation(): void {
    for (const name of names) this.github.remove(owner, name);
  }

  async objects(): Promise<Standing> {
    const { Contents = [] } = await this.#s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    const found = new Map<string, string>();
    for (const { Key = '' } of Contents) {
      const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
      found.set(Key, sha256((await Body?.transformToByteArray()) ?? new Uint8Array()));
    }
    return found;
  }

  async loseObjects(): Promise<void> {
    for (const Key of (await this.objects()).keys())
      await this.#s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  }

  async loseInstance(): Promise<void> {
    await this.#ec2.send(new TerminateInstancesCommand({ InstanceIds: [this.instance] }));
  }

  /** What runs, by id: its type and how many volumes it has. */
  async running(): Promise<Standing> {
    const { Reservations = [] } = await this.#ec2.send(new DescribeInstancesCommand({}));
    const all = Reservations.flatMap(({ Instances = [] }) => Instances);
    return new Map(
      all
        .filter(({ State }) => State?.Name === 'running')
        .map((one) => [one.InstanceId ?? '', `${one.InstanceType}, ${one.BlockDeviceMappings?.length ?? 0} volumes`]),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#s3.destroy();
    this.#ec2.destroy();
    await this.github[Symbol.asyncDispose]();
    await this.aws[Symbol.asyncDispose]();
  }
}

function publish(github: SandboxGitHub, folder: SandboxFolder, dice: Dice): void {
  github.createOwner(owner);
  for (const name of names) {
    const work = folder.folder('work', name);
    git(['init', '--quiet', '--initial-branch=main', work]);
    for (let commit = 1; commit <= 8; commit++) {
      writeFileSync(folder.path('work', name, `part-${commit % 4}.bin`), dice.bytes(20_000));
      git(['-C', work, 'add', '--all']);
      git(['-C', work, 'commit', '--quiet', `--message=Change ${commit}`]);
      if (commit % 4 === 0) git(['-C', work, 'tag', `v${commit / 4}`]);
    }
    git(['-C', work, 'branch', 'next', 'HEAD~2']);
    const repository = github.createRepository(owner, name, { description: `The ${name} of Acme`, private: true });
    repository.pushLocally(work);
  }
  github.repository(owner, 'app').addRelease('v2', [{ name: 'tool.bin', content: dice.bytes(50_000) }]);
}

function refsOf(github: SandboxGitHub, name: string): [string, string][] {
  try {
    const listed = github.repository(owner, name).git(['for-each-ref', '--format=%(refname) %(objectname)']);
    return listed.split('\n').map((line): [string, string] => {
      const [ref = '', id = ''] = line.split(' ');
      return [`${name} ${ref}`, id];
    });
  } catch {
    return [];
  }
}

async function fill(s3: S3Client, dice: Dice): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: region } }));
  const keys = [...Array.from({ length: photos }, (_, at) => `photos/${at}.jpg`), ...oddKeys];
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: dice.bytes(40_000) }));
}

async function launch(ec2: EC2Client, aws: SandboxAws): Promise<string> {
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId: aws.ec2.addPublicImage(region, 'plain'),
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
      BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 2 } }],
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'payroll' }] }],
    }),
  );
  return Instances[0]?.InstanceId ?? '';
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
