import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { checkResultSchema } from '../../shared/contract/repository.ts';
import { describeTree } from '../support/describe-tree.ts';
import { expectDone } from '../support/expect-clean.ts';
import { mustRun } from '../support/processes.ts';
import { entryListSchema, snapshotListSchema } from '../support/snapshot-list.ts';
import { makeWorkspace } from '../support/workspace.ts';

const place = join(import.meta.dirname, '..', 'fixtures', 'repositories');
const kinds = readdirSync(place)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -'.json'.length));

const nodeSchema = z.object({
  type: z.string(),
  mode: z.number(),
  mtimeNs: z.string(),
  size: z.string().optional(),
  content: z.string().optional(),
  target: z.string().optional(),
  sameAs: z.string().optional(),
});
const goldenSchema = z.object({
  madeBy: z.string(),
  password: z.string(),
  snapshots: z.array(z.object({ id: z.string(), label: z.string(), tree: z.record(z.string(), nodeSchema) })),
});

describe('golden repositories that restic made', () => {
  for (const kind of kinds) {
    const golden = goldenSchema.parse(JSON.parse(readFileSync(join(place, `${kind}.json`), 'utf8')));

    test(`${kind} (${golden.madeBy}): listed, clean, and restored to the recorded hashes`, async () => {
      await using workspace = await makeWorkspace();
      await mustRun('tar', ['-C', workspace.root, '-xf', join(place, `${kind}.tar`)]);
      const options = { env: { HOLDFAST_PASSWORD: golden.password } };
      const before = describeTree(workspace.repository, { attributes: false });

      const listed = expectDone(await workspace.here(['snapshots', '--json'], options)).json(snapshotListSchema);
      expect(listed.map(({ id }) => id.slice(0, 8)).sort()).toEqual(golden.snapshots.map(({ id }) => id).sort());
      const checked = expectDone(await workspace.here(['check', '--read-data', '--json'], options));
      expect(checked.json(checkResultSchema)).toMatchObject({ snapshots: golden.snapshots.length, errors: [] });

      for (const { id, tree } of golden.snapshots) {
        const entries = expectDone(await workspace.here(['ls', id, '--recursive', '--json'], options));
        expect(entries.json(entryListSchema)).toHaveLength(Object.keys(tree).length);
        const target = workspace.path(id);
        expectDone(await workspace.here(['restore', id, '--to', target], options));
        expect(restoredTree(target)).toEqual(tree);
      }
      const names = (described: ReturnType<typeof describeTree>) => [...described.keys()];
      expect(names(describeTree(workspace.repository, { attributes: false })), 'reading leaves nothing').toEqual(
        names(before),
      );
    });
  }
});

/** The restored folder in the shape of the recording. */
function restoredTree(target: string): Record<string, z.infer<typeof nodeSchema>> {
  const described = [...describeTree(target, { attributes: false })].filter(([path]) => path !== '');
  return Object.fromEntries(
    described.map(([path, { type, mode, mtimeNs, size, content, target: link, sameAs }]) => [
      path,
      {
        type,
        mode,
        mtimeNs: String(mtimeNs),
        ...(size === undefined ? {} : { size: String(size) }),
        ...(content === undefined ? {} : { content }),
        ...(link === undefined ? {} : { target: link }),
        ...(sameAs === undefined ? {} : { sameAs }),
      },
    ]),
  );
}
