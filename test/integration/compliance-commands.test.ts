import { expect, test } from 'vitest';
import { expectDone } from '../support/expect-clean.ts';
import { makeWorkspace } from '../support/workspace.ts';

test('compliance, storage and trends say of one source with one copy what they know, and what they do not', async () => {
  await using workspace = await makeWorkspace({ inMemory: true });
  workspace.init();
  const papers = await workspace.folder('papers');
  const run = (...args: string[]) => workspace.here(args);
  expectDone(await run('source', 'add', 'folder', '--name', 'papers', '--set', `path=${papers}`));
  expectDone(await run('protect', 'papers'));
  const judged = await run('--json', 'compliance');
  // What falls short is told by the exit code too.
  expect(judged.code).toBe(3);
  const said = JSON.parse(judged.stdout) as {
    sources: { source: string; findings: { rule: string; state: string; words: string }[] }[];
  };
  expect(said.sources.map(({ source }) => source)).toEqual(['papers']);
  const states = Object.fromEntries((said.sources[0]?.findings ?? []).map(({ rule, state }) => [rule, state]));
  // One copy on this machine is neither three nor elsewhere, and what was never rehearsed is not known.
  expect(states).toMatchObject({ copies: 'missed', offsite: 'missed', drilled: 'unknown', retention: 'unknown' });
  // What a command has protected into counts, also where no engine stays that it is connected to.
  const copies = said.sources[0]?.findings.find(({ rule }) => rule === 'copies');
  expect(copies?.words).toBe('2 of 3 copies: the original, the primary repository (this workstation).');
  const unknown = await run('compliance', '--source', 'nobody');
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('SOURCE_UNKNOWN')]);
  const csv = (await run('compliance', '--csv')).stdout.trim().split(/\r?\n/);
  expect(csv.some((line) => line.includes('papers'))).toBe(true);
  expectDone(await run('storage'));
  expect(expectDone(await run('trends', 'papers', '--figures')).stdout).not.toBe('');
});
