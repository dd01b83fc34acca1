/** A sandboxed AWS in a workspace of its own, with the clients of AWS's own kit that reach nothing else. */
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
  /** In `eu-central-1`, by path, with one attempt. */
  s3(config?: S3ClientConfig): S3Client;
  sts(config?: STSClientConfig): STSClient;
};

export async function makeAwsPlace(options: SandboxAwsOptions = {}): Promise<AwsPlace> {
  const workspace = await makeWorkspace();
  const aws = await startSandboxAws({ folder: workspace.path('aws'), ...options });
  const keys = aws.addUser(account, 'operator');
  let users = 0;
  const common = { endpoint: aws.endpoint, region: home, credentials: { ...keys }, maxAttempts: 1 };
  return {
    aws,
    workspace,
    keys,
    user: (given, inAccount = account) => aws.addUser(inAccount, `user-${++users}`, given),
    s3: (config) => new S3Client({ ...common, forcePathStyle: true, ...config }),
    sts: (config) => new STSClient({ ...common, ...config }),
    [Symbol.asyncDispose]: async () => {
      await aws[Symbol.asyncDispose]();
      await workspace[Symbol.asyncDispose]();
    },
  };
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
