import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LiveChange, LiveEvent, LiveState } from '../../../shared/contract/live.ts';
import { serveEngine, type ServedEngine } from '../../../electron/engine/engine.ts';
import { makeWorkspace, type Workspace } from '../../support/workspace.ts';
import { noHooks } from '../../../shared/model/hooks.ts';

const caller = { tenant: 'default', actor: 'test' };

async function start(workspace: Workspace, secrets?: { passphrase: string }): Promise<ServedEngine & AsyncDisposable> {
  const options = { home: join(workspace.home, 'holdfast'), caller, version: '0', onNotice: () => undefined };
  const engine = await serveEngine({ ...options, ...(secrets !== undefined && { secrets }) });
  return { ...engine, [Symbol.asyncDispose]: () => engine.close() };
}

/** What a screen would hold: the state with all deltas up to now. */
class Screen implements AsyncDisposable {
  readonly #abort = new AbortController();
  readonly #waiting: (() => void)[] = [];
  readonly #reading: Promise<void>;
  state: LiveState | null = null;
  readonly sequences: number[] = [];

  constructor(engine: ServedEngine) {
    this.#reading = this.#read(engine);
  }

  async until(holds: (state: LiveState) => boolean): Promise<LiveState> {
    for (;;) {
      if (this.state !== null && holds(this.state)) return structuredClone(this.state);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#reading.catch(() => undefined);
  }

  async #read({ client }: ServedEngine): Promise<void> {
    for await (const event of await client.live.watch({}, { signal: this.#abort.signal })) {
      this.#apply(event);
      this.#waiting.splice(0).forEach((wake) => wake());
    }
  }

  #apply(event: LiveEvent): void {
    this.sequences.push(event.sequence);
    if (event.type === 'state') this.state = event.state;
    if (event.type === 'delta') event.changes.forEach((change) => this.#change(change));
  }

  #change({ collection, key, value }: LiveChange): void {
    const entries = this.state?.[collection] as Record<string, unknown>;
    if (value === null) delete entries[key];
    else entries[key] = value;
  }
}

async function drain(events: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of events);
}

describe('the live state of an engine', () => {
  test('follows a first protection from an empty console to a source with a good snapshot', async () => {
    await using workspace = await makeWorkspace();
    await using engine = await start(workspace);
    await using screen = new Screen(engine);
    const empty = await screen.until((state) => state.engine['engine'] !== undefined);
    expect(empty).toMatchObject({ repositories: {}, sources: {}, jobs: {} });

    const { password, repository: location } = workspace;
    const { repository } = await engine.client.repositories.create({ location, password });
    expect(repository).toMatchObject({ primary: true, state: 'open', problem: null, remembered: false });
    const folder = await workspace.folder('papers');
    writeFileSync(join(folder, 'letter'), 'dear');
    const source = {
      kind: 'folder' as const,
      name: 'papers',
      paths: [folder],
      excludes: [],
      excludeCaches: false,
      excludeLargerThanBytes: null,
      oneFileSystem: false,
      commands: noHooks,
      tags: [],
      rpoMs: null,
    };
    const access = { id: repository.id };
    expect(await engine.client.sources.add({ repository: access, source })).toMatchObject({ saved: true });
    const waiting = await screen.until((state) => state.sources['papers'] !== undefined);
    expect(waiting.sources['papers']).toMatchObject({ snapshots: 0, newest: null, lastRun: null });

    await drain(await engine.client.protection.protect({ repository: access, registered: 'papers' }));
    const done = await screen.until(({ sources }) => (sources['papers']?.newestGood ?? null) !== null);
    expect(done.sources['papers']).toMatchObject({ snapshots: 1, files: 1, bytes: 4, lastRun: { state: 'done' } });
    const counted = await screen.until((state) => state.repositories[repository.id]?.snapshots === 1);
    expect(counted.repositories[repository.id]?.revision).toBeGreaterThan(repository.revision);
    const kinds = Object.values(done.jobs).map(({ kind }) => kind);
    expect(kinds).toContain('protect');
    expect(screen.sequences).toEqual(screen.sequences.toSorted((a, b) => a - b));
  });

  test('shows a job while it runs, with numbers that only grow', async () => {
    await using workspace = await makeWorkspace();
    await using engine = await start(workspace);
    const { password, repository: location } = workspace;
    const { repository } = await engine.client.repositories.create({ location, password });
    const folder = await workspace.folder('many');
    for (let file = 0; file < 3_000; file++) writeFileSync(join(folder, `file-${file}`), `${file}`.repeat(500));
    await using screen = new Screen(engine);
    const running = drain(
      await engine.client.protection.protect({ repository: { id: repository.id }, paths: [folder] }),
    );
    const started = await screen.until(({ jobs }) => Object.values(jobs).some(({ kind }) => kind === 'protect'));
    const id = Object.values(started.jobs).find(({ kind }) => kind === 'protect')?.id ?? '';
    await running;
    const ended = await screen.until(({ jobs }) => jobs[id]?.state === 'done');
    expect(ended.jobs[id]?.progress?.doneItems).toBeGreaterThanOrEqual(3_000);
  });

  test('keeps tenants apart', async () => {
    await using workspace = await makeWorkspace();
    await using engine = await start(workspace);
    const { password, repository: location } = workspace;
    await engine.client.repositories.create({ location, password });
    await engine.client.tenants.add({ tenant: 'other' });
    await engine.close();
    const options = { home: join(workspace.home, 'holdfast'), version: '0', onNotice: () => undefined };
    const other = await serveEngine({ ...options, caller: { tenant: 'other', actor: 'test' } });
    expect(await other.client.repositories.list({})).toEqual({ repositories: [] });
    await other.close();
  });
});

describe('a connected repository', () => {
  test('is locked for the next engine, until its password is entered', async () => {
    await using workspace = await makeWorkspace();
    const { password, repository: location } = workspace;
    const first = await start(workspace);
    const { repository } = await first.client.repositories.create({ location, password });
    await first.close();
    await using engine = await start(workspace);
    const access = { id: repository.id };
    expect((await engine.client.repositories.list({})).repositories).toMatchObject([{ state: 'locked' }]);
    await expect(engine.client.snapshots.list({ repository: access })).rejects.toMatchObject({
      code: 'PASSWORD_NEEDED',
    });
    await expect(engine.client.repositories.unlock({ ...access, password: 'wrong' })).rejects.toMatchObject({
      code: 'WRONG_PASSWORD',
    });
    await engine.client.repositories.unlock({ ...access, password });
    expect(await engine.client.snapshots.list({ repository: access })).toMatchObject({ snapshots: [] });
    await engine.client.repositories.lock(access);
    await expect(engine.client.snapshots.list({ repository: access })).rejects.toMatchObject({
      code: 'PASSWORD_NEEDED',
    });
  });

  test('opens by itself where its password is remembered under a passphrase, and nowhere else', async () => {
    await using workspace = await makeWorkspace();
    const { password, repository: location } = workspace;
    const first = await start(workspace, { passphrase: 'of the machine' });
    const { repository } = await first.client.repositories.create({ location, password, remember: true });
    await first.close();
    await expect(start(workspace, { passphrase: 'another' })).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
    await using engine = await start(workspace, { passphrase: 'of the machine' });
    expect(await engine.client.snapshots.list({ repository: { id: repository.id } })).toMatchObject({ snapshots: [] });
    const files = readdirSync(workspace.home, { recursive: true, encoding: 'utf8', withFileTypes: true });
    const texts = files.filter((file) => file.isFile()).map((file) => readFileSync(join(file.parentPath, file.name)));
    expect(texts.filter((text) => text.includes(password))).toEqual([]);
  });

  test('that is gone is told as such, and is there again when it is back', async () => {
    await using workspace = await makeWorkspace();
    const { password, repository: location } = workspace;
    await using engine = await start(workspace);
    const { repository } = await engine.client.repositories.create({ location, password });
    await using screen = new Screen(engine);
    renameSync(location, `${location}-away`);
    await screen.until((state) => state.repositories[repository.id]?.state === 'unreachable');
    renameSync(`${location}-away`, location);
    await screen.until((state) => state.repositories[repository.id]?.state === 'open');
  });

  test('is not taken for another one that lies under its path', async () => {
    await using workspace = await makeWorkspace();
    const { password, repository: location } = workspace;
    const first = await start(workspace);
    const { repository } = await first.client.repositories.create({ location, password });
    await first.close();
    renameSync(location, `${location}-away`);
    await using engine = await start(workspace);
    await engine.client.repository.init({ repository: { location, password } });
    const unlocking = engine.client.repositories.unlock({ id: repository.id, password });
    await expect(unlocking).rejects.toMatchObject({ code: 'REPOSITORY_REPLACED' });
  });

  test('is looked at before it is made: nothing, an empty folder, other things, a repository', async () => {
    await using workspace = await makeWorkspace();
    await using engine = await start(workspace);
    const look = async (location: string) => (await engine.client.repositories.inspect({ location })).kind;
    const place = workspace.path('place');
    expect(await look(place)).toBe('missing');
    mkdirSync(place);
    expect(await look(place)).toBe('empty');
    writeFileSync(join(place, 'note'), '');
    expect(await look(place)).toBe('occupied');
    expect(await look(join(place, 'note'))).toBe('unusable');
    await engine.client.repositories.create({ location: workspace.repository, password: 'p' });
    expect(await look(workspace.repository)).toBe('repository');
  });
});

describe('a repository that is disconnected while its password is tried', () => {
  test('is not opened, and its password is not kept', async () => {
    await using workspace = await makeWorkspace();
    const { password, repository: location } = workspace;
    const first = await start(workspace, { passphrase: 'of the machine' });
    const { repository } = await first.client.repositories.create({ location, password });
    await first.close();
    await using engine = await start(workspace, { passphrase: 'of the machine' });
    const unlocking = engine.client.repositories.unlock({ id: repository.id, password, remember: true });
    await engine.client.repositories.disconnect({ id: repository.id });
    await expect(unlocking).rejects.toMatchObject({ code: 'CONNECTION_UNKNOWN' });
    expect(await engine.client.repositories.list({})).toEqual({ repositories: [] });
  });
});
