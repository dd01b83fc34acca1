/** kill -9 of an engine that runs by itself what is due: nothing is lost or doubled, and something good always stays. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { z } from 'zod';
import { serveEngine } from '../../electron/engine/engine.ts';
import { protectionRunSchema, type ProtectionRun } from '../../shared/contract/schedule.ts';
import { snapshotSchema } from '../../shared/contract/snapshots.ts';
import { presets } from '../../shared/model/profile-presets.ts';
import { readFact } from '../../electron/engine/repository/format/snapshot.ts';
import { LocalBackend } from '../../electron/engine/repository/backend/local.ts';
import { openRepository } from '../../electron/engine/repository/repository.ts';
import { listSnapshots } from '../../electron/engine/repository/snapshots.ts';
import { expectDone } from '../support/expect-clean.ts';
import { tortureTest } from '../support/torture/rounds.ts';
import { makeWorkspace, type Workspace } from '../support/workspace.ts';

type Office = Workspace & { readonly passphrase: string };

/** A source of some files with a daily run, whose snapshots live for a day and a half, and a password that is remembered. */
async function makeOffice(): Promise<Office> {
  const workspace = await makeWorkspace();
  const folder = await workspace.folder('papers');
  for (let file = 0; file < 200; file++) writeFileSync(join(folder, `${file}`), randomBytes(20_000));
  const passphrase = workspace.path('passphrase');
  writeFileSync(passphrase, 'a passphrase of eleven words\n', { mode: 0o600 });
  const engine = await serveEngine({
    home: join(workspace.home, 'holdfast'),
    caller: { tenant: 'default', actor: 'test' },
    version: '0',
    onNotice: () => undefined,
    secrets: { passphrase: 'a passphrase of eleven words' },
  });
  try {
    const { client } = engine;
    const { repository: location, password } = workspace;
    const { repository } = await client.repositories.create({ location, password, remember: true });
    const source = {
      kind: 'folder' as const,
      name: 'papers',
      paths: [folder],
      excludes: [],
      excludeCaches: false,
      excludeLargerThanBytes: null,
      oneFileSystem: false,
      commands: { before: null, after: null },
      tags: [],
      rpoMs: null,
    };
    await client.sources.add({ repository: { id: repository.id }, source });
    const period = {
      id: 'daily',
      name: 'Daily',
      rule: { kind: 'daily' as const, hour: 0, minute: 0 },
      keep: { count: 36, unit: 'hours' as const },
      minimum: 0,
      missed: 'catchUp' as const,
      quiesce: false,
      locked: false,
    };
    const profile = { ...presets.standard, zone: 'UTC', periods: [period] };
    const added = await client.profiles.add({ repository: { id: repository.id }, profile });
    const assignment = { scope: 'source' as const, subject: 'papers', profile: added.profile.id };
    await client.profiles.assign({ repository: { id: repository.id }, ...assignment });
  } finally {
    await engine.close();
  }
  return { ...workspace, passphrase };
}

const onDay = ({ passphrase }: Office, day: number) => ({
  env: { HOLDFAST_TEST_CLOCK_DAYS: String(day), HOLDFAST_PASSPHRASE_FILE: passphrase },
});

async function runsOf(office: Office, day: number): Promise<readonly ProtectionRun[]> {
  const listed = expectDone(await office.holdfast(['runs', '--limit', '1000', '--json'], onDay(office, day)));
  return listed.json(z.array(protectionRunSchema));
}

/** What lies in the repository, whatever any catalog says: the id of each snapshot by its run. */
async function stored({ repository, password }: Office): Promise<ReadonlyMap<string, string>> {
  const opened = await openRepository(new LocalBackend(repository), password);
  const { snapshots } = await listSnapshots(opened);
  const taken = snapshots.filter(({ file }) => readFact(file.tags, 'kind') === undefined);
  return new Map(taken.map(({ id, file }) => [readFact(file.tags, 'run') ?? id, id]));
}

/** Until the run of the day has ended and nothing is under way. */
async function settled(office: Office, day: number): Promise<void> {
  for (;;) {
    const plan = expectDone(await office.holdfast(['status', '--json'], onDay(office, day)).then(asDone));
    const { sources } = plan.json(z.object({ sources: z.array(z.object({ due: z.array(z.string()) })) }));
    const jobs = expectDone(await office.holdfast(['jobs', '--json'], onDay(office, day)));
    const states = jobs.json(z.array(z.object({ state: z.string() }))).map(({ state }) => state);
    const isBusy = states.some((state) => ['queued', 'running', 'cancelling'].includes(state));
    if (!isBusy && sources.every(({ due }) => due.length === 0)) return;
    await sleep(50);
  }
}

/** That a source is too old is an answer too. */
const asDone = <Result extends { readonly code: number | null }>(result: Result): Result =>
  result.code === 3 ? { ...result, code: 0 } : result;

/** Each occurrence has one answer at most, each answer its snapshot unless that has expired, and no snapshot two runs. */
async function expectNothingDoubled(office: Office, day: number): Promise<void> {
  const runs = await runsOf(office, day);
  const good = runs.filter(({ state }) => state === 'complete');
  const due = good.map(({ dueAt }) => dueAt);
  expect(new Set(due).size, 'an occurrence was answered twice').toBe(due.length);
  const there = await stored(office);
  for (const run of there.keys()) {
    const row = runs.find((one) => one.run === run);
    expect(row?.state, `the snapshot of run ${run}`).toBe('complete');
    expect(row?.snapshot).toBe(there.get(run));
  }
  // What has lived for a day and a half goes after the next run, and the one of today is not counted.
  if (day > 4) expect(there.size, 'snapshots that have not expired').toBeLessThanOrEqual(3);
  const newest = good[0];
  if (newest !== undefined) expect([...there.values()], 'the last good snapshot').toContain(newest.snapshot);
}

tortureTest('an engine that runs what is due', makeOffice, async (victim, { number, below }) => {
  const day = number + 1;
  // A day has passed on a machine that was not started anew: somebody has to say that its clock is right.
  expectDone(await victim.holdfast(['clock', 'confirm'], onDay(victim, day)));
  for (let kills = 1 + below(2); kills > 0; kills--) {
    const engine = victim.startHoldfast(['serve'], onDay(victim, day));
    await sleep(300 + below(1500));
    engine.signal('SIGKILL');
    await engine.finished.catch(() => undefined);
  }
  const engine = victim.startHoldfast(['serve'], onDay(victim, day));
  try {
    await settled(victim, day);
    const [newest] = (await runsOf(victim, day)).filter(({ state }) => state === 'complete');
    const today = new Date(Date.now() + day * 24 * 3_600_000).toISOString().slice(0, 10);
    expect(newest?.dueAt?.slice(0, 10), 'the run of the day').toBe(today);
    await expectNothingDoubled(victim, day);
    const listed = expectDone(await victim.holdfast(['snapshots', '--json'], onDay(victim, day)));
    expect(listed.json(z.array(snapshotSchema)).length).toBeGreaterThan(0);
  } finally {
    engine.signal('SIGTERM');
    await engine.finished.catch(() => undefined);
  }
});
