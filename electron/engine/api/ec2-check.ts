/** Whether a source in EC2 can be protected now: what it is of at the moment, and whether AWS would take snapshots of it. */
import { CreateSnapshotCommand, CreateSnapshotsCommand } from '@aws-sdk/client-ec2';
import type { SourceCheck } from '../../../shared/contract/source-check.ts';
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import { sourcePlaces } from '../../../shared/model/source-kinds.ts';
import { AwsClients } from '../aws/clients.ts';
import { triedOut } from '../aws/dry-run.ts';
import { findTargets, type Target } from '../sources/ec2/targets.ts';
import { awsAccessOf } from './aws-access.ts';
import type { CallContext } from './context.ts';
import type { RegisteredEc2 } from './ec2-source-of.ts';

type Found = Pick<SourceCheck, 'places' | 'mayNotSee'>;

const listed = 1_000;

export async function checkEc2(context: CallContext, source: RegisteredEc2, signal: AbortSignal): Promise<Found> {
  try {
    using clients = new AwsClients(await awsAccessOf(context, source));
    const { region } = clients;
    const targets = await findTargets(source.target, { client: clients.ec2(), region, signal });
    const refused = await Promise.all(firstOfEachKind(targets).map((target) => tryOut(clients, target)));
    const failure = refused.find((one) => one !== null) ?? null;
    if (failure !== null) return { places: [failed(source, failure)], mayNotSee: [] };
    return { places: targets.slice(0, listed).map(placeOf), mayNotSee: [] };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof HoldfastError)) throw toHoldfastError(error);
    return { places: [failed(source, error)], mayNotSee: [] };
  }
}

function firstOfEachKind(targets: readonly Target[]): readonly Target[] {
  const kinds = ['instance', 'volume'].map((kind) => targets.find((target) => target.kind === kind));
  return kinds.filter((target) => target !== undefined);
}

function tryOut(clients: AwsClients, { kind, id }: Target): Promise<HoldfastError | null> {
  const ec2 = clients.ec2();
  const DryRun = true;
  return kind === 'instance'
    ? triedOut(`CreateSnapshots of ${id}`, () =>
        ec2.send(new CreateSnapshotsCommand({ DryRun, InstanceSpecification: { InstanceId: id } })),
      )
    : triedOut(`CreateSnapshot of ${id}`, () => ec2.send(new CreateSnapshotCommand({ DryRun, VolumeId: id })));
}

function placeOf({ kind, id, volumes }: Target): Found['places'][number] {
  const count = volumes.length === 1 ? 'one volume' : `${volumes.length} volumes`;
  return {
    place: id,
    state: 'good',
    words: kind === 'instance' ? `an instance with ${count}` : 'a volume',
    code: null,
  };
}

function failed(source: RegisteredEc2, { code, message }: HoldfastError): Found['places'][number] {
  return { place: sourcePlaces(source)[0] ?? source.name, state: 'failed', words: message, code };
}
