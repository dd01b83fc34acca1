import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { saveConfiguration } from '../../../electron/engine/repository/configuration.ts';
import {
  forgetSnapshots,
  type ForgetOutcome,
  type ForgetRequest,
} from '../../../electron/engine/repository/upkeep/forget.ts';
import { makeLocalPlace } from '../../support/local-place.ts';
import { createRepository, type ResticRepository } from '../../support/restic-repository.ts';
import { openKnown, storedNames, upkeepPassword } from '../../support/upkeep-repository.ts';

const now = Date.parse('2026-05-01T12:00:00Z');
const caller = { tenant: 'default', actor: 'test' };

function makeSnapshots(location: string): {
  writer: ResticRepository;
  snapshot: (time: string, ...tags: string[]) => string;
} {
  const writer = createRepository(location, { password: upkeepPassword, scrypt: { N: 1024, r: 8, p: 1 } });
  const tree = writer.addBlob('tree', '{"nodes":[]}\n');
  const snapshot = (time: string, ...tags: string[]): string => writer.writeSnapshot(tree, { time, tags });
  return { writer, snapshot };
}

async function forget(location: string, given: Partial<ForgetRequest>): Promise<ForgetOutcome & { notices: string[] }> {
  const notices: string[] = [];
  const outcome = await forgetSnapshots({
    repository: await openKnown(location),
    caller,
    snapshots: [],
    source: undefined,
    rules: {},
    allowLast: false,
    held: new Map(),
    lockOf: () => null,
    clearedSuspects: new Set(),
    outdatedConfigurations: [],
    dryRun: false,
    now: () => now,
    signal: new AbortController().signal,
    onPlan: () => undefined,
    onRemoved: () => undefined,
    onNotice: (text) => notices.push(text),
    ...given,
  });
  return { ...outcome, notices };
}

const complete = ['holdfast:source=documents', 'holdfast:status=complete', 'holdfast:tenant=default'];
const partial = ['holdfast:source=documents', 'holdfast:status=partial', 'holdfast:tenant=default'];

describe('forget by rules', () => {
  test('removes what no rule keeps, but never the last good snapshot', async () => {
    await using place = await makeLocalPlace();
    const { snapshot } = makeSnapshots(place.folder);
    const old = snapshot('2026-04-01T00:00:00Z', ...complete);
    const good = snapshot('2026-04-02T00:00:00Z', ...complete);
    const newest = snapshot('2026-04-03T00:00:00Z', ...partial);
    const dry = await forget(place.folder, { rules: { last: 1 }, dryRun: true });
    expect(dry.removed).toEqual([old]);
    expect(storedNames(place.folder, 'snapshots')).toHaveLength(3);
    expect((await forget(place.folder, { rules: { last: 1 } })).removed).toEqual([old]);
    expect(storedNames(place.folder, 'snapshots').toSorted()).toEqual([good, newest].toSorted());
    expect(storedNames(place.folder, 'locks')).toEqual([]);
  });

  test('without a rule removes nothing, and says so', async () => {
    await using place = await makeLocalPlace();
    const { snapshot } = makeSnapshots(place.folder);
    snapshot('2026-04-01T00:00:00Z');
    snapshot('2026-04-02T00:00:00Z');
    const { removed, notices } = await forget(place.folder, {});
    expect(removed).toEqual([]);
    expect(notices).toEqual(['No rule was given, so every snapshot is kept.']);
  });

  test('removes nothing while a snapshot comes from the future', async () => {
    await using place = await makeLocalPlace();
    const { snapshot } = makeSnapshots(place.folder);
    snapshot('2026-04-01T00:00:00Z', ...complete);
    const future = snapshot('2027-04-02T00:00:00Z', ...complete);
    await expect(forget(place.folder, { rules: { last: 1 } })).rejects.toMatchObject({ code: 'CLOCK_WRONG' });
    expect(storedNames(place.folder, 'snapshots')).toHaveLength(2);
    // That one can be named: it is not what a restore would rely on.
    expect((await forget(place.folder, { snapshots: [future] })).removed).toEqual([future]);
  });

  test('leaves other tenants, other sources, and the configuration with its older states alone', async () => {
    await using place = await makeLocalPlace();
    const { snapshot } = makeSnapshots(place.folder);
    const old = snapshot('2026-04-01T00:00:00Z', ...complete);
    snapshot('2026-04-02T00:00:00Z', ...complete);
    snapshot('2026-04-01T00:00:00Z', ...complete.slice(0, 2), 'holdfast:tenant=other');
    snapshot('2026-04-02T00:00:00Z', ...complete.slice(0, 2), 'holdfast:tenant=other');
    snapshot('2026-04-01T00:00:00Z', 'holdfast:source=music', ...complete.slice(1));
    snapshot('2026-04-02T00:00:00Z', 'holdfast:source=music', ...complete.slice(1));
    const repository = await openKnown(place.folder);
    for (const savedAt of ['2026-04-01T00:00:00Z', '2026-04-02T00:00:00Z']) {
      await saveConfiguration(repository, caller, { savedAtMs: Date.parse(savedAt), console: 'c', content: {} });
    }
    expect((await forget(place.folder, { rules: { last: 1 }, source: 'documents' })).removed).toEqual([old]);
    expect(storedNames(place.folder, 'snapshots')).toHaveLength(7);
  });

  test('keeps what somebody holds, by rules and by name, and says who and why', async () => {
    await using place = await makeLocalPlace();
    const { snapshot } = makeSnapshots(place.folder);
    const kept = snapshot('2026-04-01T00:00:00Z', ...complete);
    const gone = snapshot('2026-04-02T00:00:00Z', ...complete);
    snapshot('2026-04-03T00:00:00Z', ...complete);
    const held = new Map([[kept, { reason: 'audit', author: 'ada' }]]);
    await expect(forget(place.folder, { snapshots: [kept], held, allowLast: true })).rejects.toMatchObject({
      code: 'SNAPSHOT_HELD',
      message: expect.stringContaining('held by ada: audit') as string,
    });
    const { removed, groups } = await forget(place.folder, { rules: { last: 1 }, held });
    expect(removed).toEqual([gone]);
    const decisions = groups.flatMap((group) => group.decisions);
    expect(decisions.find(({ snapshot: { id } }) => id === kept)?.reasons).toContain('held by ada: audit');
  });

  test('names snapshots that cannot be read, and does its work with the others', async () => {
    await using place = await makeLocalPlace();
    const { snapshot } = makeSnapshots(place.folder);
    const old = snapshot('2026-04-01T00:00:00Z', ...complete);
    snapshot('2026-04-02T00:00:00Z', ...complete);
    const broken = snapshot('2026-04-03T00:00:00Z', ...complete);
    chmodSync(join(place.folder, 'snapshots', broken), 0o600);
    writeFileSync(join(place.folder, 'snapshots', broken), 'x');
    const { removed, unreadable } = await forget(place.folder, { rules: { last: 1 } });
    expect(removed).toEqual([old]);
    expect(unreadable.map(({ path }) => path)).toEqual([`snapshots/${broken}`]);
    await expect(forget(place.folder, { snapshots: [broken] })).rejects.toMatchObject({ code: 'LAST_GOOD_SNAPSHOT' });
    expect((await forget(place.folder, { snapshots: [broken], allowLast: true })).removed).toEqual([broken]);
  });
});

describe('forget by name', () => {
  test('removes exactly those, by the beginning of their ids', async () => {
    await using place = await makeLocalPlace();
    const { snapshot } = makeSnapshots(place.folder);
    const named = [snapshot('2026-04-01T00:00:00Z'), snapshot('2026-04-02T00:00:00Z')];
    const left = [snapshot('2026-04-03T00:00:00Z'), snapshot('2026-04-04T00:00:00Z')];
    const { removed } = await forget(place.folder, { snapshots: named.map((id) => id.slice(0, 20)) });
    expect([...removed].toSorted()).toEqual(named.toSorted());
    expect(storedNames(place.folder, 'snapshots').toSorted()).toEqual(left.toSorted());
  });

  test('refuses the last good one unless that is asked for in so many words', async () => {
    await using place = await makeLocalPlace();
    const { snapshot } = makeSnapshots(place.folder);
    const old = snapshot('2026-04-01T00:00:00Z', ...complete);
    const last = snapshot('2026-04-02T00:00:00Z', ...complete);
    const refused = forget(place.folder, { snapshots: [old, last] });
    await expect(refused).rejects.toMatchObject({ code: 'LAST_GOOD_SNAPSHOT' });
    expect(storedNames(place.folder, 'snapshots'), 'not even the other one').toHaveLength(2);
    await forget(place.folder, { snapshots: [last], allowLast: true });
    expect(storedNames(place.folder, 'snapshots')).toEqual([old]);
  });

  test('refuses what is not there, what could be several, and the configuration', async () => {
    await using place = await makeLocalPlace();
    const { snapshot } = makeSnapshots(place.folder);
    for (let day = 1; day <= 17; day++) snapshot(`2026-04-${String(day).padStart(2, '0')}T00:00:00Z`);
    const repository = await openKnown(place.folder);
    const { snapshot: own } = await saveConfiguration(repository, caller, {
      savedAtMs: Date.parse('2026-04-01T00:00:00Z'),
      console: 'c',
      content: {},
    });
    const refusals = await Promise.all(
      ['0'.repeat(64), 'latest', own, ...'0123456789abcdef'.split('')].map(async (name) =>
        forget(place.folder, { snapshots: [name], dryRun: true }).then(
          () => 'done',
          (error: unknown) => (error as { code: string }).code,
        ),
      ),
    );
    expect(refusals.slice(0, 3)).toEqual(['SNAPSHOT_NOT_FOUND', 'SNAPSHOT_NOT_FOUND', 'SNAPSHOT_NOT_FOUND']);
    // Seventeen ids, sixteen digits.
    expect(refusals.slice(3)).toContain('SNAPSHOT_AMBIGUOUS');
    expect(storedNames(place.folder, 'snapshots')).toHaveLength(18);
  });
});
