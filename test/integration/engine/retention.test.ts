import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openEngine, serveEngine, type ContractClient, type ServedEngine } from '../../../electron/engine/engine.ts';
import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import { presets } from '../../../shared/model/profile-presets.ts';
import { buildOnce } from '../../support/build-once.ts';
import { createQuickly, quickSecrets } from '../../support/quick-keys.ts';
import { makeWorkspace, type Workspace } from '../../support/workspace.ts';

const dayMs = 24 * 3_600_000;
const caller = { tenant: 'default', actor: 'test' };
const folderOptions = { excludes: [], excludeCaches: false, excludeLargerThanBytes: null, oneFileSystem: false };

/** An engine with a clock of its own, a repository, and a source that is protected every day and kept for four days. */
class Archive implements AsyncDisposable {
  readonly workspace: Workspace;
  nowMs = Date.parse('2026-11-25T12:00:00Z');
  repository = { id: '' };
  profile = '';
  engine!: ServedEngine;

  constructor(workspace: Workspace) {
    this.workspace = workspace;
  }

  static async open(keepDays: number, locked = false): Promise<Archive> {
    const archive = new Archive(await makeWorkspace({ inMemory: true }));
    await archive.#setUp(keepDays, locked);
    return archive;
  }

  /** One that keeps four days, after as many: lived through once for all tests. */
  static async ofFourDays(): Promise<Archive> {
    const workspace = await fourDays();
    const archive = Object.assign(new Archive(workspace), workspace.lived);
    await archive.start();
    await archive.client.repositories.unlock({ ...archive.repository, password: workspace.password });
    return archive;
  }

  get client(): ContractClient {
    return this.engine.client;
  }

  async start(): Promise<void> {
    const home = join(this.workspace.home, 'holdfast');
    this.engine = await serveEngine({
      home,
      caller,
      version: '0',
      onNotice: () => undefined,
      secrets: quickSecrets(home),
      takenAtMs: () => this.nowMs,
    });
  }

  async #setUp(keepDays: number, locked: boolean): Promise<void> {
    const folder = await this.workspace.folder('papers');
    writeFileSync(join(folder, 'letter'), 'Dear all');
    await this.start();
    const { repository } = await createQuickly(this.client, this.workspace, { remember: true });
    this.repository = { id: repository.id };
    const commands = { before: null, after: null };
    const source = { kind: 'folder' as const, name: 'papers', paths: [folder], ...folderOptions, commands };
    await this.client.sources.add({ repository: this.repository, source });
    const daily = {
      id: 'daily',
      name: 'Daily',
      rule: { kind: 'daily' as const, hour: 18, minute: 0 },
      keep: { count: keepDays, unit: 'days' as const },
      minimum: 1,
      missed: 'catchUp' as const,
      quiesce: false,
      locked,
    };
    const profile = { ...presets.standard, zone: 'UTC', periods: [daily] };
    const added = await this.client.profiles.add({ repository: this.repository, profile });
    this.profile = added.profile.id;
    const subject = { scope: 'source' as const, subject: 'papers' };
    await this.client.profiles.assign({ repository: this.repository, ...subject, profile: this.profile });
  }

  /** Goes from evening to evening, each with its run. */
  async live(days: number): Promise<void> {
    for (let day = 0; day < days; day++) {
      this.nowMs += dayMs;
      const before = (await this.client.schedule.runs({})).runs.length;
      this.engine.resumed();
      await vi.waitFor(
        async () => {
          await this.client.schedule.plan({});
          const { runs } = await this.client.schedule.runs({});
          if (runs.length <= before || runs[0]?.state !== 'complete') throw new Error('it has not run');
        },
        { timeout: 20_000, interval: 50 },
      );
    }
  }

  /** Lets days pass on which nothing runs by itself, and then somebody asks for a run. */
  async runByHand(days: number, client = this.client, access: RepositoryAccess = this.repository): Promise<void> {
    this.nowMs += days * dayMs;
    for await (const _ of await client.protection.protect({ repository: access, registered: 'papers' }));
  }

  async takeSystem(days: number, client: ContractClient, repository: RepositoryAccess): Promise<void> {
    this.nowMs += days * dayMs;
    for await (const _ of await client.systems.take({ repository }));
  }

  async snapshots(): Promise<readonly string[]> {
    return (await this.client.snapshots.list({ repository: this.repository })).snapshots.map(({ id }) => id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine.close();
    await this.workspace[Symbol.asyncDispose]();
  }
}

type LivedThrough = Workspace & { readonly lived: Pick<Archive, 'nowMs' | 'repository' | 'profile'> };

const fourDays: () => Promise<LivedThrough> = buildOnce(async () => {
  const archive = await Archive.open(4);
  await archive.live(4);
  await archive.client.repositories.lock(archive.repository);
  await archive.engine.close();
  const { workspace, nowMs, repository, profile } = archive;
  return { ...workspace, lived: { nowMs, repository, profile } };
});

const eventually = (check: () => Promise<void>): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 50 });

test('what its period no longer keeps is gone after the next good run, and the rest says until when it stays', async () => {
  await using archive = await Archive.ofFourDays();
  await archive.live(2);
  await eventually(async () => expect(await archive.snapshots()).toHaveLength(4));
  // The catalog learns of it a moment after the repository.
  const show = () => archive.client.retention.show({ source: 'papers' });
  await eventually(async () => expect((await show()).snapshots).toHaveLength(4));
  const { snapshots, refused } = await show();
  expect(refused).toBeNull();
  for (const { keep, periods, reasons } of snapshots) {
    expect(keep).toBe(true);
    expect(periods).toEqual(['daily']);
    expect(reasons[0]).toMatch(/^Daily: until 2026-/);
  }
  await eventually(async () => {
    const { jobs } = await archive.client.jobs.list({});
    const states = jobs.filter(({ kind, title }) => kind === 'expire' && title === 'papers').map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(['done']));
  });
});

test('what its period no longer keeps is gone after a good run by hand as well', async () => {
  await using archive = await Archive.ofFourDays();
  await archive.client.schedule.pause({ scope: 'tenant', subject: '', until: null, reason: 'by hand alone' });
  const before = await archive.snapshots();
  await archive.runByHand(2);
  const after = await vi.waitFor(
    async () => {
      const left = await archive.snapshots();
      expect(left).toHaveLength(3);
      return left;
    },
    { timeout: 20_000, interval: 50 },
  );
  expect(before.filter((id) => !after.includes(id))).toHaveLength(2);
  // Its snapshots are gone a moment before the job has ended.
  await vi.waitFor(
    async () => {
      const { jobs } = await archive.client.jobs.list({});
      expect(jobs.filter(({ kind }) => kind === 'expire')).toMatchObject([{ state: 'done', title: 'papers' }]);
    },
    { timeout: 20_000, interval: 50 },
  );
});

test.each(['a source by hand', 'several together'])(
  'a command that protects %s has removed what is over when it ends',
  async (what) => {
    await using archive = await Archive.ofFourDays();
    await archive.engine.close();
    const command = await openEngine({
      home: join(archive.workspace.home, 'holdfast'),
      caller,
      version: '0',
      onNotice: () => undefined,
      takenAtMs: () => archive.nowMs,
    });
    try {
      const { repository: location, password } = archive.workspace;
      if (what === 'a source by hand') await archive.runByHand(2, command.client, { location, password });
      else await archive.takeSystem(2, command.client, { location, password });
      const { snapshots } = await command.client.snapshots.list({ repository: { location, password } });
      expect(snapshots).toHaveLength(3);
    } finally {
      await command.close();
    }
  },
);

test('a profile that would keep less says which snapshots would expire by it, of all sources, before it is saved', async () => {
  await using archive = await Archive.open(10);
  await archive.live(3);
  const { client, profile: id, nowMs } = archive;
  // The catalog learns of it a moment after the repository.
  await eventually(async () => expect((await client.retention.show({ source: 'papers' })).snapshots).toHaveLength(3));
  const [found] = (await client.profiles.list({})).profiles;
  if (found === undefined) throw new Error('it has no profile');
  const keeping = (count: number) => ({
    ...found,
    periods: found.periods.map((period) => ({ ...period, keep: { count, unit: 'days' as const } })),
  });
  expect(await client.profiles.losses({ id, profile: keeping(3) })).toEqual({ count: 0, losses: [] });
  const { count, losses } = await client.profiles.losses({ id, profile: keeping(1) });
  expect(count).toBe(2);
  expect(losses.map(({ source, takenAt }) => [source, takenAt])).toEqual([
    ['papers', new Date(nowMs - dayMs).toISOString()],
    ['papers', new Date(nowMs - 2 * dayMs).toISOString()],
  ]);
  expect(losses[0]?.bytes).toBe('Dear all'.length);
  // Of another profile no snapshot carries a label yet.
  const other = await client.profiles.add({
    repository: archive.repository,
    profile: { ...keeping(1), name: 'Other' },
  });
  const ofOther = await client.profiles.losses({ id: other.profile.id, profile: keeping(1) });
  expect(ofOther).toEqual({ count: 0, losses: [] });
});

test('the space of what has expired is given back a week later, by itself', async () => {
  await using archive = await Archive.ofFourDays();
  await archive.live(2);
  const pruned = async () => (await archive.client.jobs.list({})).jobs.filter(({ kind }) => kind === 'prune');
  expect(await pruned()).toEqual([]);
  await archive.live(4);
  await eventually(async () => expect(await pruned()).toMatchObject([{ state: 'done' }]));
});

test('space that is due is given back as soon as the repository is opened', async () => {
  await using archive = await Archive.ofFourDays();
  await archive.live(2);
  await eventually(async () => {
    const { jobs } = await archive.client.jobs.list({});
    expect(jobs.find(({ kind }) => kind === 'expire')).toMatchObject({ state: 'done' });
  });
  await archive.client.repositories.lock(archive.repository);
  archive.nowMs += 7 * dayMs;
  archive.engine.resumed();
  await archive.client.repositories.unlock({ ...archive.repository, password: archive.workspace.password });
  await eventually(async () => {
    const { jobs } = await archive.client.jobs.list({});
    expect(jobs.filter(({ kind }) => kind === 'prune')).toMatchObject([{ state: 'done' }]);
  });
});

test('after a long time off an operator is asked, and what was answered is done', async () => {
  await using archive = await Archive.ofFourDays();
  archive.nowMs += 20 * dayMs;
  await archive.live(1);
  const asked = await vi.waitFor(
    async () => {
      const { reviews } = await archive.client.retention.reviews({});
      expect(reviews).toHaveLength(1);
      return reviews[0];
    },
    { timeout: 20_000, interval: 50 },
  );
  expect(asked).toMatchObject({ source: 'papers', kept: 1, decision: null });
  expect(await archive.snapshots()).toHaveLength(5);
  await archive.client.retention.decide({ review: asked?.id ?? '', decision: 'remove' });
  await archive.live(1);
  await eventually(async () => expect(await archive.snapshots()).toHaveLength(2));
  expect((await archive.client.retention.reviews({ open: false })).reviews).toMatchObject([
    { decision: 'remove', decidedBy: 'test' },
  ]);
});

test('a locked snapshot goes by hand only after an unlock that has waited', async () => {
  await using archive = await Archive.open(30, true);
  await archive.live(2);
  const [first = ''] = await archive.snapshots();
  const forget = async (): Promise<string | null> => {
    try {
      const events = await archive.client.upkeep.forget({ repository: archive.repository, snapshots: [first] });
      for await (const _ of events);
      return null;
    } catch (error) {
      return (error as { code?: string }).code ?? String(error);
    }
  };
  expect(await forget()).toBe('SNAPSHOT_LOCKED');
  // Another profile does not take the lock away.
  const { profiles } = await archive.client.profiles.list({});
  const [profile] = profiles;
  if (profile === undefined) throw new Error('there is no profile');
  const open = { ...profile, periods: profile.periods.map((period) => ({ ...period, locked: false })) };
  await archive.client.profiles.update({ repository: archive.repository, id: profile.id, profile: open });
  expect(await forget()).toBe('SNAPSHOT_LOCKED');
  const asked = await archive.client.retention.requestUnlock({ snapshot: first.slice(0, 12), reason: 'wrong folder' });
  expect(Date.parse(asked.readyAt) - Date.parse(asked.requestedAt)).toBe(7 * dayMs);
  expect(await forget()).toBe('SNAPSHOT_LOCKED');
  archive.nowMs += 7 * dayMs;
  await archive.client.retention.cancelUnlock({ snapshot: first });
  expect(await forget()).toBe('SNAPSHOT_LOCKED');
  await archive.client.retention.requestUnlock({ snapshot: first, reason: 'wrong folder, really' });
  archive.nowMs += 7 * dayMs;
  expect(await forget()).toBeNull();
});
