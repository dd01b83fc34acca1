import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { snapshotSchema } from '../../../shared/contract/snapshots.ts';
import { buildOnce } from '../../support/build-once.ts';
import { expectDone } from '../../support/expect-clean.ts';
import { run } from '../../support/processes.ts';
import { serve } from '../../support/serving.ts';
import { makeWorkspace, type Workspace } from '../../support/workspace.ts';

const homeOf = (workspace: Workspace): string => join(workspace.home, 'holdfast');
const socketOf = (workspace: Workspace): string => join(homeOf(workspace), 'engine.sock');
const isRoot = process.getuid?.() === 0;

const prepared = buildOnce(async () => {
  const workspace = await makeWorkspace();
  writeFileSync(join(await workspace.folder('source'), 'file'), 'content');
  workspace.init();
  expectDone(await workspace.here(['protect', workspace.path('source')]));
  return workspace;
});

async function prepare(): Promise<{ workspace: Workspace; source: string }> {
  const workspace = await prepared();
  return { workspace, source: workspace.path('source') };
}

describe('a home', () => {
  test('is served on a socket that its account alone can use, and left without one', async () => {
    const { workspace } = await prepare();
    await using _ = workspace;
    expect(existsSync(socketOf(workspace))).toBe(false);
    await using serving = await serve(workspace);
    expect(statSync(homeOf(workspace)).mode & 0o777).toBe(0o700);
    expect(statSync(socketOf(workspace)).mode & 0o777).toBe(0o600);
    expect(statSync(socketOf(workspace)).isSocket()).toBe(true);
    expect(statSync(join(homeOf(workspace), 'engine.lock')).mode & 0o777).toBe(0o600);
    const ended = await serving.stop();
    expect(ended.code, ended.stderr).toBe(0);
    expect(existsSync(socketOf(workspace))).toBe(false);
  });

  test('answers the same through a running engine as without one', async () => {
    const { workspace } = await prepare();
    await using _ = workspace;
    const commands = [
      ['snapshots'],
      ['snapshots', '--json'],
      ['ls', 'latest', '--recursive', '--json'],
      ['ls', 'ffff', '--json'],
      ['key', 'remove', '0000', '--json'],
      ['check', '--read-data', '--quiet', '--json'],
      ['snapshots', '--source', '', '--json'],
      ['restore', 'latest:relative', '--to', workspace.path('target'), '--dry-run', '--json'],
    ];
    // Without --json: refused, in words.
    const wrong = { env: { HOLDFAST_PASSWORD: 'wrong' } };
    const ask = (command: readonly string[]) =>
      workspace
        .here(command, command.includes('--json') ? {} : wrong)
        .then(({ code, stdout, stderr }) => ({ code, stdout, stderr }));
    const alone: unknown[] = [];
    for (const command of commands) alone.push(await ask(command));
    await using serving = await serve(workspace);
    expect(await Promise.all(commands.map(ask))).toEqual(alone);
    expect(serving.running.child.exitCode).toBe(null);
  });

  test('has one owner at a time, however many ask at once, and each of them is served', async () => {
    const { workspace } = await prepare();
    await using _ = workspace;
    const results = await Promise.all(Array.from({ length: 6 }, () => workspace.holdfast(['snapshots', '--json'])));
    for (const result of results) expect(expectDone(result).json(z.array(snapshotSchema))).toHaveLength(1);
    expect(existsSync(socketOf(workspace))).toBe(false);
  });

  test('goes to one of two that want to serve it; the other says who holds it', async () => {
    const { workspace } = await prepare();
    await using _ = workspace;
    await using serving = await serve(workspace);
    const second = await workspace.holdfast(['serve', '--json']);
    expect(second.code).toBe(1);
    expect(second.error()).toMatchObject({ code: 'HOME_HELD' });
    expect(second.error().message).toContain(`Process ${serving.running.pid} owns`);
  });

  test('is free again when its owner was killed, and the socket left behind is replaced', async () => {
    const { workspace } = await prepare();
    await using _ = workspace;
    const first = await serve(workspace);
    const left = statSync(socketOf(workspace)).ino;
    await first.kill();
    expect(statSync(socketOf(workspace)).ino).toBe(left);
    expectDone(await workspace.holdfast(['snapshots']));
    expect(existsSync(socketOf(workspace))).toBe(false);
    const second = await serve(workspace);
    await second.kill();
    await using third = await serve(workspace);
    expect(third.running.child.exitCode).toBe(null);
    expectDone(await workspace.here(['snapshots']));
  });

  test('may have a path longer than the name of a socket can be', async () => {
    const { workspace } = await prepare();
    await using _ = workspace;
    const long = await workspace.folder('home', 'h'.repeat(120));
    const env = { HOLDFAST_HOME: join(long, 'state') };
    const running = workspace.startHoldfast(['serve'], { env });
    await new Promise((resolve) => running.child.stdout?.once('data', resolve));
    const result = await workspace.here(['snapshots', '--json'], { env });
    expect(expectDone(result).json(z.array(snapshotSchema))).toHaveLength(1);
    running.signal('SIGTERM');
    expect((await running.finished).code).toBe(0);
  });

  test('that anybody may write to is refused', async () => {
    const { workspace } = await prepare();
    await using _ = workspace;
    chmodSync(homeOf(workspace), 0o777);
    const result = await workspace.here(['snapshots', '--json']);
    expect(result.code).toBe(1);
    expect(result.error().code).toBe('HOME_UNSAFE');
  });

  test.runIf(isRoot)('of another account is refused, and its engine is not spoken to', async () => {
    const { workspace } = await prepare();
    await using _ = workspace;
    await using serving = await serve(workspace);
    const stranger = await workspace.holdfast(['snapshots', '--json'], { unprivileged: true });
    expect(stranger.code).toBe(1);
    expect(['HOME_UNSAFE', 'NO_PERMISSION']).toContain(stranger.error().code);
    await run('chown', ['65534:65534', homeOf(workspace)]);
    const root = await workspace.here(['snapshots', '--json']);
    expect(root.error().code).toBe('HOME_UNSAFE');
    expect(serving.running.child.exitCode).toBe(null);
  });

  test('keeps the password of a command that its engine serves to itself', async () => {
    const { workspace, source } = await prepare();
    await using _ = workspace;
    const secret = 'a password nobody may see';
    const env = { HOLDFAST_PASSWORD: secret };
    await using serving = await serve(workspace);
    await workspace.holdfast(['protect', source], { env });
    await workspace.holdfast(['protect', source]);
    const ended = await serving.stop();
    expect(ended.stdout + ended.stderr).not.toContain(secret);
    for (const text of [secret, workspace.password]) {
      expect((await run('grep', ['-rlF', text, homeOf(workspace)])).stdout).toBe('');
    }
    expect(readFileSync(join(homeOf(workspace), 'engine.lock'), 'utf8')).not.toContain(workspace.password);
  });
});
