import { randomFillSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { launcher } from '../support/launcher.ts';
import { start, type Running } from '../support/processes.ts';
import { serve } from '../support/serving.ts';
import { makeWorkspace, type Workspace } from '../support/workspace.ts';

const mib = 1024 * 1024;
const others: Running[] = [];

afterEach(() => {
  for (const other of others.splice(0)) other.signal('SIGKILL');
});

async function holdfast(workspace: Workspace, ...args: string[]): Promise<void> {
  const { code, stderr } = await workspace.here(args);
  expect(code, `holdfast ${args.join(' ')}: ${stderr}`).toBe(0);
}

async function withData(workspace: Workspace, bytes: number): Promise<string> {
  const folder = await workspace.folder('data');
  await writeData(workspace, bytes);
  workspace.init();
  return folder;
}

/** No run has seen any of it before. */
async function writeData(workspace: Workspace, bytes: number): Promise<void> {
  for (let file = 0; file * 8 * mib < bytes; file++)
    await writeFile(workspace.path('data', `${file}`), randomFillSync(Buffer.alloc(8 * mib)));
}

/** Processor time of a process with all its threads, in ticks of the kernel. */
async function ticksOf(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

/** Of the time of one processor that the two took together, what was left to the other one, 0 to 1. */
async function shareBeside(workspace: Workspace, foreground: Running, args: readonly string[]): Promise<number> {
  const before = await ticksOf(foreground.pid);
  const script = '"$@" >/dev/null 2>&1; code=$?; times; exit $code';
  const env = {
    ...workspace.resticEnv(),
    HOLDFAST_HOME: workspace.path('home', 'holdfast'),
    HOLDFAST_REPOSITORY: workspace.repository,
    HOLDFAST_PASSWORD: workspace.password,
  };
  const command = ['taskset', '-c', '0', process.execPath, launcher(), ...args];
  const ended = await start('bash', ['-c', script, 'bash', ...command], { env, timeoutMs: 240_000 }).finished;
  expect(ended.code, ended.stderr).toBe(0);
  const foregroundTicks = (await ticksOf(foreground.pid)) - before;
  // The second line of `times`: user and system time of what it has started.
  const [user = 0, system = 0] = [...(ended.stdout.trim().split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  );
  const engineTicks = (user + system) * 100;
  return foregroundTicks / (foregroundTicks + engineTicks);
}

test('a run within a share of the processor leaves the rest of it to whoever works beside it', async () => {
  await using workspace = await makeWorkspace({ inMemory: true });
  const folder = await withData(workspace, 256 * mib);
  const foreground = start('taskset', ['-c', '0', process.execPath, '-e', 'for (;;);'], { timeoutMs: 600_000 });
  foreground.finished.catch(() => undefined);
  others.push(foreground);
  const unlimited = await shareBeside(workspace, foreground, ['protect', folder]);
  await holdfast(workspace, 'setting', 'set', 'impact.limits', 'always cpu 10%');
  await writeData(workspace, 256 * mib);
  const limited = await shareBeside(workspace, foreground, ['protect', folder]);
  // Both are of the same processor in the same minute, whatever else runs on this machine.
  expect(limited).toBeGreaterThan(unlimited + (1 - unlimited) / 4);
});

test('a rate limits what is read from the source', async () => {
  await using workspace = await makeWorkspace({ inMemory: true });
  const folder = await withData(workspace, 16 * mib);
  await holdfast(workspace, 'setting', 'set', 'impact.limits', 'always read 4MiB/s');
  const startedAt = performance.now();
  await holdfast(workspace, 'protect', folder);
  expect(performance.now() - startedAt).toBeGreaterThan(3_000);
});

test('limits that are lifted let a run go on at once that waits for its turn', async () => {
  await using workspace = await makeWorkspace({ inMemory: true });
  const folder = await withData(workspace, 32 * mib);
  await holdfast(workspace, 'setting', 'set', 'impact.limits', 'always write 2KiB/s');
  await using _engine = await serve(workspace);
  const run = workspace.startHoldfast(['protect', folder], { timeoutMs: 240_000 });
  // At that rate it would take hours.
  const ended = run.finished;
  await holdfast(workspace, 'setting', 'set', 'impact.limits', '');
  const { code, stderr } = await ended;
  expect(code, stderr).toBe(0);
});

test('a rule that makes no sense is refused with a sentence', async () => {
  await using workspace = await makeWorkspace();
  workspace.init();
  const refused = await workspace.here(['setting', 'set', 'impact.limits', 'weekdays cpu 20%', '--json']);
  expect(refused.code).toBe(2);
  expect(refused.error().message).toContain('"weekdays" are no days');
});
