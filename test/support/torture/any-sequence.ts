/**
 * A repository that goes through a random sequence of protect, forget, prune, hold and crashes, beside a model of what
 * has to be in it: how each source looked at each snapshot, which of them are good, and which are held.
 */
// oxlint-disable vitest/no-standalone-expect -- a test calls these methods
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { openEngine, type Engine } from '../../../electron/engine/engine.ts';
import { protectFolders } from '../../../electron/engine/protection/protect.ts';
import type { Backend } from '../../../electron/engine/repository/backend/backend.ts';
import { LocalBackend } from '../../../electron/engine/repository/backend/local.ts';
import { lockRepository } from '../../../electron/engine/repository/lock.ts';
import { openRepository, type Repository } from '../../../electron/engine/repository/repository.ts';
import { forgetSnapshots } from '../../../electron/engine/repository/upkeep/forget.ts';
import { pruneRepository } from '../../../electron/engine/repository/upkeep/prune.ts';
import type { Caller } from '../../../shared/contract/common.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { RetentionRules } from '../../../shared/model/retention.ts';
import { describeTree, diffTrees, type TreeDescription } from '../describe-tree.ts';
import { noise } from '../odd-tree.ts';
import { readRepository } from '../restic-reader.ts';
import { createRepository, sha256, type ResticRepository } from '../restic-repository.ts';
import { storedNames } from '../upkeep-repository.ts';
import type { Workspace } from '../workspace.ts';
import { breaking } from './breaking-backend.ts';
import type { Round } from './rounds.ts';
import { resultOf } from './victim.ts';

const caller: Caller = { tenant: 'default', actor: 'test' };

type Source = {
  readonly name: string;
  /** The second one is away now and then, which makes the run partial. */
  readonly folders: readonly [string, string];
};

type Taken = {
  readonly id: string;
  readonly source: string;
  readonly good: boolean;
  readonly tag: string;
  readonly content: ReadonlyMap<string, string>;
  /** What a restore is held against. */
  readonly trees: ReadonlyMap<string, TreeDescription>;
};

/** What a protect would store now. */
type Look = Omit<Taken, 'id'>;

export class AnySequence {
  readonly #workspace: Workspace;
  readonly #round: Round;
  readonly #location: string;
  readonly #stored: ResticRepository;
  readonly #sources: readonly Source[];
  #engine: Engine | null = null;
  /** Oldest first. */
  #taken: Taken[] = [];
  readonly #held = new Set<string>();
  #files = 0;
  /** For a failure to name. */
  readonly history: string[] = [];

  constructor(workspace: Workspace, round: Round) {
    this.#workspace = workspace;
    this.#round = round;
    const root = workspace.path(`round-${round.number}`);
    this.#location = join(root, 'repository');
    this.#stored = createRepository(this.#location, { password: workspace.password, scrypt: { N: 1024, r: 8, p: 1 } });
    this.#sources = ['alpha', 'beta'].map((name) => {
      const folders = [join(root, name, 'main'), join(root, name, 'more')] as const;
      for (const folder of folders) {
        mkdirSync(join(folder, 'below'), { recursive: true });
        for (let file = 0; file < 3; file++) this.#write(folder);
      }
      return { name, folders };
    });
  }

  /** Some good snapshots of each source, so that there is something to lose. */
  async begin(): Promise<void> {
    const { client } = await this.#open();
    for (const source of [...this.#sources, ...this.#sources]) {
      await this.change(source);
      const look = this.#look(source, source.folders);
      const input = { repository: this.#access(), paths: [...source.folders], source: source.name, tags: [look.tag] };
      const { snapshot } = await resultOf(client.protection.protect(input));
      this.#taken.push({ id: snapshot, ...look });
    }
    // One that may be partial on top: what retention must not rely on.
    for (const source of this.#sources) await this.protect(source);
    this.#expectStored();
  }

  /** One step of any kind, and then everything that has to hold is looked at. */
  async step(): Promise<void> {
    const { pick } = this.#round;
    const step = pick(steps);
    const before = [...this.#taken];
    await this[step](pick(this.#sources));
    this.#expectRules(before);
    this.#expectStored();
  }

  /** The last good snapshots and any other come back through the engine, byte for byte; restic finds no fault. */
  async end(): Promise<void> {
    for (const source of this.#sources) {
      await this.protect(source);
      const before = [...this.#taken];
      await this.forget(source, { last: 1 });
      this.#expectRules(before);
    }
    const { client } = await this.#open();
    const repository = this.#access();
    const lastGood = this.#lastGood();
    const any = this.#round.pick(this.#taken);
    for (const { id, trees } of this.#taken.filter((taken) => lastGood.has(taken.id) || taken === any)) {
      const target = this.#workspace.path('restored');
      await resultOf(client.recovery.restore({ repository, selections: [id], target, verify: false }));
      for (const [folder, tree] of trees) {
        const back = describeTree(join(target, folder), { attributes: false });
        expect(diffTrees(tree, back, {})).toEqual([]);
      }
      rmSync(target, { recursive: true, force: true });
    }
    await resultOf(client.upkeep.prune({ repository, maxUnused: { bytes: 0 } }));
    this.#expectStored();
    expect(storedNames(this.#location, 'locks')).toEqual([]);
    const { stdout } = await this.#workspace.mustRestic(['check', '--read-data'], {
      env: { RESTIC_REPOSITORY: this.#location },
    });
    expect(stdout).toContain('no errors were found');
    await this.close();
  }

  async close(): Promise<void> {
    await this.#engine?.close();
    this.#engine = null;
  }

  // Steps

  async change({ folders }: Source): Promise<void> {
    const { below, pick } = this.#round;
    for (let changes = below(4); changes >= 0; changes--) {
      const folder = pick(folders);
      const names = readdirSync(folder).filter((name) => name.startsWith('file'));
      if (below(3) === 0 && names.length > 1) rmSync(join(folder, pick(names)));
      else this.#write(folder);
    }
    this.#note('changed a source');
  }

  async protect(source: Source): Promise<void> {
    await this.#away(source, async (paths) => {
      const look = this.#look(source, paths);
      const { client } = await this.#open();
      const input = { repository: this.#access(), paths: [...source.folders], source: source.name, tags: [look.tag] };
      const result = await resultOf(client.protection.protect({ ...input, force: this.#round.below(3) === 0 }));
      this.#note(`protected ${source.name}: ${result.status}`);
      expect(result.status).toBe(look.good ? 'complete' : 'partial');
      this.#taken.push({ id: result.snapshot, ...look });
    });
  }

  async protectBroken(source: Source): Promise<void> {
    await this.#away(source, async (paths) => {
      const look = this.#look(source, paths);
      const failure = await this.#broken(7, (open) =>
        protectFolders({
          open,
          caller,
          paths: source.folders,
          nowMs: Date.now,
          source: source.name,
          excludes: [],
          excludeCaches: false,
          excludeLargerThanBytes: undefined,
          oneFileSystem: false,
          tags: [look.tag],
          allowEmpty: false,
          allowUnmounted: false,
          force: false,
          home: this.#workspace.home,
          ...silent,
        }),
      );
      this.#adopt(look);
      this.#note(`protect of ${source.name} ${failure}`);
    });
  }

  async protectKilled(source: Source): Promise<void> {
    await this.#away(source, async (paths) => {
      const look = this.#look(source, paths);
      const args = ['protect', ...source.folders, '--source', source.name, '--tag', look.tag];
      await this.#killed(args);
      this.#adopt(look);
    });
  }

  async forget({ name }: Source, rules = this.#rules()): Promise<void> {
    const doomed = this.#doomedBy(rules, name);
    const { client } = await this.#open();
    const input = { repository: this.#access(), source: name };
    const given = {
      last: rules.last,
      ...(rules.tags === undefined ? {} : { tags: rules.tags.map((list) => [...list]) }),
    };
    const { removed } = await resultOf(client.upkeep.forget({ ...input, rules: given }));
    this.#note(`forgot ${removed.length} of ${name} by ${JSON.stringify(rules)}`);
    expect([...removed].sort()).toEqual([...doomed].sort());
    this.#taken = this.#taken.filter(({ id }) => !doomed.has(id));
  }

  async forgetOne(): Promise<void> {
    if (this.#taken.length === 0) return;
    const { id } = this.#round.pick(this.#taken);
    const refusal = this.#held.has(id) ? 'SNAPSHOT_HELD' : this.#lastGood().has(id) ? 'LAST_GOOD_SNAPSHOT' : null;
    const { client } = await this.#open();
    const forgetting = resultOf(client.upkeep.forget({ repository: this.#access(), snapshots: [id] }));
    this.#note(`forget of ${id.slice(0, 8)}: ${refusal ?? 'done'}`);
    if (refusal !== null) await expect(forgetting).rejects.toMatchObject({ code: refusal });
    else {
      expect((await forgetting).removed).toEqual([id]);
      this.#taken = this.#taken.filter((taken) => taken.id !== id);
    }
  }

  async forgetBroken({ name }: Source): Promise<void> {
    const rules = this.#rules();
    const doomed = this.#doomedBy(rules, name);
    const failure = await this.#broken(4, async (open) =>
      forgetSnapshots({
        repository: await open(),
        caller,
        snapshots: [],
        source: name,
        rules,
        allowLast: false,
        lockOf: () => null,
        clearedSuspects: new Set(),
        outdatedConfigurations: [],
        held: new Map([...this.#held].map((id) => [id, { reason: 'held', author: 'test' }])),
        dryRun: false,
        now: Date.now,
        onPlan: () => undefined,
        onRemoved: () => undefined,
        ...silent,
      }),
    );
    this.#dropGone(doomed);
    this.#note(`forget of ${name} ${failure}`);
  }

  async forgetKilled({ name }: Source): Promise<void> {
    const doomed = this.#doomedBy({ last: 1 }, name);
    await this.#killed(['forget', '--source', name, '--keep-last', '1']);
    this.#dropGone(doomed);
  }

  async prune(): Promise<void> {
    const { client } = await this.#open();
    const { removedPacks } = await resultOf(
      client.upkeep.prune({ repository: this.#access(), maxUnused: { bytes: 0 } }),
    );
    this.#note(`pruned ${removedPacks} packs`);
  }

  async pruneBroken(): Promise<void> {
    const failure = await this.#broken(10, (open) =>
      pruneRepository({
        open,
        dryRun: false,
        maxUnused: { bytes: 0 },
        maxRepackBytes: Infinity,
        waitMs: 0,
        onPlan: () => undefined,
        ...silent,
      }),
    );
    this.#note(`prune ${failure}`);
  }

  async pruneKilled(): Promise<void> {
    await this.#killed(['prune', '--max-unused', '0']);
  }

  async hold(): Promise<void> {
    if (this.#taken.length === 0) return;
    const { id } = this.#round.pick(this.#taken);
    const { client } = await this.#open();
    await client.holds.hold({ repository: this.#access(), snapshot: id, reason: 'held' });
    this.#held.add(id);
    this.#note(`held ${id.slice(0, 8)}`);
  }

  async release(): Promise<void> {
    const [id] = this.#held;
    if (id === undefined) return;
    const { client } = await this.#open();
    await client.holds.release({ repository: this.#access(), snapshot: id });
    this.#held.delete(id);
    this.#note(`released ${id.slice(0, 8)}`);
  }

  // What has to hold

  /** Rule 2, whatever the step was: the last good snapshot of a source stays, and so does what was held. */
  #expectRules(before: readonly Taken[]): void {
    const there = new Set(storedNames(this.#location, 'snapshots'));
    for (const { name } of this.#sources) {
      const last = before.findLast(({ source, good }) => source === name && good);
      if (last !== undefined) expect(there, `the last good snapshot of ${name}`).toContain(last.id);
    }
    for (const id of this.#held) expect(there, 'a held snapshot').toContain(id);
  }

  /** Rules 1 and 4: all that the model knows is there, whole, called what it is, and nothing names what is not there. */
  #expectStored(): void {
    const { snapshots, faults } = readRepository(this.#location, this.#stored.master);
    expect(faults).toEqual([]);
    const own = [...snapshots.values()].filter(({ tags }) => !tags.includes('holdfast:kind=configuration'));
    expect(own.map(({ id }) => id).sort()).toEqual(this.#taken.map(({ id }) => id).sort());
    for (const { id, source, good, content } of this.#taken) {
      const { tags = [], content: stored = new Map<string, string>() } = snapshots.get(id) ?? {};
      expect(tags).toContain(`holdfast:source=${source}`);
      expect(tags).toContain(`holdfast:status=${good ? 'complete' : 'partial'}`);
      const below = [...stored].filter(([path]) =>
        path.startsWith(this.#workspace.path(`round-${this.#round.number}`)),
      );
      expect(Object.fromEntries(below)).toMatchObject(Object.fromEntries(content));
      expect(below.filter(([, what]) => what !== 'folder')).toHaveLength(content.size);
    }
  }

  #lastGood(): ReadonlySet<string> {
    const ids = this.#sources.map(({ name }) => this.#taken.findLast((one) => one.source === name && one.good)?.id);
    return new Set(ids.filter((id) => id !== undefined));
  }

  #doomedBy({ last = 0, tags = [] }: RetentionRules, name: string): ReadonlySet<string> {
    const own = this.#taken.filter(({ source }) => source === name);
    const kept = new Set([
      ...own.slice(Math.max(0, own.length - Number(last))).map(({ id }) => id),
      ...this.#lastGood(),
      ...this.#held,
    ]);
    const goes = ({ id, tag }: Taken): boolean => !kept.has(id) && !tags.some((list) => list.includes(tag));
    return new Set(own.filter(goes).map(({ id }) => id));
  }

  #rules(): RetentionRules & { readonly last: number } {
    const { below, pick } = this.#round;
    return { last: pick([1, 1, 1, 2, 3]), ...(below(4) === 0 ? { tags: [[pick(tags)]] } : {}) };
  }

  // How steps are done

  /** With the second folder somewhere else, in every other run. */
  async #away(source: Source, body: (paths: readonly string[]) => Promise<void>): Promise<void> {
    const [main, more] = source.folders;
    if (this.#round.below(2) > 0) return body(source.folders);
    renameSync(more, `${more}-away`);
    try {
      await body([main]);
    } finally {
      renameSync(`${more}-away`, more);
    }
  }

  #look(source: Source, paths: readonly string[]): Look {
    const content = new Map<string, string>();
    for (const folder of paths) {
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        if (!name.includes('file')) continue;
        content.set(join(folder, name), sha256(readFileSync(join(folder, name))));
      }
    }
    const trees = new Map(paths.map((path) => [path, describeTree(path, { attributes: false })]));
    const good = paths.length === source.folders.length;
    return { source: source.name, good, tag: this.#round.pick(tags), content, trees };
  }

  #write(folder: string): void {
    const { below } = this.#round;
    const bytes = noise(1 + below(below(8) === 0 ? 1_500_000 : 5000), `${this.#round.seed} ${this.#files}`);
    writeFileSync(join(folder, below(3) === 0 ? 'below' : '', `file-${this.#files++ % 6}`), bytes);
  }

  /** The repository fails at a random change, and from then on in everything. Says how it went. */
  async #broken(changes: number, run: (open: () => Promise<Repository>) => Promise<unknown>): Promise<string> {
    const after = this.#round.below(changes);
    const isDone = this.#round.below(2) === 0;
    const wrap = (backend: Backend): Backend => breaking(backend, { after, isDone });
    const open = () => openRepository(wrap(new LocalBackend(this.#location)), this.#workspace.password);
    const failure = await run(open).catch((error: unknown) => error);
    if (!(failure instanceof Error)) return `came to its end before change ${after}`;
    expect(failure, String(failure)).toBeInstanceOf(HoldfastError);
    return `stopped at change ${after}${isDone ? ', which was done' : ''}`;
  }

  /** A process of another console is killed at any moment. */
  async #killed(args: readonly string[]): Promise<void> {
    // Otherwise what this process has left would keep that one waiting.
    const repository = await openRepository(new LocalBackend(this.#location), this.#workspace.password);
    await (await lockRepository(repository, { exclusive: true })).release();
    const env = { HOLDFAST_HOME: this.#workspace.path('other-home'), HOLDFAST_REPOSITORY: this.#location };
    const running = this.#workspace.startHoldfast(args, { env });
    const changed = this.#changes();
    const wait = this.#round.below(60);
    const ended = running.finished.then(() => true);
    // From when it begins to write, which is where the danger is; the random wait leads anywhere into the rest.
    while (!(await Promise.race([ended, sleep(5, false)]))) if (this.#changes() !== changed) break;
    await Promise.race([ended, sleep(wait)]);
    running.signal('SIGKILL');
    const { signal } = await running.finished;
    this.#note(`${args[0]} ${signal === null ? 'came to its end' : `killed ${wait} ms after its first change`}`);
  }

  /** Changes whenever something comes or goes. */
  #changes(): string {
    return (['locks', 'index', 'snapshots'] as const).map((type) => storedNames(this.#location, type).join()).join();
  }

  /** A run that did not end may have taken its snapshot all the same; then it has to be the one meant. */
  #adopt(look: Look): void {
    const known = new Set(this.#taken.map(({ id }) => id));
    const { snapshots } = readRepository(this.#location, this.#stored.master);
    const fresh = [...snapshots.values()].filter(
      ({ id, tags }) => !known.has(id) && !tags.includes('holdfast:kind=configuration'),
    );
    expect(fresh.length).toBeLessThan(2);
    for (const { id } of fresh) this.#taken.push({ id, ...look });
  }

  #dropGone(doomed: ReadonlySet<string>): void {
    const there = new Set(storedNames(this.#location, 'snapshots'));
    this.#taken = this.#taken.filter(({ id }) => there.has(id) || !doomed.has(id));
  }

  async #open(): Promise<Engine> {
    const home = this.#workspace.path('home', `round-${this.#round.number}`);
    return (this.#engine ??= await openEngine({ home, caller, version: 'test', onNotice: () => undefined }));
  }

  #access(): { readonly location: string; readonly password: string } {
    return { location: this.#location, password: this.#workspace.password };
  }

  #note(text: string): void {
    this.history.push(text);
  }
}

const tags = ['red', 'green', 'blue'] as const;

/** Those that come more often stand here more than once. */
const steps = [
  'change',
  'protect',
  'protect',
  'protect',
  'protectBroken',
  'protectBroken',
  'protectKilled',
  'forget',
  'forget',
  'forget',
  'forgetOne',
  'forgetBroken',
  'forgetKilled',
  'prune',
  'pruneBroken',
  'pruneBroken',
  'pruneKilled',
  'hold',
  'hold',
  'release',
] as const;

const silent = {
  signal: new AbortController().signal,
  onProgress: () => undefined,
  onIssue: () => undefined,
  onNotice: () => undefined,
};
