import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { foundPathSchema, pathVersionSchema } from '../../shared/contract/catalog.ts';
import { diffEntrySchema, diffSummarySchema } from '../../shared/contract/diff.ts';
import { expectDone } from '../support/expect-clean.ts';
import { describePeer } from '../support/peers.ts';
import { makeWorkspace } from '../support/workspace.ts';

describePeer('restic', 'snapshots that restic made', () => {
  test('are found, listed by versions and compared as ours are; what restic forgets is forgotten', async () => {
    await using workspace = await makeWorkspace();
    const source = await workspace.folder('source');
    mkdirSync(join(source, 'deep', 'er'), { recursive: true });
    writeFileSync(join(source, 'deep', 'er', 'plan.txt'), 'first');
    writeFileSync(join(source, 'same'), 'same');
    await workspace.mustRestic(['init']);
    await workspace.mustRestic(['backup', source]);
    writeFileSync(join(source, 'deep', 'er', 'plan.txt'), 'second one');
    writeFileSync(join(source, 'new'), 'x');
    await workspace.mustRestic(['backup', source]);

    const find = async () => {
      const result = expectDone(await workspace.holdfast(['find', 'er/plan', '--json']));
      return result.json(z.array(foundPathSchema));
    };
    const plan = join(source, 'deep', 'er', 'plan.txt');
    expect(await find()).toMatchObject([{ path: plan, versions: 2, current: true, size: 10 }]);

    const [before = '', after = ''] = z
      .array(z.looseObject({ id: z.string() }))
      .parse(JSON.parse((await workspace.mustRestic(['snapshots', '--json'])).stdout))
      .map(({ id }) => id);
    const ours = expectDone(await workspace.holdfast(['diff', before, after, '--json'])).json(
      z.object({ entries: z.array(diffEntrySchema), summary: diffSummarySchema }),
    );
    const signs = { added: '+', removed: '-', changed: 'M', typeChanged: 'T', metadata: 'U' } as const;
    const theirs = (await workspace.mustRestic(['diff', before, after])).stdout;
    expect(ours.entries.map(({ change, path }) => `${signs[change]} ${path}`)).toEqual(
      theirs
        .split('\n')
        .filter((line) => /^[+\-MTU]\s+\//.test(line))
        .map((line) => line.replace(/\s+/, ' ')),
    );

    await workspace.mustRestic(['forget', before]);
    expect(await find()).toMatchObject([{ path: plan, versions: 1 }]);
    const versions = expectDone(await workspace.holdfast(['versions', plan, '--json']));
    expect(versions.json(z.array(pathVersionSchema))).toMatchObject([{ size: 10, first: { id: after } }]);
    expect(readdirSync(join(workspace.repository, 'locks'))).toEqual([]);
  });
});
