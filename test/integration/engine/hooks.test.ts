import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { noHooks } from '../../../shared/model/hooks.ts';
import { presets } from '../../../shared/model/profile-presets.ts';
import { HookedSource, line, program } from '../../support/hooked-source.ts';

describe('hooks of a source', () => {
  test('run before and after the capture, and the snapshot says that it is consistent', async () => {
    await using place = await HookedSource.make();
    const dump = join(place.folder, 'dump');
    await place.hook({
      before: line(`echo data > '${dump}'; echo said by the hook; ${place.note('before')}`),
      after: line(`rm '${dump}'; ${place.note('after $HOLDFAST_STATUS')}`),
    });
    const result = await place.protect();
    expect(result).toMatchObject({ consistency: 'application', consistencyProblem: null, status: 'complete' });
    expect(place.noted()).toEqual(['before', 'after complete']);
    expect(await place.pathsIn(result.snapshot)).toContain(dump);
    expect(await place.snapshots()).toMatchObject([{ consistency: 'application', consistencyProblem: null }]);
    expect(await place.newestRun()).toMatchObject({ consistency: 'application', consistencyProblem: null });
    const listed = await place.client.browse.snapshot({ repository: { id: place.id }, snapshot: result.snapshot });
    expect(listed).toMatchObject({ consistency: 'application' });
    const log = await place.logOf('protect');
    expect(log).toContain('said by the hook');
    expect(log).toContain('/bin/sh -c');
    const tags = await place.workspace.mustRestic(['snapshots', '--json']);
    expect(tags.stdout).toContain('holdfast:consistency=application');
  });

  test('see what the run is about, and nothing of what this engine keeps to itself', async () => {
    await using place = await HookedSource.make();
    process.env['HOLDFAST_PASSWORD'] = 'swordfish';
    try {
      const file = place.workspace.path('environment');
      await place.hook({ before: line(`env > '${file}.before'`), after: line(`env > '${file}.after'`) });
      const { snapshot } = await place.protect();
      expect(snapshot).toMatch(/^[0-9a-f]{64}$/);
      const run = (await place.newestRun())?.run ?? '';
      const seen = (when: string) =>
        readFileSync(`${file}.${when}`, 'utf8')
          .trim()
          .split('\n')
          .filter((one) => !/^(?:PWD|SHLVL|_|OLDPWD)=/.test(one));
      const common = ['PATH', 'HOME', 'LANG'].flatMap((name) => {
        const value = process.env[name];
        return value === undefined ? [] : [`${name}=${value}`];
      });
      const told = [...common, 'HOLDFAST_SOURCE=papers', `HOLDFAST_RUN=${run}`];
      expect(seen('before').toSorted()).toEqual(
        [...told, 'HOLDFAST_HOOK=before', 'HOLDFAST_THAW_AFTER_SECONDS=125'].toSorted(),
      );
      expect(seen('after').toSorted()).toEqual([...told, 'HOLDFAST_HOOK=after', 'HOLDFAST_STATUS=complete'].toSorted());
    } finally {
      delete process.env['HOLDFAST_PASSWORD'];
    }
  });

  test('get their words as they are, whatever is in them', async () => {
    await using place = await HookedSource.make();
    const odd = ['a b', `it's "quoted"`, '$HOME $(id)', 'two\nlines', '*', '; touch /tmp/never', ''];
    const file = place.workspace.path('words');
    const script = `for word in "$@"; do printf '%s\\0' "$word"; done > '${file}'`;
    await place.hook({ before: program('/bin/sh', '-c', script, 'hook', ...odd) });
    await place.protect();
    expect(readFileSync(file, 'utf8').split('\0').slice(0, -1)).toEqual(odd);
  });

  test('that fail leave a snapshot that is crash-consistent, and says so everywhere', async () => {
    await using place = await HookedSource.make();
    await place.hook({
      before: line(`echo disk on fire >&2; exit 3`),
      after: line(place.note('after $HOLDFAST_STATUS')),
    });
    const result = await place.protect();
    const why = expect.stringContaining('exit code 3') as string;
    const said = { consistency: 'crash', consistencyProblem: why };
    expect(result).toMatchObject({ ...said, status: 'complete' });
    expect(result.notices).toEqual([expect.stringMatching(/crash-consistent.*exit code 3/)]);
    expect(await place.snapshots()).toMatchObject([said]);
    expect(await place.newestRun()).toMatchObject({ ...said, state: 'complete' });
    expect(await place.logOf('protect')).toContain('disk on fire');
    expect(place.noted()).toEqual(['after before-failed']);
    // With the password alone, anybody can read it.
    const tags = (await place.workspace.mustRestic(['snapshots', '--json'])).stdout;
    expect(tags).toContain('holdfast:consistency=crash');
    expect(tags).toMatch(/holdfast:consistency-problem=[^"]*exit code 3/);
  });

  test('that are required and fail keep anything from being stored', async () => {
    await using place = await HookedSource.make();
    await place.hook({
      before: line('exit 1'),
      after: line(place.note('after $HOLDFAST_STATUS')),
      required: true,
    });
    await expect(place.protect()).rejects.toMatchObject({ code: 'HOOK_FAILED' });
    expect(await place.snapshots()).toEqual([]);
    expect(await place.newestRun()).toMatchObject({ state: 'failed', error: { code: 'HOOK_FAILED' } });
    expect(place.noted()).toEqual(['after before-failed']);
    expect(await place.protect({ hooks: false })).toMatchObject({ consistency: null });
  });

  test('that take too long are ended with all they have started', async () => {
    await using place = await HookedSource.make();
    await place.hook({ before: line('sleep 600 & wait', 1_000), after: line(place.note('after')) });
    expect(await place.protect()).toMatchObject({
      consistency: 'crash',
      consistencyProblem: expect.stringContaining('took longer than 1 s') as string,
    });
    expect(place.noted()).toEqual(['after']);
  });

  test('that fail afterwards do not undo the snapshot, and are named', async () => {
    await using place = await HookedSource.make();
    await place.hook({ before: line('true'), after: line('exit 9') });
    const result = await place.protect();
    const named = { consistencyProblem: expect.stringContaining('exit code 9') as string };
    expect(result).toMatchObject({ ...named, consistency: 'application', status: 'complete' });
    expect(result.notices).toEqual([expect.stringContaining('exit code 9')]);
    expect(await place.newestRun()).toMatchObject({ ...named, state: 'complete' });
    expect(await place.snapshots()).toMatchObject([named]);
  });

  test('that come after alone learn of the snapshot', async () => {
    await using place = await HookedSource.make();
    await place.hook({ after: line(place.note('$HOLDFAST_STATUS $HOLDFAST_SNAPSHOT')) });
    const { snapshot, consistency } = await place.protect();
    expect(place.noted()).toEqual([`complete ${snapshot}`]);
    expect(consistency).toBeNull();
  });

  test('do not run where somebody asks for none', async () => {
    await using place = await HookedSource.make();
    await place.hook({ before: line(place.note('before')), after: line(place.note('after')) });
    expect(await place.protect({ hooks: false })).toMatchObject({ consistency: null, consistencyProblem: null });
    expect(place.noted()).toEqual([]);
  });

  test('that make what is protected find it protected', async () => {
    await using place = await HookedSource.make();
    const later = place.workspace.path('later');
    const { client, id } = place;
    const commands = {
      before: line(`mkdir '${later}' && echo here > '${later}/file'`),
      after: line(`rm -r '${later}'`),
    };
    const source = { ...place.definition(commands), name: 'mounted', paths: [later] };
    await client.sources.add({ repository: { id }, source });
    const { snapshot } = await place.protect({ registered: 'mounted' });
    expect(await place.pathsIn(snapshot)).toContain(join(later, 'file'));
  });
});

describe('what a hook has frozen', () => {
  test('is thawed when its time is over, and the capture goes on', { timeout: 60_000 }, async () => {
    await using place = await HookedSource.make();
    await place.slow(5);
    await place.hook({
      before: line(place.note('before')),
      after: line(place.note('after $HOLDFAST_STATUS')),
      maximumHoldMs: 1_000,
    });
    const running = place.protect();
    await place.until(() => place.noted().length === 2);
    expect((await place.client.jobs.list({})).jobs).toMatchObject([{ kind: 'protect', state: 'running' }]);
    expect(await running).toMatchObject({
      status: 'complete',
      consistency: 'crash',
      consistencyProblem: 'Not all was read within 1 s, which is how long it may be held.',
    });
    expect(place.noted()).toEqual(['before', 'after hold-limit']);
    expect(await place.snapshots()).toMatchObject([{ consistency: 'crash' }]);
  });

  test.each(['while it is read', 'while it is being frozen'])(
    'is thawed when the run is cancelled %s',
    async (when) => {
      await using place = await HookedSource.make();
      await place.slow(30);
      const isFreezing = when === 'while it is being frozen';
      await place.hook({
        before: line(`${place.note('before')}; ${isFreezing ? 'sleep 600' : 'true'}`),
        after: line(place.note('after $HOLDFAST_STATUS')),
      });
      const running = place.protect();
      await place.until(async () => {
        const [job] = (await place.client.jobs.list({})).jobs;
        return place.noted().length === 1 && (isFreezing || job?.progress?.phase === 'Reading');
      });
      const [job] = (await place.client.jobs.list({})).jobs;
      await place.client.jobs.cancel({ job: job?.id ?? '' });
      await expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
      expect(place.noted()).toEqual(['before', 'after cancelled']);
      expect(await place.newestRun()).toMatchObject({ state: 'cancelled' });
      expect(await place.snapshots()).toEqual([]);
    },
  );

  test('is thawed when the engine is told to end', async () => {
    await using place = await HookedSource.make();
    await place.slow(30);
    await place.hook({ before: line(place.note('before')), after: line(place.note('after $HOLDFAST_STATUS')) });
    const running = place.protect();
    running.catch(() => undefined);
    await place.until(() => place.noted().length === 1);
    await place.engine.close();
    expect(place.noted()).toEqual(['before', 'after cancelled']);
    await expect(running).rejects.toMatchObject({ code: 'ENGINE_STOPPED' });
  });

  test('by an engine that was killed is thawed once by the next one', { timeout: 60_000 }, async () => {
    await using place = await HookedSource.make();
    await place.slow(30);
    await place.hook({ before: line(place.note('before')), after: line(place.note('after $HOLDFAST_STATUS')) });
    await place.engine.close();
    const protecting = place.workspace.startHoldfast(['protect', 'papers']);
    await place.until(() => place.noted().length === 1);
    protecting.signal('SIGKILL');
    await protecting.finished;
    expect(place.noted()).toEqual(['before']);
    await place.start();
    await place.until(async () => (await place.newestRun())?.state !== 'running');
    expect(await place.newestRun()).toMatchObject({
      state: 'interrupted',
      error: { code: 'ENGINE_LOST' },
      consistencyProblem: expect.stringContaining('the next one has thawed it') as string,
    });
    expect(place.noted()).toEqual(['before', 'after engine-lost']);
    expect(await place.logOf('thaw')).toContain('after $HOLDFAST_STATUS');
    await place.engine.close();
    await place.start();
    await place.client.settings.set({ repository: { id: place.id }, key: 'impact.limits', value: '' });
    expect(await place.protect()).toMatchObject({ consistency: 'application' });
    expect(place.noted()).toEqual(['before', 'after engine-lost', 'before', 'after complete']);
  });
});

test('a scheduled run runs them where one of the periods that are due asks for it', async () => {
  await using place = await HookedSource.make(Date.parse('2026-11-25T12:10:00Z'));
  await place.hook({ before: line(place.note('before')), after: line(place.note('after')) });
  const repository = { id: place.id };
  const kept = { keep: { count: 7, unit: 'days' as const }, minimum: 1, missed: 'catchUp' as const, locked: false };
  const hourly = {
    id: 'hourly',
    name: 'Hourly',
    rule: { kind: 'hourly' as const, minute: 0 },
    quiesce: false,
    ...kept,
  };
  const nightly = { kind: 'daily' as const, hour: 18, minute: 0 };
  const daily = { id: 'daily', name: 'Daily', rule: nightly, quiesce: true, ...kept };
  const profile = { ...presets.standard, zone: 'UTC', periods: [hourly, daily] };
  const added = await place.client.profiles.add({ repository, profile });
  await place.client.profiles.assign({ repository, scope: 'source', subject: 'papers', profile: added.profile.id });
  const ranAt = async (time: string) => {
    place.nowMs = Date.parse(`2026-11-25T${time}:00Z`);
    place.engine.resumed();
    await place.until(async () => {
      await place.client.schedule.plan({});
      const newest = await place.newestRun();
      return newest?.dueAt === `2026-11-25T${time}:00.000Z` && newest.endedAt !== null;
    });
    return place.newestRun();
  };
  expect(await ranAt('13:00')).toMatchObject({ state: 'complete', periods: ['hourly'], consistency: null });
  expect(place.noted()).toEqual([]);
  expect(await ranAt('18:00')).toMatchObject({ periods: ['hourly', 'daily'], consistency: 'application' });
  expect(place.noted()).toEqual(['before', 'after']);
});

test('hooks that came from a repository do not run before they are approved, and the snapshot says so', async () => {
  await using place = await HookedSource.make();
  const hooks = { before: line(place.note('before')), after: line(place.note('after')) };
  await place.hook(hooks);
  await place.engine.close();
  await place.start('another');
  const { repository: location, password } = place.workspace;
  const connected = await place.client.repositories.connect({ location, password, remember: true });
  place.id = connected.repository.id;
  await place.client.configuration.recover({ repository: { id: place.id } });
  const said = { consistency: 'crash', consistencyProblem: expect.stringContaining('not approved') as string };
  expect(await place.protect()).toMatchObject({ ...said, status: 'complete' });
  expect(await place.newestRun()).toMatchObject(said);
  expect(place.noted()).toEqual([]);
  // Typing one of them anew is no approval of the other.
  await place.hook({ ...hooks, after: line('true') });
  expect(await place.client.sources.find({ name: 'papers' })).toMatchObject({ approved: false });
  await place.hook({ ...hooks, required: true });
  await expect(place.protect()).rejects.toMatchObject({ code: 'HOOK_FAILED' });
  expect(place.noted()).toEqual([]);
  const others = { ...noHooks, before: line('something else') };
  const outdated = place.client.sources.approve({ name: 'papers', commands: others });
  await expect(outdated).rejects.toMatchObject({ code: 'BAD_USAGE' });
  const { commands } = place.definition(hooks);
  expect(await place.client.sources.approve({ name: 'papers', commands })).toMatchObject({ approved: true });
  expect(await place.protect()).toMatchObject({ consistency: 'application' });
  expect(place.noted()).toEqual(['before', 'after']);
});
