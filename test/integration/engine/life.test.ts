import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diagnosticsSchema } from '../../../shared/contract/engine.ts';
import { connect } from '../../support/client.ts';
import { expectDone } from '../../support/expect-clean.ts';
import { serve } from '../../support/serving.ts';
import { makeWorkspace } from '../../support/workspace.ts';

test('an engine says what it is and what its machine has, and logs its start and its end', async () => {
  await using workspace = await makeWorkspace();
  {
    await using serving = await serve(workspace);
    {
      await using connected = await connect(workspace);
      const about = await connected.client.engine.about({});
      expect(about.selfTest.map(({ id, ok, detail }) => [id, ok, detail !== ''])).toEqual(
        ['cipher', 'key-derivation', 'authentication', 'compression', 'database', 'system-calls'].map((id) => [
          id,
          true,
          true,
        ]),
      );
      expect(about.home).toBe(join(workspace.home, 'holdfast'));
      expect(Date.parse(about.startedAt)).toBeGreaterThan(0);
    }
    expect(await serving.stop()).toMatchObject({ code: 0 });
  }
  const log = readFileSync(join(workspace.home, 'holdfast', 'logs', 'engine.log'), 'utf8');
  expect(log).toContain('The engine has started.');
  expect(log).toContain('The engine has ended in order.');
});

test('what diagnostics export names no file, no machine, no person, no secret', async () => {
  await using workspace = await makeWorkspace();
  const source = await workspace.folder('Very Private Folder');
  writeFileSync(join(source, 'file'), 'content');
  workspace.init();
  expectDone(
    await workspace.holdfast(['source', 'add', 'folder', '--name', 'payroll secret', '--set', `path=${source}`]),
  );
  expectDone(await workspace.holdfast(['protect', 'payroll secret']));
  const file = workspace.path('bundle.json');
  await using _ = await serve(workspace);
  expectDone(await workspace.holdfast(['diagnostics', '--output', file]));
  const text = readFileSync(file, 'utf8');
  const found = diagnosticsSchema.parse(JSON.parse(text));
  expect(found.missing).toEqual([]);
  expect(found.counts).toMatchObject({ registeredSources: 1 });
  expect(found.jobs.find(({ kind }) => kind === 'protect')).toMatchObject({ state: 'done', error: null });
  expect(found.log.join('\n')).toContain('The engine has started.');
  for (const name of [workspace.root, 'Private', 'payroll', hostname(), workspace.password]) {
    expect(text).not.toContain(name);
  }
});
