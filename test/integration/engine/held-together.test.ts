/** Sources of a system snapshot at one moment: hooks write down what runs when, and the record is held against that. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SystemSnapshot } from '../../../shared/contract/systems.ts';
import type { Hooks } from '../../../shared/model/hooks.ts';
import { HookedSource, line } from '../../support/hooked-source.ts';

type Noted = { readonly words: string; readonly atMs: number };

/** Of one source: they write down their name and the time, and make and remove a file that says that it is frozen. */
function stamping(place: HookedSource, name: string, more: { readonly before?: string } = {}): Partial<Hooks> {
  const stamp = (words: string) => `echo "${words} $(date +%s%3N)" >> '${place.notes}'`;
  const flag = place.workspace.path(`${name}.frozen`);
  return {
    before: line(`touch '${flag}'; ${stamp(`freeze ${name}`)}; ${more.before ?? 'true'}`),
    after: line(`${stamp(`thaw ${name} $HOLDFAST_STATUS`)}; rm -f '${flag}'`),
  };
}

async function addStamping(place: HookedSource, name: string, hooks: Partial<Hooks> = stamping(place, name)) {
  const folder = await place.workspace.folder(name);
  writeFileSync(join(folder, 'file'), name);
  const source = { ...place.definition(hooks), name, paths: [folder] };
  await place.client.sources.add({ repository: { id: place.id }, source });
  return folder;
}

function notedOf(place: HookedSource): readonly Noted[] {
  return place.noted().map((text) => {
    const at = text.lastIndexOf(' ');
    return { words: text.slice(0, at), atMs: Number(text.slice(at + 1)) };
  });
}

const words = (place: HookedSource) => notedOf(place).map((one) => one.words);

type Asked = { readonly sources: string[]; readonly holdMs?: number; readonly id?: string };

async function begin(place: HookedSource, { sources, holdMs, id = place.id }: Asked) {
  return place.client.systems.take({ repository: { id }, sources, ...(holdMs === undefined ? {} : { holdMs }) });
}

async function take(place: HookedSource, asked: Asked): Promise<SystemSnapshot> {
  for await (const event of await begin(place, asked)) if (event.type === 'done') return event.result;
  throw new Error('a system snapshot ends with its result');
}

const ms = (at: string | null) => Date.parse(at ?? '');
const jobOf = async ({ client }: HookedSource) =>
  (await client.jobs.list({ all: true })).jobs.find(({ kind }) => kind === 'system');

describe('sources that are taken together', () => {
  test('are all held before any is read, and let go in reverse after the last was', async () => {
    await using place = await HookedSource.make();
    // More than are read side by side.
    const names = ['one', 'two', 'three', 'four', 'five', 'six'];
    const folders: string[] = [];
    for (const name of names) folders.push(await addStamping(place, name));
    const flags = names.map((name) => place.workspace.path(`${name}.frozen`));
    let count = 0;
    // An application that writes to all of them at once, as long as none of them is frozen.
    const writing = setInterval(() => {
      if (flags.some((flag) => existsSync(flag))) return;
      count += 1;
      for (const folder of folders) writeFileSync(join(folder, 'file'), String(count));
    }, 1);
    const system = await take(place, { sources: names }).finally(() => clearInterval(writing));
    const noted = notedOf(place);
    expect(noted.map((one) => one.words)).toEqual([
      ...names.map((name) => `freeze ${name}`),
      ...names.toReversed().map((name) => `thaw ${name} complete`),
    ]);
    expect(system).toMatchObject({ state: 'full', moment: 'same', withinMs: 0 });
    const lastFreeze = Math.max(...noted.slice(0, 6).map(({ atMs }) => atMs));
    const firstThaw = Math.min(...noted.slice(6).map(({ atMs }) => atMs));
    expect(lastFreeze).toBeLessThanOrEqual(ms(system.commonAt));
    for (const { heldFrom, heldTo, pointFrom, pointTo, consistency } of system.members) {
      expect(consistency).toBe('application');
      const order = [heldFrom, system.commonAt, pointFrom, pointTo].map(ms);
      expect(order).toEqual(order.toSorted((a, b) => a - b));
      expect(ms(pointTo)).toBeLessThanOrEqual(firstThaw);
      expect(ms(heldTo)).toBeGreaterThanOrEqual(firstThaw);
    }
    const target = place.workspace.path('restored');
    const selections = system.members.map(({ snapshot }) => ({ snapshot: snapshot ?? '', path: '/' }));
    const repository = { id: place.id };
    const { id: run } = await place.client.restoreRuns.create({ repository, selections, target });
    for await (const _event of await place.client.restoreRuns.start({ run, repository }));
    const restored = folders.map((folder) => readFileSync(join(target, folder, 'file'), 'utf8'));
    expect(new Set(restored).size).toBe(1);
    expect(Number(restored[0])).toBeGreaterThan(0);
    expect((await place.workspace.mustRestic(['snapshots', '--json'])).stdout).toMatch(/holdfast:moment=same \d+ 0"/);
  });

  test.each([
    ['that fails', 'exit 3', {}, 'exit code 3'],
    ['that hangs', 'sleep 600', { holdMs: 10_000 }, 'Not all were held within 10 s'],
  ])('are let go at once for a hook %s, and each is taken by itself', async (_what, script, limit, reason) => {
    await using place = await HookedSource.make();
    await addStamping(place, 'one');
    await addStamping(place, 'two', stamping(place, 'two', { before: script }));
    await addStamping(place, 'three');
    const system = await take(place, { sources: ['one', 'two', 'three'], ...limit });
    const said = words(place);
    // The third was never asked to hold still before the first had been let go.
    expect(said.slice(0, 4)).toEqual([
      'freeze one',
      'freeze two',
      expect.stringMatching(/^thaw two/),
      'thaw one failed',
    ]);
    expect(said.slice(4).toSorted()).toEqual([
      'freeze one',
      'freeze three',
      'thaw one complete',
      'thaw three complete',
    ]);
    expect(system).toMatchObject({ state: 'full', moment: 'apart', commonAt: null });
    expect(system.members.map(({ consistency }) => consistency)).toEqual(['application', 'crash', 'application']);
    for (const { apartBecause } of system.members) {
      expect(apartBecause).toContain('two could not be held');
      expect(apartBecause).toContain(reason);
    }
    expect(await jobOf(place)).toMatchObject({ state: 'partial' });
  });

  test('do without one whose hook is required and fails', async () => {
    await using place = await HookedSource.make();
    await addStamping(place, 'one');
    await addStamping(place, 'two', { ...stamping(place, 'two', { before: 'exit 3' }), required: true });
    const system = await take(place, { sources: ['one', 'two'] });
    expect(system).toMatchObject({ state: 'partial', moment: 'apart' });
    expect(system.members).toMatchObject([
      { state: 'complete', moment: 'apart' },
      { state: 'failed', snapshot: null, moment: null, problem: expect.stringContaining('exit code 3') as string },
    ]);
  });

  test('are let go when they were held for as long as they may be, and what was not read by then says so', async () => {
    await using place = await HookedSource.make();
    await place.slow(8);
    await place.hook(stamping(place, 'papers'));
    await addStamping(place, 'small');
    const running = take(place, { sources: ['small', 'papers'], holdMs: 2_000 });
    await place.until(() => place.noted().length === 4);
    expect(await jobOf(place)).toMatchObject({ state: 'running' });
    const system = await running;
    expect(words(place).slice(0, 3)).toEqual(['freeze small', 'freeze papers', 'thaw papers hold-limit']);
    expect(words(place)[3]).toMatch(/^thaw small/);
    expect(system).toMatchObject({ state: 'full', moment: 'apart', holdMs: 2_000 });
    expect(system.members[1]).toMatchObject({
      consistency: 'crash',
      moment: 'apart',
      apartBecause: expect.stringContaining('held for 2 s') as string,
    });
    expect(await jobOf(place)).toMatchObject({ state: 'partial' });
  });

  test('are let go in reverse when it is cancelled', async () => {
    await using place = await HookedSource.make();
    await place.slow(30);
    await place.hook(stamping(place, 'papers'));
    await addStamping(place, 'small');
    const running = take(place, { sources: ['papers', 'small'] });
    running.catch(() => undefined);
    await place.until(async () => (await jobOf(place))?.progress?.phase.endsWith('Taking what is held') === true);
    await place.client.jobs.cancel({ job: (await jobOf(place))?.id ?? '' });
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(words(place)).toEqual([
      'freeze papers',
      'freeze small',
      expect.stringMatching(/^thaw small/),
      'thaw papers cancelled',
    ]);
    const [system] = (await place.client.systems.list({})).systems;
    expect(system?.state).not.toBe('full');
  });

  test(
    'are let go in reverse, once, by the engine that comes after one that was killed',
    { timeout: 90_000 },
    async () => {
      await using place = await HookedSource.make();
      await place.slow(30);
      await place.hook(stamping(place, 'papers'));
      await addStamping(place, 'other');
      await place.engine.close();
      const taking = place.workspace.startHoldfast(['system', 'take', 'other', 'papers']);
      await place.until(() => place.noted().length === 2);
      taking.signal('SIGKILL');
      await taking.finished;
      expect(words(place)).toEqual(['freeze other', 'freeze papers']);
      await place.start();
      const thawed = [...words(place), 'thaw papers engine-lost', 'thaw other engine-lost'];
      await place.until(() => place.noted().length >= 4);
      await place.until(async () =>
        (await place.client.schedule.runs({})).runs.every(({ endedAt }) => endedAt !== null),
      );
      expect(words(place)).toEqual(thawed);
      const [system] = (await place.client.systems.list({})).systems;
      expect(system).toMatchObject({ state: 'failed', moment: null });
      await place.engine.close();
      await place.start();
      await place.client.settings.set({ repository: { id: place.id }, key: 'impact.limits', value: '' });
      expect(await take(place, { sources: ['other', 'papers'] })).toMatchObject({ state: 'full', moment: 'same' });
      expect(words(place).slice(4)).toEqual([
        'freeze other',
        'freeze papers',
        'thaw papers complete',
        'thaw other complete',
      ]);
    },
  );

  test('wait for another job that holds one of them, wherever that one stores it', async () => {
    await using place = await HookedSource.make();
    await addStamping(place, 'one');
    await addStamping(place, 'two');
    const location = place.workspace.path('another');
    const password = 'another password';
    const { repository } = await place.client.repositories.create({ location, password, remember: true });
    const systems = await Promise.all([
      take(place, { sources: ['one', 'two'] }),
      take(place, { sources: ['two', 'one'], id: repository.id }),
      place.protect({ registered: 'one', repository: { id: repository.id } }),
    ]);
    expect(systems.slice(0, 2)).toMatchObject([{ moment: 'same' }, { moment: 'same' }]);
    const said = words(place);
    const frozen = new Set<string>();
    for (const one of said) {
      const [what = '', name = ''] = one.split(' ');
      expect(frozen.has(name)).toBe(what === 'thaw');
      if (what === 'freeze') frozen.add(name);
      else frozen.delete(name);
    }
    expect(said).toHaveLength(10);
    rmSync(location, { recursive: true });
  });
});
