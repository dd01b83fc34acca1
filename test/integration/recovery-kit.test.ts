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
