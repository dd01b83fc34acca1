/** A sandboxed AWS in a workspace of its own, with the clients of AWS's own kit that reach nothing else. */
import {
  EC2Client,
  RunInstancesCommand,
  type EC2ClientConfig,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { EBSClient, type EBSClientConfig } from '@aws-sdk/client-ebs';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import { startSandboxAws, type SandboxAws } from '../../electron/sandbox/aws/aws.ts';
import { type Keys } from '../../electron/sandbox/aws/identity/identities.ts';
import { type SandboxAwsOptions, type UserOptions } from '../../electron/sandbox/aws/options.ts';
import { makeWorkspace, type Workspace } from './workspace.ts';

export const account = '111122223333';
export const otherAccount = '444455556666';
export const home = 'eu-central-1';

export type AwsPlace = AsyncDisposable & {
  readonly aws: SandboxAws;
  readonly workspace: Workspace;
  /** Of a user who may do everything in `account`. */
  readonly keys: Keys;
  /** The keys of another user. */
  user(options?: UserOptions, inAccount?: string): Keys;
  /** In `eu-central-1`, by path, with one attempt; the same one whenever nothing else is asked for. */
  s3(config?: S3ClientConfig): S3Client;
  ec2(config?: EC2ClientConfig): EC2Client;
  ebs(config?: EBSClientConfig): EBSClient;
  sts(config?: STSClientConfig): STSClient;
};

export async function makeAwsPlace(options: SandboxAwsOptions = {}): Promise<AwsPlace> {
  const workspace = await makeWorkspace();
  const aws = await startSandboxAws({ folder: workspace.path('aws'), ...options });
  const keys = aws.addUser(account, 'operator');
  let users = 0;
  const common = { endpoint: aws.endpoint, region: home, credentials: { ...keys }, maxAttempts: 1 };
  const s3 = new S3Client({ ...common, forcePathStyle: true });
  const ec2 = new EC2Client(common);
  return {
    aws,
    workspace,
    keys,
    user: (given, inAccount = account) => aws.addUser(inAccount, `user-${++users}`, given),
    s3: (config) => (config === undefined ? s3 : new S3Client({ ...common, forcePathStyle: true, ...config })),
    ec2: (config) => (config === undefined ? ec2 : new EC2Client({ ...common, ...config })),
    ebs: (config) => new EBSClient({ ...common, ...config }),
    sts: (config) => new STSClient({ ...common, ...config }),
    [Symbol.asyncDispose]: async () => {
      s3.destroy();
      ec2.destroy();
      await aws[Symbol.asyncDispose]();
      await workspace[Symbol.asyncDispose]();
    },
  };
}

/** What a test has that lends AWS no hand: its clients alone. */
export type AwsEndpoint = Pick<AwsPlace, 'keys' | 's3' | 'ec2' | 'ebs' | 'sts'> & AsyncDisposable;

/**
 * Of whatever speaks as AWS does at HOLDFAST_TEST_AWS_ENDPOINT, with the credential of the usual variables and the region
 * `eu-central-1`; else of the sandbox. What is made there by a test, it names so that no other test meets it.
 */
export async function makeAwsEndpoint(): Promise<AwsEndpoint> {
  const endpoint = process.env['HOLDFAST_TEST_AWS_ENDPOINT'] ?? '';
  if (endpoint === '') return makeAwsPlace();
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = process.env;
  const keys = { accessKeyId, secretAccessKey };
  const common = { endpoint, region: home, credentials: { ...keys } };
  return {
    keys,
    s3: (config) => new S3Client({ ...common, forcePathStyle: true, ...config }),
    ec2: (config) => new EC2Client({ ...common, ...config }),
    ebs: (config) => new EBSClient({ ...common, ...config }),
    sts: (config) => new STSClient({ ...common, ...config }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** An instance with a root of 8 GiB and a data volume of 2 GiB on `/dev/sdf`, which runs. */
export async function launch(place: AwsPlace, more: Partial<RunInstancesCommandInput> = {}) {
  const { aws } = place;
  const ImageId = aws.ec2.addPublicImage(home, 'plain');
  const BlockDeviceMappings = [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 2, DeleteOnTermination: false } }];
  const input: RunInstancesCommandInput = {
    ImageId,
    InstanceType: 't3.micro',
    MinCount: 1,
    MaxCount: 1,
    BlockDeviceMappings,
  };
  const { Instances = [] } = await place.ec2().send(new RunInstancesCommand({ ...input, ...more }));
  aws.clock.advance(60_000);
  const [instance] = Instances;
  const volumes = (instance?.BlockDeviceMappings ?? []).map(({ Ebs }) => Ebs?.VolumeId ?? '');
  const [root = '', data = ''] = volumes;
  return { id: instance?.InstanceId ?? '', root, data, instance };
}

/** What a call rejects with: the code and the status of the refusal. */
export async function refusal(call: Promise<unknown>): Promise<{ readonly code: string; readonly status: number }> {
  const error: unknown = await call.then(
    () => new Error('it was not refused'),
    (thrown: unknown) => thrown,
  );
  const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
  if ($metadata?.httpStatusCode === undefined) throw error;
  return { code: name, status: $metadata.httpStatusCode };
}
