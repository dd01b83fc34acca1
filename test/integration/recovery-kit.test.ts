import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recoveryKitSchema } from '../../shared/contract/recovery-kit.ts';
import { expectDone } from '../support/expect-clean.ts';
import { makeWorkspace } from '../support/workspace.ts';

test('the recovery kit says where and how, and neither the password nor markup from a name gets into it', async () => {
  await using workspace = await makeWorkspace();
  const source = await workspace.folder('<script>alert(1)</script>');
  writeFileSync(join(source, 'file'), 'content');
  workspace.init();
  expectDone(await workspace.here(['protect', source, '--source', '<img src=x onerror=alert(1)> & "sons"']));
  const page = workspace.path('kit.html');
  const kit = expectDone(await workspace.here(['recovery-kit', '--html', page, '--json'])).json(recoveryKitSchema);
  expect(kit.repository.location).toBe(workspace.repository);
  expect(kit.keys).toHaveLength(1);
  expect(kit.sources).toMatchObject([{ source: '<img src=x onerror=alert(1)> & "sons"', snapshots: 1 }]);
  const html = readFileSync(page, 'utf8');
  expect(html).toBe(kit.html);
  expect(html).not.toMatch(/<script|<img|@import|url\(/i);
  expect(html).toContain('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;sons&quot;');
  for (const text of [html, kit.text]) {
    expect(text).not.toContain(workspace.password);
    expect(text).toContain(kit.repository.id);
    expect(text).toContain(kit.keys[0]?.id);
    expect(text).toContain('holdfast --repository');
  }
  expect(statSync(page).mode & 0o777).toBe(0o600);
  const printed = expectDone(await workspace.here(['recovery-kit']));
  expect(printed.stdout).toContain('RECOVERY KIT');
});

test('the recovery kit as a file leads a new console back to the repository, and nothing in it is believed but the place', async () => {
  await using workspace = await makeWorkspace();
  const source = await workspace.folder('papers');
  writeFileSync(join(source, 'letter'), 'dear');
  workspace.init();
  expectDone(await workspace.here(['source', 'add', 'folder', '--name', 'papers', '--set', `path=${source}`]));
  expectDone(await workspace.here(['protect', 'papers']));
  const file = workspace.path('office.holdfast-kit');
  expectDone(await workspace.here(['recovery-kit', '--file', file]));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).not.toContain(workspace.password);

  const elsewhere = { HOLDFAST_HOME: workspace.path('new-home'), HOLDFAST_REPOSITORY: '' };
  const back = expectDone(await workspace.here(['recover', '--kit', file], { env: elsewhere }));
  expect(back.stdout + back.stderr).toContain('papers');
  expect(expectDone(await workspace.here(['source', 'list'], { env: elsewhere })).stdout).toContain('papers');

  const twice = await workspace.here(['recover', '--kit', file, '--from', workspace.repository], { env: elsewhere });
  expect(twice).toMatchObject({ code: 2 });
  writeFileSync(file, readFileSync(file, 'utf8').slice(0, 200));
  const damaged = await workspace.here(['recover', '--kit', file], { env: elsewhere });
  expect(damaged).toMatchObject({ code: 2 });
  expect(damaged.stderr).toContain('KIT_UNREADABLE');
});
