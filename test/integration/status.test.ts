import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { protectionRunSchema } from '../../shared/contract/schedule.ts';
import { makeWorkspace, type Workspace } from '../support/workspace.ts';

/** A source `papers`, with a run of a profile each hour. */
async function office(): Promise<Workspace> {
  const workspace = await makeWorkspace();
  await workspace.folder('papers');
  await writeFile(workspace.path('papers', 'letter'), 'Dear all');
  workspace.init();
  await must(workspace, 'source', 'add', 'folder', '--name', 'papers', '--set', `path=${workspace.path('papers')}`);
  await must(workspace, 'profile', 'add', '--preset', 'frequent', '--name', 'Often');
  await must(workspace, 'profile', 'assign', 'Often', '--source', 'papers');
  return workspace;
}

async function must(workspace: Workspace, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await workspace.here(args);
  expect(code, `holdfast ${args.join(' ')}: ${stderr}`).toBe(0);
  return stdout;
}

const later = (days: number) => ({ env: { HOLDFAST_TEST_CLOCK_DAYS: String(days) } });

test('the status says in one line whether sources are as fresh as they must be, and ends so that a script can tell', async () => {
  await using workspace = await office();
  const never = await workspace.here(['status']);
  expect(never.code).toBe(3);
  expect(never.stdout).toContain('1 source without a good snapshot.');
  await must(workspace, 'protect', 'papers');
  expect(await must(workspace, 'status')).toMatch(/^1 of 1 source within the allowed age\./);
  const overdue = await workspace.holdfast(['status'], later(2));
  expect(overdue.code).toBe(3);
  expect(overdue.stdout).toMatch(/^0 of 1 source within the allowed age\.\n\n.*\npapers +2 d.* ago +1 d 2[23] h over/);
  expect(overdue.stderr).toContain('Nothing runs by itself here');
});

test('`run --due` runs what is due once, with no engine that stays, and says so in the history', async () => {
  await using workspace = await office();
  const ran = await workspace.holdfast(['run', '--due', '--json'], later(1));
  expect(ran.code, ran.stderr).toBe(0);
  const { runs, due } = ran.json(z.object({ runs: z.array(protectionRunSchema), due: z.number() }));
  expect(due).toBe(1);
  expect(runs).toMatchObject([{ source: 'papers', state: 'complete', profile: expect.any(String) as string }]);
  const again = await workspace.holdfast(['run', '--due'], later(1));
  expect(again.stdout + again.stderr).toContain('Nothing is due.');
  const history = (await workspace.here(['runs', '--json'])).json(z.array(protectionRunSchema));
  expect(history.filter(({ state }) => state !== 'missed')).toHaveLength(1);
});

test('two timers at the same moment run what is due once', async () => {
  await using workspace = await office();
  const both = await Promise.all([1, 2].map(() => workspace.holdfast(['run', '--due'], later(1))));
  expect(both.map(({ code }) => code)).toContain(0);
  const history = (await workspace.here(['runs', '--json'])).json(z.array(protectionRunSchema));
  expect(history.filter(({ state }) => state !== 'missed')).toHaveLength(1);
});

test('a pause keeps `run --due` from running, until it is ended', async () => {
  await using workspace = await office();
  await must(workspace, 'pause', '--reason', 'a move');
  const paused = await workspace.holdfast(['run', '--due'], later(1));
  expect(paused.stdout + paused.stderr).toContain('Nothing is due.');
  expect(await workspace.here(['status'])).toMatchObject({ stdout: expect.stringContaining('a move') as string });
  await must(workspace, 'resume');
  const ran = await workspace.holdfast(['run', '--due', '--json'], later(1));
  expect(ran.json(z.object({ due: z.number() })).due).toBe(1);
  const twice = await workspace.here(['resume']);
  expect(twice.code).toBe(2);
});

test('a jump of the clock is told, and confirming it makes it believed', async () => {
  await using workspace = await office();
  expect(await must(workspace, 'clock')).toContain('It is believed.');
  const jumped = await workspace.holdfast(['clock'], later(30));
  expect(jumped.code).toBe(3);
  expect(jumped.stdout).toContain('has jumped ahead by 30 d');
  const confirmed = await workspace.holdfast(['clock', 'confirm'], later(30));
  expect(confirmed.stdout).toContain('It is believed.');
});
