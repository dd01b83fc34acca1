/** Where the native snapshots of a source are, its copies too, with whom to ask there and all that is there. */
import type { Ec2Copy } from '../../../shared/contract/aws-sources.ts';
import { toHoldfastError } from '../../../shared/model/errors.ts';
import { AwsClients } from '../aws/clients.ts';
import { tagKeys } from '../aws/lineage.ts';
import { listLocks, type NativeLock } from '../aws/lock-natives.ts';
import { listNative, type NativeSnapshot } from '../aws/snapshots.ts';
import { findTargets } from '../sources/ec2/targets.ts';
import { awsAccessOf } from './aws-access.ts';
import type { CallContext } from './context.ts';
import type { RegisteredEc2 } from './ec2-source-of.ts';

export class NativePlace implements Disposable {
  /** Null: where the source itself is. */
  readonly copy: Ec2Copy | null;
  readonly clients: AwsClients;
  /** The same with one attempt for each call. */
  readonly once: AwsClients;
  readonly natives: readonly NativeSnapshot[];
  /** Null: that may not be seen. */
  readonly locks: ReadonlyMap<string, NativeLock> | null;

  constructor(parts: Pick<NativePlace, 'copy' | 'clients' | 'once' | 'natives' | 'locks'>) {
    this.copy = parts.copy;
    this.clients = parts.clients;
    this.once = parts.once;
    this.natives = parts.natives;
    this.locks = parts.locks;
  }

  get region(): string {
    return this.clients.region;
  }

  get locked(): ReadonlySet<string> {
    return new Set([...(this.locks ?? [])].filter(([, { state }]) => state !== 'expired').map(([id]) => id));
  }

  [Symbol.dispose](): void {
    this.clients[Symbol.dispose]();
    this.once[Symbol.dispose]();
  }
}

export type Places = Disposable & {
  readonly home: NativePlace;
  readonly copies: readonly NativePlace[];
  /** Volumes that the source is of now; null: that could not be found out. */
  readonly volumes: ReadonlySet<string> | null;
  /** Places that could not be asked, each in a sentence. */
  readonly problems: readonly string[];
};

/** AWS_…, where the source itself cannot be asked. A copy's place that does not answer keeps nothing else back. */
export async function placesOf(context: CallContext, source: RegisteredEc2, signal: AbortSignal): Promise<Places> {
  const problems: string[] = [];
  const { clients, once } = await clientsFor(context, source, null);
  const copies: NativePlace[] = [];
  const close = (): void => [...copies].forEach((one) => one[Symbol.dispose]());
  try {
    const volumes = await volumesOf(source, clients, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      problems.push(toHoldfastError(error).message);
      return null;
    });
    const own = await ownIn(context, source, clients, signal);
    const natives = [...own, ...(await othersOf(volumes ?? new Set(), own, clients, signal))];
    const locks = await listLocks(clients.ec2(), clients.region, signal);
    const home = new NativePlace({ copy: null, clients, once, natives, locks });
    for (const copy of source.copies) {
      try {
        copies.push(await copyPlace(context, source, copy, signal));
      } catch (error) {
        signal.throwIfAborted();
        problems.push(`Copies in ${copy.region} could not be looked at. ${toHoldfastError(error).message}`);
      }
    }
    const dispose = (): void => {
      home[Symbol.dispose]();
      close();
    };
    return { home, copies, volumes, problems, [Symbol.dispose]: dispose };
  } catch (error) {
    clients[Symbol.dispose]();
    once[Symbol.dispose]();
    close();
    throw error;
  }
}

async function copyPlace(
  context: CallContext,
  source: RegisteredEc2,
  copy: Ec2Copy,
  signal: AbortSignal,
): Promise<NativePlace> {
  const { clients, once } = await clientsFor(context, source, copy);
  try {
    const natives = await ownIn(context, source, clients, signal);
    const locks = await listLocks(clients.ec2(), clients.region, signal);
    return new NativePlace({ copy, clients, once, natives, locks });
  } catch (error) {
    clients[Symbol.dispose]();
    once[Symbol.dispose]();
    throw error;
  }
}

async function clientsFor(context: CallContext, source: RegisteredEc2, copy: Ec2Copy | null) {
  const { endpoint } = source;
  const place = copy === null ? source : { endpoint, region: copy.region, account: copy.account ?? source.account };
  const access = await awsAccessOf(context, place);
  return { clients: new AwsClients(access), once: new AwsClients(access, { attempts: 1 }) };
}

/** With the tags of this source, whichever console made them. */
function ownIn(
  { caller }: CallContext,
  { name }: RegisteredEc2,
  clients: AwsClients,
  signal: AbortSignal,
): Promise<readonly NativeSnapshot[]> {
  const filters = [
    { Name: `tag:${tagKeys.source}`, Values: [name] },
    { Name: `tag:${tagKeys.tenant}`, Values: [caller.tenant] },
  ];
  return listNative(clients.ec2(), clients.region, filters, signal);
}

/** AWS takes at most so many values of a filter. */
const valuesOfFilter = 200;

async function othersOf(
  volumes: ReadonlySet<string>,
  own: readonly NativeSnapshot[],
  clients: AwsClients,
  signal: AbortSignal,
): Promise<readonly NativeSnapshot[]> {
  const known = new Set(own.map(({ id }) => id));
  const all = [...volumes];
  const found: NativeSnapshot[] = [];
  for (let at = 0; at < all.length; at += valuesOfFilter) {
    const filters = [{ Name: 'volume-id', Values: all.slice(at, at + valuesOfFilter) }];
    found.push(...(await listNative(clients.ec2(), clients.region, filters, signal)));
  }
  return found.filter(({ id }) => !known.has(id));
}

async function volumesOf(
  { target }: RegisteredEc2,
  clients: AwsClients,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const targets = await findTargets(target, { client: clients.ec2(), region: clients.region, signal });
  return new Set(targets.flatMap(({ volumes }) => volumes.map(({ volume }) => volume)));
}
