/** Sources that are held together, with hooks that are real programs, and with captures that end when the test says so. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Quiesce } from '../../../electron/engine/protection/hooks.ts';
import { Together } from '../../../electron/engine/protection/together.ts';
import type { TogetherMember } from '../../../electron/engine/protection/together-member.ts';
import { noHooks, type Hook, type Hooks } from '../../../shared/model/hooks.ts';

let root: string;
beforeAll(() => void (root = mkdtempSync(join(tmpdir(), 'holdfast-together-'))));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const shell = (script: string): Hook => ({ kind: 'shell', script, timeoutMs: 60_000 });
let scenes = 0;

class Scene {
  readonly #notes = join(root, `notes-${++scenes}`);
  readonly stop = new AbortController();
  readonly notices: string[] = [];
  readonly together: Together;
  #running: Promise<void> | null = null;

  constructor({
    limitMs = 600_000,
    patienceMs = 60_000,
  }: { readonly limitMs?: number; readonly patienceMs?: number } = {}) {
    this.together = new Together({
      limitMs,
      patienceMs,
      nowMs: Date.now,
      onNotice: (text) => void this.notices.push(text),
      onStage: () => undefined,
    });
  }

  /** Hooks that note themselves; null: it has none. */
  add(
    name: string,
    hooks: Partial<Hooks> | null = {},
    { isLate = false, obstacle = null as string | null } = {},
  ): TogetherMember {
    const ears = { onNotice: (text: string) => void this.notices.push(text), onProgress: () => undefined };
    const usual = { before: shell(this.note('freeze', name)), after: shell(this.note('thaw $HOLDFAST_STATUS', name)) };
    const quiesce: Quiesce | null = hooks && {
      ...noHooks,
      maximumHoldMs: 600_000,
      ...usual,
      ...hooks,
      source: name,
      run: `run of ${name}`,
      obstacle,
      onInstances: null,
      freeze: { begin: () => Promise.resolve(), end: () => Promise.resolve() },
      log: () => undefined,
    };
    return this.together.add(name, quiesce, { ears, isLate });
  }

  note(what: string, name: string): string {
    return `echo "${what} ${name}" >> '${this.#notes}'`;
  }

  run(): Promise<void> {
    this.#running ??= this.together.run(this.stop.signal);
    return this.#running;
  }

  noted(): string[] {
    return existsSync(this.#notes) ? readFileSync(this.#notes, 'utf8').trim().split('\n') : [];
  }
}

/** Takes its point once it may, and ends. */
async function taking(
  member: TogetherMember,
  { signal }: AbortController,
  until: Promise<void> = Promise.resolve(),
): Promise<void> {
  await member.begin(signal);
  await until;
  await member.captured('complete');
  await member.ended('complete', 'a snapshot');
}

const momentOf = (member: TogetherMember) => member.record.moment?.moment;

describe('sources that are held together', () => {
  test('hold until the last of them has its point, and are let go in reverse', async () => {
    const scene = new Scene();
    const [one, two, three] = [scene.add('one'), scene.add('two', null), scene.add('three')];
    const slow = Promise.withResolvers<void>();
    const all = [
      taking(one, scene.stop),
      taking(two, scene.stop, slow.promise),
      taking(three, scene.stop),
      scene.run(),
    ];
    await Promise.all([one.over, three.over]);
    expect(scene.noted()).toEqual(['freeze one', 'freeze three']);
    slow.resolve();
    await Promise.all(all);
    expect(scene.noted()).toEqual(['freeze one', 'freeze three', 'thaw complete three', 'thaw complete one']);
    expect([one, two, three].map(momentOf)).toEqual(['same', 'within', 'same']);
    expect(one.outcome).toMatchObject({ consistency: 'application', problem: null, moment: { moment: 'same' } });
  });

  test('wait for one that gets ready, and hold nothing for one that cannot be had', async () => {
    const scene = new Scene();
    const [one, gone] = [scene.add('one'), scene.add('gone')];
    const all = [taking(one, scene.stop), scene.run()];
    await new Promise((resolve) => setImmediate(resolve));
    expect(scene.noted()).toEqual([]);
    await gone.ended('failed', null);
    await Promise.all(all);
    expect(scene.noted()).toEqual(['freeze one', 'thaw complete one']);
    expect(gone.record).toMatchObject({ heldFromMs: null, moment: null });
  });

  test('hold one that begins late as well, and whose place others wait for does not wait for them', async () => {
    const scene = new Scene();
    const [one, late] = [scene.add('one'), scene.add('late', {}, { isLate: true })];
    const running = scene.run();
    // It ends before the late one has begun.
    await taking(one, scene.stop);
    expect(scene.noted()).toEqual(['freeze one', 'freeze late']);
    await Promise.all([taking(late, scene.stop), running]);
    expect(scene.noted().slice(2)).toEqual(['thaw complete late', 'thaw complete one']);
    expect([one, late].map(momentOf)).toEqual(['same', 'same']);
  });

  test.each([
    ['all of them may be', { limitMs: 1_000 }, {}],
    ['one of them may be', {}, { maximumHoldMs: 1_000 }],
  ])('are let go in reverse after as long as %s, and what has no point is apart', async (_what, limit, hooks) => {
    const scene = new Scene(limit);
    const [one, slow] = [scene.add('one', hooks), scene.add('slow')];
    const all = [taking(one, scene.stop), taking(slow, scene.stop, scene.together.released), scene.run()];
    await Promise.all(all);
    expect(scene.noted()).toEqual(['freeze one', 'freeze slow', 'thaw hold-limit slow', 'thaw complete one']);
    expect([one, slow].map(momentOf)).toEqual(['same', 'apart']);
    expect(slow.outcome).toMatchObject({ consistency: 'crash', problem: expect.stringContaining('1 s') as string });
    expect(scene.notices.join(' ')).toContain('not read by then: slow');
  });

  test.each([
    ['fails', { before: shell('exit 3') }, {}],
    ['cannot be held before all have held too long', { before: shell('sleep 600') }, { limitMs: 1_000 }],
  ])('are let go at once where one %s, and go on by themselves', async (_what, hooks, limit) => {
    const scene = new Scene(limit);
    const [one, two, three] = [scene.add('one'), scene.add('two', hooks), scene.add('three')];
    await Promise.all([one, two, three].map((member) => taking(member, scene.stop)).concat(scene.run()));
    expect(scene.noted().slice(0, 3)).toEqual(['freeze one', 'thaw before-failed two', 'thaw failed one']);
    expect(scene.noted().slice(3).toSorted()).toEqual([
      'freeze one',
      'freeze three',
      'thaw complete one',
      'thaw complete three',
    ]);
    expect([one, two, three].map(momentOf)).toEqual(['apart', 'apart', 'apart']);
    expect([one, two, three].map(({ outcome }) => outcome.consistency)).toEqual([
      'application',
      'crash',
      'application',
    ]);
  });

  test('are not held at all where it is known that one cannot be', async () => {
    const scene = new Scene();
    const [one, two] = [scene.add('one'), scene.add('two', {}, { obstacle: 'Its hooks are not approved.' })];
    await Promise.all([taking(one, scene.stop), taking(two, scene.stop), scene.run()]);
    expect(scene.noted()).toEqual(['freeze one', 'thaw complete one']);
    expect(two.record.moment?.reason).toContain('two could not be held, so nothing was taken at one moment. Its hooks');
  });

  test.each(['while the second is being frozen', 'while all are held'])(
    'are let go in reverse when told to stop %s',
    async (when) => {
      const scene = new Scene();
      const freezing = { before: shell(`${scene.note('freeze', 'two')}; sleep 600`) };
      const [one, two] = [scene.add('one'), scene.add('two', when.includes('frozen') ? freezing : {})];
      const never = new Promise<void>(() => undefined);
      const run = scene.run();
      const all = [one, two].map(async (member) => {
        try {
          await member.begin(scene.stop.signal);
          await never;
        } finally {
          await member.ended('cancelled', null);
        }
      });
      for (const ending of all) ending.catch(() => undefined);
      while (scene.noted().length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
      scene.stop.abort(new Error('enough'));
      await run;
      expect(scene.noted().slice(-2)).toEqual(['thaw cancelled two', 'thaw cancelled one']);
    },
  );

  test('do not stay held for a hook that hangs when it should let go', async () => {
    const scene = new Scene({ patienceMs: 50 });
    const hangs = scene.add('hangs', { after: { ...shell('sleep 600'), timeoutMs: 3_000 } });
    const one = scene.add('one');
    // In reverse, the one that hangs comes first.
    const last = scene.add('last', { after: { ...shell('sleep 600'), timeoutMs: 3_000 } });
    const all = [hangs, one, last].map((member) => taking(member, scene.stop));
    const run = scene.run();
    while (!scene.noted().includes('thaw complete one')) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(last.record.heldToMs).toBeNull();
    await Promise.all([...all, run]);
    expect(last.outcome.problem).toContain('took longer than 3 s');
  });

  test('are within the time that a hook has made them before, where none lets go of them', async () => {
    const scene = new Scene();
    const [dump, one] = [scene.add('dump', { after: null }), scene.add('one', null)];
    await Promise.all([taking(dump, scene.stop), taking(one, scene.stop), scene.run()]);
    expect(momentOf(dump)).toBe('within');
    expect(dump.outcome).toMatchObject({ consistency: 'application' });
  });
});
