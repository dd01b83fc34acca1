import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { jobLogLineSchema, jobSchema } from '../../../shared/contract/jobs.ts';
import { protectResultSchema } from '../../../shared/contract/protection.ts';
import { expectCleanForHoldfast, expectDone } from '../../support/expect-clean.ts';
import { describeFailure, type Running } from '../../support/processes.ts';
import { listJobs, newestJob, serve } from '../../support/serving.ts';
import { makeWorkspace, type Workspace } from '../../support/workspace.ts';

const mib = 1024 * 1024;
const startedSchema = z.object({ job: z.string() });
const shownSchema = jobSchema.extend({ log: z.array(jobLogLineSchema) });

const names = 2;

/** Leaves time to look at a run, and at its packs. */
const slowly = { limits: 'always read 24MiB/s', fileBytes: 24 * mib };
/** A run does not end by itself while somebody looks at it. */
const hardly = { limits: 'always read 1MiB/s', fileBytes: 8 * mib };

const files = 4;
const sourceBytes = files * names * slowly.fileBytes;

/** A source that takes a while, not because it is large but because it may be read only slowly. */
async function prepare(how = slowly): Promise<{ workspace: Workspace; source: string; small: string }> {
  const workspace = await makeWorkspace();
  const source = await workspace.folder('source');
  const small = await workspace.folder('small');
  writeFileSync(join(small, 'file'), 'content');
  for (let file = 0; file < files; file++) {
    const path = join(source, `large-${file}`);
    writeFileSync(path, randomBytes(how.fileBytes));
    // Read after all that is new.
    for (let name = 1; name < names; name++) linkSync(path, join(source, `once more ${name} ${file}`));
  }
  workspace.init();
  await limit(workspace, how.limits);
  return { workspace, source, small };
}

async function limit(workspace: Workspace, limits: string): Promise<void> {
  expectDone(await workspace.here(['setting', 'set', 'impact.limits', limits]));
}

/** Of the source: those of the console's own configuration are small. */
function packs({ repository }: Workspace): number {
  const found = readdirSync(join(repository, 'data'), { recursive: true, withFileTypes: true });
  return found.filter(
    ({ name, parentPath }) =>
      /^[0-9a-f]{64}$/.test(name) && (statSync(join(parentPath, name), { throwIfNoEntry: false })?.size ?? 0) > mib,
  ).length;
}

async function untilPacks(workspace: Workspace, count: number, { child }: Running): Promise<void> {
  while (packs(workspace) < count && child.exitCode === null) await sleep(20);
}

async function untilItServes(workspace: Workspace, { child }: Running): Promise<void> {
  const socket = join(workspace.home, 'holdfast', 'engine.sock');
  while (!existsSync(socket) && child.exitCode === null) await sleep(20);
}

describe('a job of an engine that is served', () => {
  test('goes on when its command was detached, and can be followed to its end', async () => {
    const { workspace, source } = await prepare();
    await using _ = workspace;
    await using serving = await serve(workspace);
    const { job } = expectDone(await workspace.holdfast(['protect', source, '--detach', '--json'])).json(startedSchema);
    const followed = await workspace.holdfast(['jobs', 'show', job.slice(0, 8), '--follow', '--json']);
    const shown = expectDone(followed).json(shownSchema);
    expect(shown).toMatchObject({ id: job, kind: 'protect', title: source, state: 'done', error: null });
    expect(shown.log.at(-1)?.message).toBe(shown.summary);
    expect(await serving.stop()).toMatchObject({ code: 0 });
    // What ended is known to the next engine as well.
    const known = (await listJobs(workspace)).filter(({ kind }) => kind !== 'index');
    expect(known).toMatchObject([{ id: job, state: 'done', actor: shown.actor }]);
    await expectCleanForHoldfast(workspace);
  });

  test('ends when the command it belongs to is cancelled, and says so on both sides', async () => {
    const { workspace, source } = await prepare();
    await using _ = workspace;
    await using serving = await serve(workspace);
    const running = workspace.startHoldfast(['protect', source]);
    await untilPacks(workspace, 2, running);
    running.signal('SIGINT');
    const ended = await running.finished;
    expect(ended.code, describeFailure(ended)).toBe(1);
    expect(ended.stderr).toContain('Error CANCELLED: The command was cancelled by Ctrl-C.');
    expect(await listJobs(workspace)).toMatchObject([{ state: 'cancelled', error: { code: 'CANCELLED' } }]);
    expect(serving.running.child.exitCode).toBe(null);
    await limit(workspace, '');
    const again = expectDone(await workspace.holdfast(['protect', source, '--json'])).json(protectResultSchema);
    expect(again.bytes).toBe(sourceBytes);
    expect(again.addedBytes, 'what had been stored is reused').toBeLessThan(80 * mib);
    await expectCleanForHoldfast(workspace);
  });

  test('ends when the command it belongs to vanishes', async () => {
    const { workspace, source } = await prepare();
    await using _ = workspace;
    await using serving = await serve(workspace);
    const running = workspace.startHoldfast(['protect', source]);
    await untilPacks(workspace, 2, running);
    running.signal('SIGKILL');
    await running.finished;
    const job = await newestJob(workspace, ({ state }) => state !== 'running' && state !== 'cancelling');
    expect(job).toMatchObject({ state: 'cancelled' });
    expect(serving.running.child.exitCode).toBe(null);
    await expectCleanForHoldfast(workspace);
  });

  test('is stopped by `cancel`, and its command ends as cancelled', async () => {
    const { workspace, source } = await prepare(hardly);
    await using _ = workspace;
    await using serving = await serve(workspace);
    const running = workspace.startHoldfast(['protect', source]);
    const job = await newestJob(workspace, ({ state }) => state === 'running');
    expectDone(await workspace.holdfast(['cancel', job.id.slice(0, 6)]));
    const ended = await running.finished;
    expect(ended.code, describeFailure(ended)).toBe(1);
    expect(ended.stderr).toMatch(/Error CANCELLED: The job was cancelled by cli:/);
    const again = await workspace.holdfast(['cancel', job.id, '--json']);
    expect(again.error().code).toBe('JOB_OVER');
    expect(serving.running.child.exitCode).toBe(null);
  });

  test('waits for the one that writes to the same repository, and says for which', async () => {
    const { workspace, source, small } = await prepare(hardly);
    await using _ = workspace;
    await using serving = await serve(workspace);
    expectDone(await workspace.holdfast(['protect', source, '--detach']));
    const waiting = workspace.startHoldfast(['protect', small]);
    await hasSpoken(waiting);
    await limit(workspace, '');
    const second = expectDone(await waiting.finished);
    expect(second.stderr).toContain(`Waits for the protect of ${source}`);
    const [last, first] = await listJobs(workspace);
    expect(first).toMatchObject({ title: source, state: 'done' });
    expect(Date.parse(last?.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(first?.endedAt ?? ''));
    expect(serving.running.child.exitCode).toBe(null);
  });

  test('is interrupted when the engine is told to end, which leaves the repository in order', async () => {
    const { workspace, source } = await prepare();
    await using _ = workspace;
    await using serving = await serve(workspace);
    const running = workspace.startHoldfast(['protect', source, '--json']);
    await untilPacks(workspace, 2, running);
    const stopped = await serving.stop();
    expect(stopped.code, describeFailure(stopped)).toBe(0);
    const ended = await running.finished;
    expect(ended.code, describeFailure(ended)).toBe(1);
    expect(ended.stdout).toContain('ENGINE_STOPPED');
    expect(readdirSync(join(workspace.repository, 'locks'))).toEqual([]);
    expect(await listJobs(workspace)).toMatchObject([{ state: 'interrupted', error: { code: 'ENGINE_STOPPED' } }]);
  });
});

test('a job of an engine that was killed is interrupted, and the next run completes', async () => {
  const { workspace, source } = await prepare();
  await using _ = workspace;
  const serving = await serve(workspace);
  const running = workspace.startHoldfast(['protect', source, '--json']);
  await untilPacks(workspace, 2, running);
  await serving.kill();
  const ended = await running.finished;
  expect(ended.code, describeFailure(ended)).toBe(1);
  expect(ended.stdout).toContain('ENGINE_LOST');
  expect(await listJobs(workspace)).toMatchObject([{ state: 'interrupted', error: { code: 'ENGINE_LOST' } }]);
  await limit(workspace, '');
  const again = expectDone(await workspace.holdfast(['protect', source, '--json'])).json(protectResultSchema);
  expect(again.bytes).toBe(sourceBytes);
  await expectCleanForHoldfast(workspace);
});

describe('without an engine that stays', () => {
  test('nothing can be detached, and nothing is started', async () => {
    const { workspace, small } = await prepare();
    await using _ = workspace;
    const refused = await workspace.holdfast(['protect', small, '--detach', '--json']);
    expect(refused.code).toBe(2);
    expect(refused.error().code).toBe('NO_ENGINE_STAYS');
    expect(await listJobs(workspace)).toEqual([]);
  });

  test('commands that come while another one is at work are served by it, which ends after them', async () => {
    const { workspace, source, small } = await prepare(hardly);
    await using _ = workspace;
    const first = workspace.startHoldfast(['protect', source]);
    await untilItServes(workspace, first);
    const waiting = workspace.startHoldfast(['protect', small]);
    expect((await listJobs(workspace)).map(({ title }) => title)).toContain(source);
    await hasSpoken(waiting);
    await limit(workspace, '');
    const second = expectDone(await waiting.finished);
    expect(second.stderr).toContain(`Waits for the protect of ${source}`);
    expectDone(await first.finished);
    expect(await listJobs(workspace)).toMatchObject([
      { title: small, state: 'done' },
      { title: source, state: 'done' },
    ]);
  });

  test('a command whose engine is killed under it says so', async () => {
    const { workspace, source, small } = await prepare(hardly);
    await using _ = workspace;
    const first = workspace.startHoldfast(['protect', source]);
    await untilItServes(workspace, first);
    const second = workspace.startHoldfast(['protect', small, '--json']);
    await hasSpoken(second);
    expect(await listJobs(workspace)).toMatchObject([{ state: 'running' }, { state: 'queued' }]);
    first.signal('SIGKILL');
    const ended = await second.finished;
    expect(ended.code, describeFailure(ended)).toBe(1);
    expect(ended.stdout).toContain('ENGINE_LOST');
    expect((await listJobs(workspace)).map(({ state }) => state)).toEqual(['interrupted', 'interrupted']);
  });
});

async function hasSpoken(running: Running): Promise<void> {
  return new Promise((resolve) => {
    running.child.stderr?.once('data', () => resolve());
    running.child.once('close', () => resolve());
  });
}
