/** Mirrors of an organisation that rot on the disk, protected by command: with a real repository of Holdfast behind them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeGitHistory } from '../../support/git-history.ts';
import { flipByte, packsOf } from '../../support/git-source.ts';
import { makeOrganisationScene } from '../../support/organisation.ts';
import { mustRun } from '../../support/processes.ts';

test('the mirror of a repository that is gone from GitHub is made anew from the newest snapshot, and an alert says so', async () => {
  await using scene = await makeOrganisationScene();
  const { folder, github } = scene;
  for (const name of ['api', 'web', 'ui', 'old']) {
    await makeGitHistory(scene.add(name), { commits: 20, refs: 4, seed: name.length });
    github.repository('acme', name).touch();
  }
  const { snapshot } = await scene.protect();
  const was = await refsOf(join(folder, 'old.git'));
  github.remove('acme', 'old');
  for (const name of ['api', 'old']) {
    for (const pack of packsOf(join(folder, `${name}.git`))) flipByte(pack);
    forgetCheck(join(folder, `${name}.meta`));
  }
  const result = await scene.protect(3);
  // Which comes first of those that are equally old is open, and one of four is looked at in the first run.
  expect(result.checkedMirrors).toHaveLength(1);
  const next = await scene.protect(3);
  const both = new Map(
    [...result.checkedMirrors, ...next.checkedMirrors].map(({ path, repaired }) => [path, repaired]),
  );
  expect(both).toEqual(new Map(['/acme/api.git', '/acme/old.git'].map((path) => [path, true])));
  for (const name of ['api', 'old']) await mustRun('git', ['-C', join(folder, `${name}.git`), 'fsck', '--full']);
  expect(await refsOf(join(folder, 'old.git'))).toBe(was);
  // That is when alerts are looked at where no engine stays.
  await scene.must(['run', '--due']);
  const { stdout } = await scene.must(['alerts', '--json'], 3);
  const { alerts } = JSON.parse(stdout) as { alerts: { rule: string; detail: string }[] };
  const told = alerts.filter(({ rule }) => rule === 'mirror-repaired');
  expect(told).toHaveLength(1);
  // What is looked into is what the snapshot says of itself.
  const listed = await scene.must(['git', 'repositories', 'latest', '--json']);
  expect(listed.stdout).toContain('"how": "full"');
  expect(snapshot).not.toBe(next.snapshot);
});

/** As if nobody had looked for years. */
function forgetCheck(meta: string): void {
  const file = join(meta, 'verified.json');
  const note = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  writeFileSync(file, JSON.stringify({ ...note, at: '2001-01-01T00:00:00.000Z' }));
}

async function refsOf(mirror: string): Promise<string> {
  return (await mustRun('git', ['-C', mirror, 'for-each-ref'])).stdout;
}
