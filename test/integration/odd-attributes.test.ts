import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { libc } from '../../electron/engine/platform/libc.ts';
import { protectResultSchema } from '../../shared/contract/protection.ts';
import { expectDone } from '../support/expect-clean.ts';
import { makeWorkspace } from '../support/workspace.ts';

test.skipIf(process.platform !== 'linux' || libc === null)(
  'an extended attribute whose name is not UTF-8 is named in every run, which is partial; the others are stored',
  async () => {
    await using workspace = await makeWorkspace();
    const source = await workspace.folder('source');
    const [odd, plain] = [join(source, 'odd'), join(source, 'plain')];
    for (const path of [odd, plain, source]) {
      if (path !== source) writeFileSync(path, 'content');
      libc?.setXattr(path, 'user.plain', Buffer.from('value'));
    }
    libc?.setXattr(odd, 'user.\xff', Buffer.from('value'));
    libc?.setXattr(source, 'user.\xfe', Buffer.from('value'));
    workspace.init();
    for (const run of ['first', 'second']) {
      const result = await workspace.holdfast(['protect', source, '--json']);
      expect(result.code, run).toBe(3);
      const { status, issues } = result.json(protectResultSchema);
      expect(status).toBe('partial');
      expect(issues.map(({ path, code }) => `${path} ${code}`).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
        `${source} ATTRIBUTE_NOT_STORED`,
        `${odd} ATTRIBUTE_NOT_STORED`,
      ]);
      expect(issues.find(({ path }) => path === odd)?.message).toContain(String.raw`user.\xff`);
    }
    const target = workspace.path('target');
    expectDone(await workspace.holdfast(['restore', 'latest', '--to', target]));
    for (const path of [odd, plain, source]) {
      expect(libc?.readXattrs(join(target, path)).map(({ name, value }) => `${name}=${value.toString()}`)).toEqual([
        'user.plain=value',
      ]);
    }
    libc?.removeXattr(odd, 'user.\xff');
    libc?.removeXattr(source, 'user.\xfe');
    expectDone(await workspace.holdfast(['protect', source]));
    expectDone(await workspace.holdfast(['check', '--read-data']));
  },
);
