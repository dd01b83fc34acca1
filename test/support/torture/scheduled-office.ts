/**
 * An office whose engine protects three sources every day, expires their snapshots after a day and a half and prunes every
 * day, and which is killed at that. Days pass by the clock of the engine, one in each round.
 */
// oxlint-disable vitest/no-standalone-expect -- a test calls these methods
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import { openEngine, serveEngine, type ContractClient, type Engine } from '../../../electron/engine/engine.ts';
import { LocalBackend } from '../../../electron/engine/repository/backend/local.ts';
import { readFact } from '../../../electron/engine/repository/format/snapshot.ts';
import { openRepository } from '../../../electron/engine/repository/repository.ts';
import { listSnapshots } from '../../../electron/engine/repository/snapshots.ts';
import type { Job } from '../../../shared/contract/jobs.ts';
import type { ProtectionRun } from '../../../shared/contract/schedule.ts';
import { presets } from '../../../shared/model/profile-presets.ts';
import { describeTree, diffTrees, type TreeDescription } from '../describe-tree.ts';
import { expectDone } from '../expect-clean.ts';
import { noise } from '../odd-tree.ts';
import { peerVersion } from '../peers.ts';
import type { Running } from '../processes.ts';
import { storedNames } from '../upkeep-repository.ts';
import { makeWorkspace, type Workspace } from '../workspace.ts';
import { createQuickly, quickSecrets } from '../quick-keys.ts';
import type { Round } from './rounds.ts';
import { resultOf } from './victim.ts';
import { noHooks } from '../../../shared/model/hooks.ts';

export const sources = ['letters', 'papers', 'plans'] as const;
type Source = (typeof sources)[number];

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const keptHours = 36;
const caller = { tenant: 'default', actor: 'test' };
const passphrase = 'a passphrase of eleven words';
const launcherVersion = (
  JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;
/** What does not come within this time does not come at all: then it is killed at whatever it is at. */
const patienceMs = 6000;

/** What the engine is killed at: anything, the removal of snapshots, or the exchange of indexes by a prune. */
export type Moment = 'anything' | 'expiry' | 'prune';

export class ScheduledOffice implements AsyncDisposable {
  readonly #workspace: Workspace;
  /** Half a day from now, so that no day begins in the middle of a round. */
  readonly #hour = (new Date().getUTCHours() + 12) % 24;
  #day = 0;
  #engine: { readonly running: Running; readonly attached: Engine; readonly sinceMs: number } | null = null;
  /** By job, of which the engine died: what it was. */
  readonly interrupted = new Map<string, Job['kind']>();

  static async open(): Promise<ScheduledOffice> {
    const office = new ScheduledOffice(await makeWorkspace());
    await office.#setUp();
    return office;
  }

  private constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end('SIGKILL');
    await this.#workspace[Symbol.asyncDispose]();
  }

  /** The next day begins, with changes in all sources: what was stored of them is partly needed no more. */
  async nextDay({ seed, below }: Round): Promise<void> {
    this.#day += 1;
    for (const source of sources) {
      for (let change = 0; change < 15; change++)
        writeFileSync(join(this.#folder(source), `${below(60)}`), noise(20_000, `${seed} ${source} ${change}`));
    }
    // A day has passed on a machine that was not started anew: somebody has to say that its clock is right.
    expectDone(await this.#workspace.holdfast(['clock', 'confirm'], this.#options()));
  }

  /** Starts the engine and ends it without warning. */
  async kill(moment: Moment, { below }: Round): Promise<void> {
    const running = this.#workspace.startHoldfast(['serve'], this.#options());
    if (moment === 'anything') await sleep(300 + below(2500));
    else {
      await this.#removal(moment === 'expiry' ? 'snapshots' : 'index');
      await sleep(below(3) === 0 ? below(120) : 0);
    }
    running.signal('SIGKILL');
    await running.finished.catch(() => undefined);
  }

  /** Starts an engine that is left in peace, and waits until nothing is due or under way. */
  async settle(): Promise<void> {
    const running = this.#workspace.startHoldfast(['serve'], this.#options());
    const sinceMs = this.#nowMs();
    await new Promise<void>((resolve, reject) => {
      running.child.stdout?.once('data', () => resolve());
      void running.finished.then(({ stderr }) => reject(new Error(`The engine did not start: ${stderr}`)), reject);
    });
    const home = join(this.#workspace.home, 'holdfast');
    const attached = await openEngine({ home, caller, version: launcherVersion, onNotice: () => undefined });
    this.#engine = { running, attached, sinceMs };
    await this.#eventually(async () => {
      const plan = await this.#client.schedule.plan({});
      expect(plan.sources.map(({ source, due }) => [source, due])).toEqual(sources.map((source) => [source, []]));
      await this.#expectQuiet();
    });
  }

  /** Ends the engine in order. */
  async leave(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Each source has one run of the day, and no occurrence of any day has two. */
  async expectEachRunOnce(): Promise<void> {
    const occurrence = new Date(this.#occurrenceMs()).toISOString();
    for (const source of sources) {
      const good = (await this.#runs(source)).filter(({ state }) => state === 'complete');
      const due = good.map(({ dueAt }) => dueAt);
      expect(due[0], `the run of ${source} of this day`).toBe(occurrence);
      expect(new Set(due).size, `occurrences of ${source} that were answered twice`).toBe(due.length);
      expect(due.length, `days of ${source} without a run`).toBe(this.#day);
    }
  }

  /**
   * What lies in the repository is what the book says: no snapshot without a run, none of a run that did not end well,
   * none that is gone before its time, and the last good one in any case.
   */
  async expectKept(): Promise<void> {
    const stored = await this.#stored();
    for (const source of sources) {
      const runs = await this.#runs(source);
      const good = runs.filter(({ state }) => state === 'complete');
      const own = new Map([...stored].filter(([, of]) => of.source === source));
      for (const [run, { id }] of own) {
        const row = runs.find((one) => one.run === run);
        expect(row, `the run ${run} of a snapshot of ${source}`).toMatchObject({ state: 'complete', snapshot: id });
      }
      expect(own.size, 'a snapshot for each run').toBe(new Set([...own.values()].map(({ id }) => id)).size);
      const young = good.filter(({ startedAt }) => Date.parse(startedAt ?? '') > this.#nowMs() - keptHours * hourMs);
      for (const { run } of young) expect(own.has(run), `a snapshot of ${source} that is not over yet`).toBe(true);
      expect(own.has(good[0]?.run ?? ''), `the last good snapshot of ${source}`).toBe(true);
    }
  }

  /** After a run that nobody disturbed, nothing that is over is there any more, or somebody is asked; who says yes. */
  async expectExpired(): Promise<void> {
    const { reviews } = await this.#client.retention.reviews({});
    for (const { id } of reviews) await this.#client.retention.decide({ review: id, decision: 'remove' });
    for (const source of sources) {
      const [newest] = await this.#runs(source);
      const isUndisturbed = Date.parse(newest?.startedAt ?? '') >= (this.#engine?.sinceMs ?? 0);
      if (!isUndisturbed || reviews.some((review) => review.source === source)) continue;
      const keptFrom = this.#nowMs() - keptHours * hourMs;
      await this.#eventually(async () => {
        const over = [...(await this.#stored()).values()].filter(
          (one) => one.source === source && one.takenAtMs < keptFrom,
        );
        expect(over, `snapshots of ${source} that are over`).toEqual([]);
      });
    }
    await this.#eventually(() => this.#expectQuiet());
  }

  /** The last good snapshot of each source comes back as it was; no fault is found, by restic neither, and no lock is left. */
  async expectSound(): Promise<void> {
    const [connection] = (await this.#client.repositories.list({})).repositories;
    const repository = { id: connection?.id ?? '' };
    const target = this.#workspace.path('restored');
    for (const [at, source] of sources.entries()) {
      const [newest] = (await this.#runs(source)).filter(({ state }) => state === 'complete');
      const selections = [newest?.snapshot ?? ''];
      // The engine brings back each in its turn, restic the others.
      if (peerVersion('restic') === null || at === this.#day % sources.length)
        await resultOf(this.#client.recovery.restore({ repository, selections, target, verify: false }));
      else await this.#workspace.mustRestic(['restore', ...selections, '--target', target]);
      const folder = this.#folder(source);
      expect(diffTrees(describe(folder), describe(join(target, folder)), {})).toEqual([]);
      rmSync(target, { recursive: true, force: true });
    }
    const { errors } = await resultOf(this.#client.repository.check({ repository, readDataPercent: 100 }));
    expect(errors).toEqual([]);
    await this.#noteInterrupted();
    await this.leave();
    expect(storedNames(this.#workspace.repository, 'locks')).toEqual([]);
    if (peerVersion('restic') === null) return;
    const { stdout } = await this.#workspace.mustRestic(['check']);
    expect(stdout).toContain('no errors were found');
  }

  get #client(): ContractClient {
    if (this.#engine === null) throw new Error('No engine runs.');
    return this.#engine.attached.client;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const engine = this.#engine;
    this.#engine = null;
    if (engine === null) return;
    await engine.attached.close();
    engine.running.signal(signal);
    await engine.running.finished.catch(() => undefined);
  }

  async #setUp(): Promise<void> {
    writeFileSync(this.#passphraseFile, `${passphrase}\n`, { mode: 0o600 });
    const home = join(this.#workspace.home, 'holdfast');
    const engine = await serveEngine({
      home,
      caller,
      version: launcherVersion,
      onNotice: () => undefined,
      secrets: quickSecrets(home, passphrase),
    });
    try {
      const { client } = engine;
      const created = await createQuickly(client, this.#workspace, { remember: true });
      const repository = { id: created.repository.id };
      for (const name of sources) {
        const folder = await this.#workspace.folder(name);
        for (let file = 0; file < 60; file++) writeFileSync(join(folder, `${file}`), noise(20_000, `${name} ${file}`));
        await client.sources.add({ repository, source: { ...plainSource, name, paths: [folder] } });
      }
      const profile = {
        ...presets.standard,
        zone: 'UTC',
        periods: [{ ...daily, rule: { ...daily.rule, hour: this.#hour } }],
      };
      const added = await client.profiles.add({ repository, profile });
      await client.profiles.assign({ repository, scope: 'tenant', subject: '', profile: added.profile.id });
      await client.settings.set({ repository, key: 'prune.days', value: 1 });
    } finally {
      await engine.close();
    }
  }

  get #passphraseFile(): string {
    return this.#workspace.path('passphrase');
  }

  #folder(source: Source): string {
    return this.#workspace.path(source);
  }

  #options() {
    return { env: { HOLDFAST_TEST_CLOCK_DAYS: String(this.#day), HOLDFAST_PASSPHRASE_FILE: this.#passphraseFile } };
  }

  /** By the clock of the engine. */
  #nowMs(): number {
    return Date.now() + this.#day * dayMs;
  }

  /** The newest moment at which something was due. */
  #occurrenceMs(): number {
    const today = new Date(this.#nowMs()).setUTCHours(this.#hour, 0, 0, 0);
    return today <= this.#nowMs() ? today : today - dayMs;
  }

  /** Newest first. */
  async #runs(source: Source): Promise<readonly ProtectionRun[]> {
    return (await this.#client.schedule.runs({ source, limit: 1000 })).runs;
  }

  /** What lies in the repository, whatever any catalog says, by run. */
  async #stored(): Promise<
    ReadonlyMap<string, { readonly id: string; readonly source: string; readonly takenAtMs: number }>
  > {
    const repository = await openRepository(new LocalBackend(this.#workspace.repository), this.#workspace.password);
    const { snapshots } = await listSnapshots(repository);
    const taken = snapshots.filter(({ file }) => readFact(file.tags, 'kind') === undefined);
    return new Map(
      taken.map(({ id, file }) => {
        const of = { id, source: readFact(file.tags, 'source') ?? '', takenAtMs: Date.parse(file.time) };
        return [readFact(file.tags, 'run') ?? id, of];
      }),
    );
  }

  async #expectQuiet(): Promise<void> {
    const { jobs } = await this.#client.jobs.list({});
    const busy = jobs.filter(({ state }) => ['queued', 'running', 'cancelling'].includes(state));
    expect(busy.map(({ kind }) => kind)).toEqual([]);
  }

  async #noteInterrupted(): Promise<void> {
    const { jobs } = await this.#client.jobs.list({ all: true, limit: 200 });
    for (const { id, kind, state } of jobs) if (state === 'interrupted') this.interrupted.set(id, kind);
  }

  /** Until a file of the kind is taken away. */
  async #removal(type: 'snapshots' | 'index'): Promise<void> {
    const deadline = performance.now() + patienceMs;
    let before = storedNames(this.#workspace.repository, type);
    while (performance.now() < deadline) {
      const now = new Set(storedNames(this.#workspace.repository, type));
      if (before.some((name) => !now.has(name))) return;
      before = [...now];
      await sleep(1);
    }
  }

  async #eventually(check: () => Promise<void>): Promise<void> {
    await vi.waitFor(check, { timeout: 60_000, interval: 200 });
  }
}

const describe = (folder: string): TreeDescription => describeTree(folder, { attributes: false });

const plainSource = {
  kind: 'folder' as const,
  excludes: [],
  excludeCaches: false,
  excludeLargerThanBytes: null,
  oneFileSystem: false,
  commands: noHooks,
  tags: [],
  rpoMs: null,
};

const daily = {
  id: 'daily',
  name: 'Daily',
  rule: { kind: 'daily' as const, hour: 0, minute: 0 },
  keep: { count: keptHours, unit: 'hours' as const },
  minimum: 0,
  missed: 'catchUp' as const,
  quiesce: false,
  locked: false,
};
