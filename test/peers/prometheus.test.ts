import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectDone } from '../support/expect-clean.ts';
import { describePeer } from '../support/peers.ts';
import { makeWorkspace } from '../support/workspace.ts';

const docs = join(import.meta.dirname, '../../docs');
const rulesFile = join(docs, 'monitoring', 'holdfast.rules.yml');
const named = (text: string): string[] => [...new Set(text.match(/\bholdfast_[a-z_]+/g))].toSorted();

describePeer('promtool', 'figures and rules, read by the tool of Prometheus', () => {
  test('are what it takes', async () => {
    await using workspace = await makeWorkspace();
    workspace.init();
    const folder = await workspace.folder('papers');
    expectDone(await workspace.here(['source', 'add', 'folder', '--name', 'papers', '--set', `path=${folder}`]));
    expectDone(await workspace.here(['protect', 'papers']));
    const metrics = await workspace.holdfast(['metrics']);
    expectDone(metrics);
    expect(metrics.stdout).toContain('holdfast_source_snapshots{tenant="default",source="papers"} 1');
    const checked = spawnSync('promtool', ['check', 'metrics'], { input: metrics.stdout, encoding: 'utf8' });
    expect(checked).toMatchObject({ status: 0, stdout: '', stderr: '' });
    const rules = spawnSync('promtool', ['check', 'rules', rulesFile], { encoding: 'utf8' });
    expect(rules.status, rules.stdout + rules.stderr).toBe(0);
  });
});

test('rules ask for figures that there are, and the page names all there are', () => {
  const source = readFileSync(join(docs, '../shared/model/console-metrics.ts'), 'utf8');
  const made = [...source.matchAll(/metric\(\s*'([a-z_]+)'/g)].map(([, name]) => `holdfast_${name}`).toSorted();
  expect(made.length).toBeGreaterThan(20);
  const page = readFileSync(join(docs, 'MONITORING.md'), 'utf8');
  const onPage = named(page.replaceAll(/`(holdfast_repository)_[a-z_]+`, `…(_[a-z_]+)`/g, '$& $1$2'));
  expect(onPage).toEqual(made);
  for (const name of named(readFileSync(rulesFile, 'utf8'))) expect(made).toContain(name);
});
