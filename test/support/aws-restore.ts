/** Restores in the sandboxed AWS, as a console asks for them. */
import {
  CreateSnapshotCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  type Instance,
  type Volume,
} from '@aws-sdk/client-ec2';
import type { ContractClient } from '../../electron/engine/engine.ts';
import type { Keys } from '../../electron/sandbox/aws/identity/identities.ts';
import type { Request, UserOptions } from '../../electron/sandbox/aws/options.ts';
import type { AwsRestorePreview, AwsRestoreRequest } from '../../shared/contract/aws-restores.ts';
import type { RestoreRun } from '../../shared/contract/restore-runs.ts';
import { connect, toTheEnd } from './client.ts';
import { home, makeAwsPlace, type AwsPlace } from './sandbox-aws.ts';

export type RestorePlace = AsyncDisposable & {
  readonly place: AwsPlace;
  readonly client: ContractClient;
  /** Of whoever restores: a user of its own, so that the log tells its calls from those that set the scene. */
  readonly keys: Keys;
  ask(want: AwsRestoreRequest['want'], more?: Partial<AwsRestoreRequest>): AwsRestoreRequest;
  preview(want: AwsRestoreRequest['want'], more?: Partial<AwsRestoreRequest>): Promise<AwsRestorePreview>;
  create(want: AwsRestoreRequest['want'], more?: Partial<AwsRestoreRequest>): Promise<RestoreRun>;
  start(run: string): Promise<RestoreRun>;
  restore(want: AwsRestoreRequest['want'], more?: Partial<AwsRestoreRequest>): Promise<RestoreRun>;
  undo(run: string): Promise<Awaited<ReturnType<ContractClient['restoreRuns']['undoPreview']>>>;
  /** What was asked by whoever restores, trials and reading aside. */
  changes(): readonly Request[];
};

/** Everything there happens at once; a test that wants it slower says so. */
export async function makeRestorePlace(user: UserOptions = {}): Promise<RestorePlace> {
  const place = await makeAwsPlace();
  place.aws.behaveEc2({ snapshotMs: 0, volumeMs: 0, instanceMs: 0 });
  const keys = place.user(user);
  const connected = await connect(place.workspace);
  const { client } = connected;
  const who = { keys };
  const ask: RestorePlace['ask'] = (want, more = {}) => ({
    who,
    region: home,
    endpoint: place.aws.endpoint,
    want,
    ...more,
  });
  const create: RestorePlace['create'] = (want, more) => client.awsRestores.create(ask(want, more));
  const start: RestorePlace['start'] = async (run) =>
    (await toTheEnd(await client.restoreRuns.start({ run, aws: who }))).result.result;
  return {
    place,
    client,
    keys,
    ask,
    create,
    start,
    preview: async (want, more) => (await toTheEnd(await client.awsRestores.preview(ask(want, more)))).result.result,
    restore: async (want, more) => start((await create(want, more)).id),
    undo: async (run) => (await toTheEnd(await client.restoreRuns.undo({ run, aws: who }))).result.result,
    changes: () => changesBy(place, keys),
    [Symbol.asyncDispose]: async () => {
      await connected[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
    },
  };
}

function isChange({ operation }: Request): boolean {
  return operation !== null && !/^(?:Describe|List|Get)/.test(operation);
}

export function changesBy({ aws }: AwsPlace, { accessKeyId }: Keys): readonly Request[] {
  return aws.log.filter((one) => one.accessKeyId === accessKeyId && isChange(one) && !one.isTrial);
}

/** Calls of whoever restores that were not tried out just before, with nothing else changed in between. */
export function untried({ aws }: AwsPlace, { accessKeyId }: Keys): readonly string[] {
  const all = aws.log.filter((one) => one.accessKeyId === accessKeyId && isChange(one));
  return all.flatMap((one, at) => {
    const before = all[at - 1];
    const isTried = before?.isTrial === true && before.operation === one.operation && before.region === one.region;
    return one.isTrial || isTried ? [] : [one.operation ?? ''];
  });
}

export async function snapshotOf(place: AwsPlace, VolumeId: string): Promise<string> {
  const { SnapshotId = '' } = await place.ec2().send(new CreateSnapshotCommand({ VolumeId }));
  return SnapshotId;
}

export async function volume(place: AwsPlace, id: string, region = home): Promise<Volume | undefined> {
  const { Volumes = [] } = await place.ec2({ region }).send(new DescribeVolumesCommand({ VolumeIds: [id] }));
  return Volumes[0];
}

export async function allVolumes(place: AwsPlace, region = home): Promise<readonly Volume[]> {
  return (await place.ec2({ region }).send(new DescribeVolumesCommand({}))).Volumes ?? [];
}

export async function instance(place: AwsPlace, id: string, region = home): Promise<Instance | undefined> {
  const command = new DescribeInstancesCommand({ InstanceIds: [id] });
  return (await place.ec2({ region }).send(command)).Reservations?.[0]?.Instances?.[0];
}

export async function allInstances(place: AwsPlace, region = home): Promise<readonly Instance[]> {
  const { Reservations = [] } = await place.ec2({ region }).send(new DescribeInstancesCommand({}));
  return Reservations.flatMap(({ Instances = [] }) => Instances);
}

export async function allSnapshots(place: AwsPlace, region = home): Promise<readonly string[]> {
  const command = new DescribeSnapshotsCommand({ OwnerIds: ['self'] });
  return ((await place.ec2({ region }).send(command)).Snapshots ?? []).flatMap(({ SnapshotId }) => SnapshotId ?? []);
}

/** What a step of a run has made, by its id. */
export function madeBy(run: RestoreRun, step: string): string {
  const id = run.steps.find((one) => one.id === step)?.result?.['id'];
  return typeof id === 'string' ? id : '';
}
