/** A call to EC2 on its way to its handler, and what many handlers say and ask. */
import { type XmlTree } from '../protocol/xml.ts';
import { type Call, type Refusal } from '../service.ts';
import { type Form } from './form.ts';
import { type Owned, type Snapshot, type Tags } from './records.ts';
import { invalidParameter, notFound, refused } from './refusals.ts';
import { type Ec2World, type Region } from './world.ts';

export type Ec2Call = Call & {
  readonly world: Ec2World;
  readonly here: Region;
  readonly form: Form;
  readonly now: number;
};

/** What the answer holds beside the id of the request. */
export type Ec2Handler = (call: Ec2Call) => XmlTree | Promise<XmlTree>;
export type Ec2Actions = Readonly<Record<string, Ec2Handler>>;

/** One of the caller's own that is seen already. Throws for any other. `kind` as in `InvalidVolume`. */
export function demandOwn<Of extends Owned>(call: Ec2Call, all: ReadonlyMap<string, Of>, kind: string, id: string): Of {
  const found = all.get(id);
  if (found === undefined || found.owner !== call.caller.account || !call.world.isSeen(found)) throw notFound(kind, id);
  return found;
}

export function demandSnapshot(call: Ec2Call, id: string): Snapshot {
  checkId(id, 'snap');
  const snapshot = demandOwn(call, call.here.snapshots, 'InvalidSnapshot', id);
  if (snapshot.recycled !== null) throw notFound('InvalidSnapshot', id);
  return snapshot;
}

/** Also one of another account that is shared. */
export function demandReadableSnapshot(call: Ec2Call, region: Region, id: string): Snapshot {
  checkId(id, 'snap');
  const snapshot = region.snapshots.get(id);
  const isThere = snapshot !== undefined && snapshot.recycled === null && call.world.isSeen(snapshot);
  if (!isThere || !isReadable(snapshot, call.caller.account)) throw notFound('InvalidSnapshot', id);
  return snapshot;
}

export function isReadable({ owner, sharedWith }: Snapshot, account: string): boolean {
  return owner === account || sharedWith.has(account) || sharedWith.has('all');
}

export function checkId(id: string, prefix: string): void {
  if (new RegExp(`^${prefix}-[\\da-f]{8,17}$`).test(id)) return;
  const code = prefix === 'snap' ? 'InvalidSnapshotID.Malformed' : 'InvalidParameterValue';
  throw refused(code, `Invalid id: "${id}" (expecting "${prefix}-...")`);
}

/** Tags that the call gives to what it makes. */
export function givenTags(form: Form, resourceType: string): Tags {
  const given = form
    .list('TagSpecification')
    .filter((one) => one.text('ResourceType') === resourceType)
    .flatMap((one) => tagsIn(one));
  if (given.length > 50) throw refused('TagLimitExceeded', 'The maximum number of tags for a resource is 50.');
  return new Map(given);
}

export function tagsIn(form: Form): [string, string][] {
  return form.list('Tag').map((tag) => {
    const key = tag.demand('Key');
    if (key.toLowerCase().startsWith('aws:')) throw invalidParameter('Tag.Key', key);
    return [key, tag.text('Value') ?? ''];
  });
}

export function tagSet(tags: Tags): XmlTree {
  return { item: [...tags].map(([key, value]) => ({ key, value })) };
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** What EBS does with a key in the name of who asks. */
const usingKeys = ['kms:DescribeKey', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:ReEncryptFrom', 'kms:CreateGrant'];

/** The ARN of a key that was named. Throws nothing: a bad key shows later, as null. */
export function keyFor(call: Ec2Call, named: string | undefined): { readonly arn: string; readonly isUsable: boolean } {
  const { world, here, caller } = call;
  if (named === undefined) return { arn: `arn:aws:kms:${here.name}:${caller.account}:alias/aws/ebs`, isUsable: true };
  const found = world.kms.find(named, caller.account, here.name) ?? { arn: named, isUsable: false };
  return { arn: found.arn, isUsable: found.isUsable && usingKeys.every((action) => call.may(action)) };
}

/** What a call with the same token made before; null for a new one. Throws where it then asked for something else. */
export function repeated(call: Ec2Call, action: string): readonly string[] | null {
  const token = call.form.text('ClientToken');
  if (token === undefined) return null;
  const before = call.here.tokens.get(`${call.caller.account} ${action} ${token}`);
  if (before === undefined) return null;
  if (before.asked !== askedOf(call)) throw mismatch();
  return before.ids;
}

export function remember(call: Ec2Call, action: string, ids: readonly string[]): void {
  const token = call.form.text('ClientToken');
  if (token === undefined) return;
  call.here.tokens.set(`${call.caller.account} ${action} ${token}`, { asked: askedOf(call), ids });
}

function askedOf({ form }: Ec2Call): string {
  return form.fingerprint(['ClientToken', 'DryRun']);
}

function mismatch(): Refusal {
  const words = 'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).';
  return refused('IdempotentParameterMismatch', words);
}
