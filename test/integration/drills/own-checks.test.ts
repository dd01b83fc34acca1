/** Drills that are checked by what an operator says: commands and checks of health, and the guard around them. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { GivenProbe } from '../../../shared/contract/checks-of-plans.ts';
import { drillSchema, type Drill } from '../../../shared/contract/drills.ts';
import { expectDone } from '../../support/expect-clean.ts';
import { makeWorkspace, type Workspace } from '../../support/workspace.ts';

const shell = (script: string): GivenProbe['what'] => ({ kind: 'command', run: { kind: 'shell', script } });

async function drilled(workspace: Workspace, ...args: string[]): Promise<Drill> {
  return (await workspace.here(['drill', 'run', 'docs', '--json', ...args])).json(drillSchema);
}

async function setChecks(workspace: Workspace, checks: readonly GivenProbe[]): Promise<void> {
  const file = workspace.path('checks.json');
  writeFileSync(file, JSON.stringify(checks));
  expectDone(await workspace.here(['drill', 'checks', 'docs', '--file', file]));
}

const own = ({ checks }: Drill) => checks.filter(({ id }) => id.startsWith('own-'));

test('commands look at what came back, and nothing of a repository runs before it is approved', async () => {
  await using workspace = await makeWorkspace({ inMemory: true });
  const source = await workspace.folder('docs');
  for (const name of ['one', 'two', 'three']) writeFileSync(join(source, name), name);
  const server = createServer((_, response) => response.end('up'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const { port } = server.address() as AddressInfo;
  workspace.init();
  expectDone(await workspace.here(['source', 'add', 'folder', '--name', 'docs', '--set', `path=${source}`]));
  expectDone(await workspace.here(['protect', 'docs']));
  const ran = workspace.path('ran');
  const look = shell(`echo "$HOLDFAST_DRILL_SOURCE" >> ${ran}; cat "$HOLDFAST_DRILL_FOLDER${source}/one"`);
  const good: GivenProbe[] = [
    { title: 'The letter is there', what: look },
    { title: 'It answers', what: { kind: 'health', check: { kind: 'tcp', host: '127.0.0.1', port } } },
  ];
  await setChecks(workspace, good);
  const whole = await drilled(workspace, '--sample', 'whole');
  expect(whole.state).toBe('passed');
  expect(own(whole)).toMatchObject([
    { title: 'The letter is there', result: 'good', detail: 'one' },
    { title: 'It answers', result: 'good', detail: `127.0.0.1:${port} takes connections.` },
  ]);
  expect(readFileSync(ran, 'utf8')).toBe('docs\n');

  const part = await drilled(workspace, '--sample', '1B');
  expect(part.state, 'what needs all of it says nothing of a part').toBe('passed');
  expect(own(part).map(({ result }) => result)).toEqual(['left', 'left']);

  const slow = { title: 'It ends', timeLimitMs: 1_000, needsWhole: false, what: shell('sleep 60') };
  await setChecks(workspace, [slow, { title: 'It is well', needsWhole: false, what: shell('echo no luck; exit 3') }]);
  const failed = await drilled(workspace);
  expect(failed.state).toBe('failed');
  expect(own(failed)).toMatchObject([
    { result: 'bad', detail: 'It took longer than 1 s.' },
    { result: 'bad', detail: 'The command ended with exit code 3. no luck' },
  ]);

  await setChecks(workspace, good);
  rmSync(workspace.home, { recursive: true });
  rmSync(ran);
  expectDone(await workspace.here(['recover']));
  const unproven = await drilled(workspace, '--sample', 'whole');
  expect(unproven.state).toBe('partial');
  expect(own(unproven).map(({ result }) => result)).toEqual(['left', 'left']);
  expect(existsSync(ran)).toBe(false);
  expectDone(await workspace.here(['source', 'approve', 'docs']));
  expect((await drilled(workspace, '--sample', 'whole')).state).toBe('passed');
  expect(existsSync(ran)).toBe(true);

  const shown = expectDone(await workspace.here(['drill', 'checks', 'docs']));
  expect(shown.stdout).toContain('The letter is there');
  expectDone(await workspace.here(['drill', 'checks', 'docs', '--none']));
  expect(own(await drilled(workspace, '--sample', 'whole'))).toEqual([]);
  server.close();
});
