/** Sync by itself, in an engine that stays, on a clock that the test moves. */
import { randomBytes } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { serveEngine, type ContractClient, type ServedEngine } from '../../../electron/engine/engine.ts';
import type { SyncItem } from '../../../shared/contract/sync.ts';
import type { SiteSettings } from '../../../shared/contract/sites.ts';
import { createQuickly, quickSecrets } from '../../support/quick-keys.ts';
import { createRepository } from '../../support/restic-repository.ts';
import { makeWorkspace, type Workspace } from '../../support/workspace.ts';

const sitePassword = 'another password altogether';
const caller = { tenant: 'default', actor: 'test' };
const folderOptions = { excludes: [], excludeCaches: false, excludeLargerThanBytes: null, oneFileSystem: false };
const patience = { timeout: 60_000, interval: 50 };
const mebi = 1024 * 1024;
/** Never ends by itself while a test looks at it. */
const slow = { zone: 'UTC', slots: [], otherwise: 16 * 1024 } as const;

class Office implements AsyncDisposable {
  readonly workspace: Workspace;
  nowMs = Date.parse('2026-11-25T12:00:00Z');
  engine!: ServedEngine;
  id = '';

  static async open(): Promise<Office> {
    const office = new Office(await makeWorkspace({ inMemory: true }));
    const folder = await office.workspace.folder('papers');
    await writeFile(join(folder, 'letter'), 'Dear all');
    await office.start();
    const { repository } = await createQuickly(office.client, office.workspace, { remember: true });
    office.id = repository.id;
    const source = { kind: 'folder' as const, name: 'papers', paths: [folder], ...folderOptions };
    await office.client.sources.add({
      repository: office.repository,
      source: { ...source, commands: { before: null, after: null } },
    });
    return office;
  }

  private constructor(workspace: Workspace) {
    this.workspace = workspace;
  }

  get client(): ContractClient {
    return this.engine.client;
  }

  get repository() {
    return { id: this.id };
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

  /** A place that is there already, whose key opens in a millisecond. */
  async addSite(name: string, settings: Partial<SiteSettings> = {}): Promise<string> {
    const location = this.workspace.path(name);
    createRepository(location, { password: sitePassword, scrypt: { N: 1024, r: 8, p: 1 } }).writeIndex();
    const password = { value: sitePassword, variable: null };
    await this.client.sites.add({ repository: this.repository, name, location, password, settings });
    return location;
  }

  async addRule(to: string, changes: object = {}): Promise<void> {
    const rule = {
      from: null,
      to,
      scope: { kind: 'everything' as const },
      keep: 'same' as const,
      minimum: 0,
      priority: 5,
      holdUntilSent: false,
      prefix: '',
      ...changes,
    };
    await this.client.sync.addRule({ repository: this.repository, rule });
  }

  /** Bytes that no compression makes smaller. */
  async protect(bytes: number): Promise<void> {
    await writeFile(this.workspace.path('papers', 'noise'), randomBytes(bytes));
    for await (const _ of await this.client.protection.protect({ repository: this.repository, registered: 'papers' }));
  }

  async open(site?: string): Promise<readonly SyncItem[]> {
    return (await this.client.sync.queue(site === undefined ? {} : { site })).items;
  }

  async until(state: SyncItem['state'], site?: string): Promise<SyncItem> {
    return vi.waitFor(async () => {
      const over = await this.client.sync.history(site === undefined ? {} : { site });
      const found = [...(await this.open(site)), ...over.items].find((item) => item.state === state);
      if (found === undefined) throw new Error(`nothing is ${state}`);
      return found;
    }, patience);
  }

  /** Once something of it has arrived in packs or is on its way. */
  async untilSending(site: string): Promise<void> {
    await this.until('running', site);
    await vi.waitFor(async () => {
      const { jobs } = await this.client.jobs.list({});
      if (
        !jobs.some(
          ({ kind, state, progress }) => kind === 'sync' && state === 'running' && progress?.phase === 'Sending',
        )
      )
        throw new Error('it does not send yet');
    }, patience);
  }

  /** What a pass does after it has sent is over too. */
  async untilIdle(): Promise<void> {
    await vi.waitFor(async () => {
      const { jobs } = await this.client.jobs.list({});
      if (jobs.some(({ endedAt }) => endedAt === null)) throw new Error('something is at work');
    }, patience);
  }

  async restic(location: string, args: readonly string[]) {
    await this.untilIdle();
    const env = { ...this.workspace.resticEnv(), RESTIC_REPOSITORY: location, RESTIC_PASSWORD: sitePassword };
    return this.workspace.mustRestic(args, { env });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine.close();
    await this.workspace[Symbol.asyncDispose]();
  }
}

beforeAll(() => vi.stubEnv('TZ', 'UTC'));
afterAll(() => {
  vi.unstubAllEnvs();
});

test('after each run its snapshot goes to the sites that a rule names, at once', async () => {
  await using office = await Office.open();
  const oslo = await office.addSite('oslo');
  await office.addSite('berlin');
  await office.addRule('oslo');
  await office.addRule('berlin', { priority: 1 });
  await office.protect(mebi);
  await office.until('done', 'oslo');
  await office.until('done', 'berlin');
  await office.restic(oslo, ['check', '--read-data']);
  const { sites, copies } = await office.client.sites.list({});
  expect(sites.map(({ lag }) => lag[0]?.lagMs)).toEqual([0, 0]);
  expect(copies).toMatchObject([{ source: 'papers', copies: 4 }]);
});

test('a window that closes stops what is being sent, and it goes on when it opens', async () => {
  await using office = await Office.open();
  const grid = {
    zone: 'UTC',
    slots: [{ weekdays: [3], from: '13:00', to: '14:00', rate: 'off' as const }],
    otherwise: 64 * 1024,
  };
  const oslo = await office.addSite('oslo', { grid });
  await office.addRule('oslo');
  await office.protect(4 * mebi);
  await office.untilSending('oslo');
  office.nowMs = Date.parse('2026-11-25T13:30:00Z');
  const waiting = await office.until('queued', 'oslo');
  expect(waiting.attempts).toBe(0);
  const [site] = (await office.client.sites.list({})).sites;
  expect(site).toMatchObject({ rateNow: 'off', rateUntil: '2026-11-25T14:00:00.000Z', waiting: 1 });

  // By hand it does not wait for the window; by itself it does.
  office.nowMs = Date.parse('2026-11-25T14:30:00Z');
  const free = { ...grid, otherwise: 'full' as const };
  await office.client.sites.update({ repository: office.repository, name: 'oslo', settings: { grid: free } });
  office.engine.resumed();
  await office.until('done', 'oslo');
  await office.restic(oslo, ['check', '--read-data']);
});

test('a site that is paused sends nothing, and goes on where it was', async () => {
  await using office = await Office.open();
  await office.addSite('oslo', { grid: slow });
  await office.addRule('oslo');
  await office.protect(2 * mebi);
  await office.untilSending('oslo');
  await office.client.sync.pause({ site: 'oslo', reason: 'the link is needed' });
  await office.until('queued', 'oslo');
  expect((await office.client.sites.list({})).sites[0]?.paused?.reason).toBe('the link is needed');
  await office.client.sites.update({
    repository: office.repository,
    name: 'oslo',
    settings: { grid: { ...slow, otherwise: 'full' } },
  });
  expect((await office.open('oslo')).map(({ state }) => state)).toEqual(['queued']);
  await office.client.sync.resume({ site: 'oslo' });
  await office.until('done', 'oslo');
});

test('what gets a better priority interrupts what is being sent', async () => {
  await using office = await Office.open();
  const oslo = await office.addSite('oslo', { grid: slow });
  await office.protect(2 * mebi);
  await office.addRule('oslo');
  await office.untilSending('oslo');
  const [first] = await office.open('oslo');
  await office.protect(2 * mebi);
  const second = await vi.waitFor(async () => {
    const found = (await office.open('oslo')).find(({ id, state }) => id !== first?.id && state === 'queued');
    if (found === undefined) throw new Error('it is not in the queue yet');
    return found;
  }, patience);
  await office.client.sync.setPriority({ items: [second.id], priority: 0 });
  await vi.waitFor(async () => {
    const [running, waiting] = await office.open('oslo');
    if (running?.id !== second.id || running.state !== 'running') throw new Error('it does not go first yet');
    expect(waiting).toMatchObject({ id: first?.id });
  }, patience);
  await office.client.sites.update({
    repository: office.repository,
    name: 'oslo',
    settings: { grid: { ...slow, otherwise: 'full' } },
  });
  await vi.waitFor(async () => expect(await office.open('oslo')).toEqual([]), patience);
  await office.restic(oslo, ['check', '--read-data']);
});

test('an incident stops what is being sent until it ends', async () => {
  await using office = await Office.open();
  await office.addSite('oslo', { grid: slow });
  await office.addRule('oslo');
  await office.protect(2 * mebi);
  await office.untilSending('oslo');
  await office.client.incidents.freeze({ repository: office.repository, reason: 'files look encrypted' });
  await office.until('queued', 'oslo');
  await office.client.sites.update({
    repository: office.repository,
    name: 'oslo',
    settings: { grid: { ...slow, otherwise: 'full' } },
  });
  expect((await office.open('oslo')).map(({ state }) => state)).toEqual(['queued']);
  await office.client.incidents.end({ repository: office.repository });
  await office.until('done', 'oslo');
});

test('a site that is away is tried again and told of, and nothing is given up', async () => {
  await using office = await Office.open();
  const oslo = await office.addSite('oslo', { retry: { retries: 0, intervalMs: 1_000, multiplier: 1 } });
  await rename(oslo, `${oslo}-away`);
  await office.addRule('oslo');
  await office.protect(1_000);
  await vi.waitFor(async () => {
    const [site] = (await office.client.sites.list({})).sites;
    if (site?.state !== 'unreachable') throw new Error('nobody has noticed yet');
  }, patience);
  expect((await office.open('oslo')).map(({ state }) => state)).not.toContain('failed');
  office.nowMs += 31 * 60_000;
  office.engine.resumed();
  await vi.waitFor(async () => {
    const { alerts } = await office.client.alerts.list({});
    if (!alerts.some(({ rule }) => rule === 'site-silent')) throw new Error('nobody is told yet');
  }, patience);
  await rename(`${oslo}-away`, oslo);
  office.nowMs += 20 * 60_000;
  office.engine.resumed();
  await office.until('done', 'oslo');
});

test('what a site would not keep is not sent, and what it no longer keeps goes from there', async () => {
  await using office = await Office.open();
  const oslo = await office.addSite('oslo');
  await office.protect(1_000);
  office.nowMs += 2 * 24 * 3_600_000;
  await office.protect(1_000);
  await office.addRule('oslo', { keep: { count: 1, unit: 'days' } });
  await office.until('skipped', 'oslo');
  await office.until('done', 'oslo');
  office.nowMs += 2 * 24 * 3_600_000;
  await office.protect(1_000);
  await vi.waitFor(async () => {
    const { snapshots } = await office.client.sites.holdings({ name: 'oslo' });
    expect(snapshots).toHaveLength(1);
    expect(snapshots[0]?.reasons[0]).toContain('sync rule, 1 day');
  }, patience);
  await office.restic(oslo, ['check', '--read-data']);
});

test('a site that only its own administrator may take from keeps what its rules would let go', async () => {
  await using office = await Office.open();
  await office.addSite('oslo', { appendOnly: true });
  await office.addRule('oslo', { keep: { count: 1, unit: 'days' } });
  await office.protect(1_000);
  await office.until('done', 'oslo');
  office.nowMs += 3 * 24 * 3_600_000;
  await office.protect(2_000);
  await vi.waitFor(async () => {
    const { snapshots } = await office.client.sites.holdings({ name: 'oslo' });
    expect(snapshots).toHaveLength(2);
  }, patience);
  await vi.waitFor(async () => expect(await office.open('oslo')).toEqual([]), patience);
  expect((await office.client.sites.holdings({ name: 'oslo' })).snapshots).toHaveLength(2);
});
