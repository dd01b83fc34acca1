/** Locks on snapshots, and copies into another region. */
import { type XmlTree } from '../protocol/xml.ts';
import {
  demandReadableSnapshot,
  demandSnapshot,
  givenTags,
  iso,
  keyFor,
  type Ec2Actions,
  type Ec2Call,
} from './call.ts';
import { lockStateOf, snapshotState, type Snapshot, type SnapshotLock } from './records.ts';
import { invalidParameter, refused } from './refusals.ts';
import { addSnapshot, checkUsable } from './snapshots.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const longestDays = 36_500;

export const lockActions: Ec2Actions = {
  LockSnapshot: lock,
  UnlockSnapshot: unlock,
  DescribeLockedSnapshots: locked,
  CopySnapshot: copy,
};

function lock(call: Ec2Call): XmlTree {
  const { form, now } = call;
  const snapshot = demandSnapshot(call, form.demand('SnapshotId'));
  const mode = form.demand('LockMode');
  if (mode !== 'governance' && mode !== 'compliance') throw invalidParameter('LockMode', mode);
  const wanted = lockFrom(call, mode);
  const before = lockStateOf(snapshot, now);
  if (before === 'compliance' && (mode !== 'compliance' || wanted.expiresMs < (snapshot.lock?.expiresMs ?? 0))) {
    throw refused('OperationNotPermitted', 'A snapshot locked in compliance mode can only be locked for longer.');
  }
  // Once compliance holds, a new cooling-off does not loosen it.
  snapshot.lock = before === 'compliance' ? { ...wanted, coolOffMs: null, coolOffHours: null } : wanted;
  return { ...presentedLock(snapshot, now), snapshotId: snapshot.id };
}

function lockFrom({ form, now }: Ec2Call, mode: SnapshotLock['mode']): SnapshotLock {
  const until = form.text('ExpirationDate');
  const days = form.number('LockDuration') ?? Math.ceil((Date.parse(until ?? '') - now) / dayMs);
  if (!(days >= 1 && days <= longestDays)) throw invalidParameter('LockDuration', String(days));
  const coolOffHours = form.number('CoolOffPeriod') ?? null;
  if (coolOffHours !== null && (mode === 'governance' || coolOffHours < 1 || coolOffHours > 72)) {
    throw invalidParameter('CoolOffPeriod', String(coolOffHours));
  }
  const expiresMs = until === undefined ? now + days * dayMs : Date.parse(until);
  const coolOffMs = coolOffHours === null ? null : now + coolOffHours * hourMs;
  return { mode, lockedMs: now, days, expiresMs, coolOffMs, coolOffHours };
}

function presentedLock(snapshot: Snapshot, now: number): XmlTree {
  const { lock: held } = snapshot;
  if (held === null) return {};
  return {
    lockState: lockStateOf(snapshot, now),
    lockDuration: held.days,
    coolOffPeriod: held.coolOffHours,
    coolOffPeriodExpiresOn: held.coolOffMs === null ? null : iso(held.coolOffMs),
    lockCreatedOn: iso(held.lockedMs),
    lockDurationStartTime: iso(held.lockedMs),
    lockExpiresOn: iso(held.expiresMs),
  };
}

function unlock(call: Ec2Call): XmlTree {
  const snapshot = demandSnapshot(call, call.form.demand('SnapshotId'));
  const state = lockStateOf(snapshot, call.now);
  if (state === null || state === 'expired') throw refused('SnapshotNotLocked', `${snapshot.id} is not locked.`);
  if (state === 'compliance') {
    throw refused('OperationNotPermitted', 'A snapshot locked in compliance mode cannot be unlocked.');
  }
  snapshot.lock = null;
  return { snapshotId: snapshot.id };
}

function locked(call: Ec2Call): XmlTree {
  const { here, caller, form, now } = call;
  const wanted = form.texts('SnapshotId');
  const item = [...here.snapshots.values()]
    .filter((one) => one.owner === caller.account && one.lock !== null && one.recycled === null)
    .filter(({ id }) => wanted.length === 0 || wanted.includes(id))
    .map((one) => ({ ownerId: one.owner, snapshotId: one.id, ...presentedLock(one, now) }));
  return { snapshotSet: { item } };
}

/** Asked where the copy is to be. What is wrong with a key shows only when the copy fails. */
function copy(call: Ec2Call): XmlTree {
  const { world, here, form, caller, now } = call;
  const from = form.demand('SourceRegion');
  const source = world.region(from);
  if (source === undefined) throw invalidParameter('SourceRegion', from);
  const original = demandReadableSnapshot(call, source, form.demand('SourceSnapshotId'));
  checkUsable(original, now);
  const running = [...here.snapshots.values()].filter(
    (one) => one.isCopy && one.owner === caller.account && snapshotState(one, now) === 'pending',
  );
  if (running.length >= world.behaviour.copiesAtOnce) {
    const words = `Too many snapshot copies in progress. The limit is ${world.behaviour.copiesAtOnce} for this destination region.`;
    throw refused('ResourceLimitExceeded', words);
  }
  const named = form.text('KmsKeyId');
  const encrypted = original.encrypted || (form.flag('Encrypted') ?? false) || named !== undefined;
  const key = encrypted ? keyFor(call, named) : null;
  const failure =
    key === null || key.isUsable
      ? null
      : { atMs: now + world.behaviour.snapshotMs / 2, message: 'Given key ID is not accessible' };
  const made = addSnapshot(
    call,
    {
      volumeId: 'vol-ffffffff',
      sizeGiB: original.sizeGiB,
      encrypted,
      kmsKeyId: key?.arn ?? null,
      tags: givenTags(form, 'snapshot'),
      description: form.text('Description') ?? `[Copied ${original.id} from ${from}]`,
      disk: original.disk.copy(),
    },
    { isCopy: true, failure },
  );
  return { snapshotId: made.id };
}
