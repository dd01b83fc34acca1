import { randomBytes } from 'node:crypto';
import { linkSync, readdirSync, writeFileSync } from 'node:fs';
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

const names = 8;
const sourceBytes = 4 * names * 60 * mib;

/** A source that takes a while: each file is read under every name it has. */
async function prepare(): Promise<{ workspace: Workspace; source: string; small: string }> {
  const workspace = await makeWorkspace();
  const source = await workspace.folder('source');
  const small = await workspace.folder('small');
  writeFileSync(join(small, 'file'), 'content');
  for (let file = 0; file < 4; file++) {
    const path = join(source, `large-${file}`);
    writeFileSync(path, randomBytes(60 * mib));
    for (let name = 1; name < names; name++) linkSync(path, `${path} again ${name}`);
  }
  workspace.init();
  return { workspace, source, small };
}

const packs = (workspace: Workspace): number =>
  readdirSync(join(workspace.repository, 'data'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /[0-9a-f]{64}$/.test(name),
  ).length;

async function untilPacks(workspace: Workspace, count: number, { child }: Running): Promise<void> {
  while (packs(workspace) < count && child.exitCode === null) await sleep(5);
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
    const again = expectDone(await workspace.holdfast(['protect', source, '--json'])).json(protectResultSchema);
    expect(again.bytes).toBe(sourceBytes);
    expect(again.addedBytes, 'what had been stored is reused').toBeLessThan(230 * mib);
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
    const { workspace, source } = await prepare();
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
    const { workspace, source, small } = await prepare();
    await using _ = workspace;
    await using serving = await serve(workspace);
    expectDone(await workspace.holdfast(['protect', source, '--detach']));
    const second = expectDone(await workspace.holdfast(['protect', small]));
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
  await untilPacks(workspace, 8, running);
  await serving.kill();
  const ended = await running.finished;
  expect(ended.code, describeFailure(ended)).toBe(1);
  expect(ended.stdout).toContain('ENGINE_LOST');
  expect(await listJobs(workspace)).toMatchObject([{ state: 'interrupted', error: { code: 'ENGINE_LOST' } }]);
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
    const { workspace, source, small } = await prepare();
    await using _ = workspace;
    const first = workspace.startHoldfast(['protect', source]);
    await untilPacks(workspace, 1, first);
    const [listed, second] = await Promise.all([listJobs(workspace), workspace.holdfast(['protect', small])]);
    expect(listed.map(({ title }) => title)).toContain(source);
    expectDone(second);
    expect(second.stderr).toContain(`Waits for the protect of ${source}`);
    expectDone(await first.finished);
    expect(await listJobs(workspace)).toMatchObject([
      { title: small, state: 'done' },
      { title: source, state: 'done' },
    ]);
  });

  test('a command whose engine is killed under it says so', async () => {
    const { workspace, source, small } = await prepare();
    await using _ = workspace;
    const first = workspace.startHoldfast(['protect', source]);
    await untilPacks(workspace, 1, first);
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
