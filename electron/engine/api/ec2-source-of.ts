/** Sources in EC2, made of their definition and of the account that they are asked with. */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { RegisteredSource } from '../../../shared/contract/sources.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { AwsClients } from '../aws/clients.ts';
import type { RunFacts } from '../protection/run.ts';
import { readFact } from '../repository/format/snapshot.ts';
import type { Repository } from '../repository/repository.ts';
import { listSnapshots } from '../repository/snapshots.ts';
import { ec2Folder } from '../sources/ec2/ec2-folder.ts';
import { ec2Source } from '../sources/ec2/ec2-source.ts';
import type { RemoteSource } from '../sources/source.ts';
import { awsAccessOf } from './aws-access.ts';
import type { CallContext } from './context.ts';
import { ec2Root } from './ec2-root.ts';

export type RegisteredEc2 = Extract<RegisteredSource, { readonly kind: 'ec2' }>;

type Run = { readonly facts: RunFacts | null; readonly open: () => Promise<Repository> };

/** AWS_ACCOUNT_UNKNOWN, AWS_REGION_MISSING, CONFIGURATION_LOST. Makes the folder that its files lie in. */
export async function ec2Job(
  context: CallContext,
  source: RegisteredEc2,
  { facts, open }: Run,
): Promise<{ readonly remote: RemoteSource; readonly root: string }> {
  const root = ec2Root(context);
  await mkdir(root, { recursive: true, mode: 0o700 });
  const access = await awsAccessOf(context, source);
  const [console] = await consolesOf(context);
  if (console === undefined)
    throw new HoldfastError('CONFIGURATION_LOST', 'This home does not know which console it is.');
  const { run, profile, periods } = facts ?? { run: randomBytes(8).toString('hex'), profile: null, periods: [] };
  const isStored = async (of: string): Promise<boolean> => {
    const { snapshots } = await listSnapshots(await open());
    return snapshots.some(({ file }) => readFact(file.tags, 'native') === of);
  };
  const remote: RemoteSource = {
    holdsItself: true,
    prepare: async (preparing) => {
      using clients = new AwsClients(access);
      using once = new AwsClients(access, { attempts: 1 });
      const { name, target, copies, lock } = source;
      const made = ec2Source({
        folder: ec2Folder(name),
        name,
        tenant: context.caller.tenant,
        console,
        target,
        copies,
        lock,
        run: { run, profile, periods },
        clients,
        once,
        repository: async () => (await open()).config.id,
        isStored,
      });
      return await made.prepare(preparing);
    },
  };
  return { remote, root };
}

/** This home, and those whose place it has taken: what carries their tags is its own. */
export async function consolesOf({ catalog, caller }: CallContext): Promise<readonly string[]> {
  const state = await catalog.read('configuration.state', caller, null);
  return state === null ? [] : [state.console, ...state.replaces];
}
