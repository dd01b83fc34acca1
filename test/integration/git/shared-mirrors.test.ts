/** Mirrors that lie where others can write: what they put there runs nothing and leads nowhere. */
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeUpstream } from '../../support/upstream.ts';

test('a link in place of a file of the mirror is replaced, and what it leads to stays as it is', async () => {
  await using upstream = await makeUpstream();
  await upstream.commit('main', { a: '1' });
  await upstream.update();
  await upstream.git('branch', '--move', 'main', 'trunk');
  await upstream.git('symbolic-ref', 'HEAD', 'refs/heads/trunk');
  const outside = upstream.workspace.path('outside');
  for (const name of ['config', 'HEAD.lock']) {
    writeFileSync(`${outside}-${name}`, 'precious');
    rmSync(join(upstream.mirror, name), { force: true });
    symlinkSync(`${outside}-${name}`, join(upstream.mirror, name));
  }
  expect(await upstream.update()).toMatchObject({ head: 'refs/heads/trunk', problems: [] });
  for (const name of ['config', 'HEAD.lock']) expect(readFileSync(`${outside}-${name}`, 'utf8')).toBe('precious');
  expect(readFileSync(join(upstream.mirror, 'config'), 'utf8')).toContain('bare = true');
});
