/** A repository that bad input must not harm, and how a refusal has to look. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { errorCatalog, type ErrorCode } from '../../shared/model/errors.ts';
import { buildOnce } from './build-once.ts';
import { describeTree, diffTrees } from './describe-tree.ts';
import { expectDone } from './expect-clean.ts';
import type { HereOptions } from './here.ts';
import type { HoldfastResult } from './holdfast.ts';
import { noise } from './odd-tree.ts';
import { describeFailure } from './processes.ts';
import { snapshotListSchema } from './snapshot-list.ts';
import { inTurn } from './torture/rounds.ts';
import { makeWorkspace, type Workspace, type WorkspaceOptions } from './workspace.ts';

export const isRoot = process.getuid?.() === 0;
const mib = 1024 * 1024;

export type Prepared = Workspace & { readonly source: string };

/** A repository with one snapshot of a small source, untouched for each test. */
export const prepare = buildOnce(() => prepareAnew());

/** The same, made for one test alone. */
export async function prepareAnew(given: WorkspaceOptions = {}): Promise<Prepared> {
  const workspace = await makeWorkspace(given);
  const source = await workspace.folder('source');
  mkdirSync(join(source, 'folder'));
  writeFileSync(join(source, 'file'), 'content');
  writeFileSync(join(source, 'folder', 'large'), noise(2 * mib, 'large'));
  workspace.init();
  expectDone(await workspace.here(['protect', source]));
  return { ...workspace, source };
}

/**
 * One code, one sentence, the code's exit code; no stack, no fault of ours. `codes` has more than one where both are
 * true.
 */
export async function expectRefused(
  workspace: Workspace,
  args: readonly string[],
  codes: readonly ErrorCode[],
  { unprivileged = false, ...options }: HereOptions & { readonly unprivileged?: boolean } = {},
): Promise<HoldfastResult> {
  const asked = [...args, '--json'];
  const result = await (unprivileged
    ? workspace.holdfast(asked, { unprivileged, ...options })
    : workspace.here(asked, options));
  const shown = describeFailure(result);
  expect([1, 2, 3], shown).toContain(result.code);
  const error = result.error();
  expect(codes, shown).toContain(error.code);
  expect(result.code, shown).toBe(errorCatalog[error.code].exitCode);
  expect(error.message, shown).toMatch(/^[^\n]{10,400}$/);
  expect(result.stdout + result.stderr, shown).not.toMatch(/^\s+at .+:\d+:\d+\)?$|node:internal/m);
  // The same for people, on standard error.
  for (const words of [error.code, error.message, error.meaning, error.action]) expect(result.stderr).toContain(words);
  return result;
}

/** Looks at the repository; what is returned expects each file in it to be the same to the bit, and none beside them. */
export function watchRepository({ repository }: Workspace): () => void {
  const look = () => describeTree(repository, { attributes: false });
  const before = look();
  return () => {
    // A lock that came and went is to be seen in the times of folders.
    const ignoreIn = (_: string, { type }: { readonly type: string }) => (type === 'dir' ? (['mtimeNs'] as const) : []);
    expect(diffTrees(before, look(), { ignoreIn, skip: (path) => path === 'tmp' }), 'the repository').toEqual([]);
  };
}

/** What was there before is there still: the same snapshots, restorable, and no leftovers. */
export async function expectNothingLost(
  workspace: Prepared,
  given: { readonly snapshots?: number } = {},
): Promise<void> {
  // The home may have been given to another account meanwhile.
  const env = { HOLDFAST_HOME: workspace.path('home-to-look-with') };
  const list = expectDone(await workspace.here(['snapshots', '--json'], { env })).json(snapshotListSchema);
  expect(list).toHaveLength(given.snapshots ?? 1);
  const target = await workspace.folder(`restored-afterwards-${randomUUID()}`);
  const first = list.find(({ paths }) => paths.includes(workspace.source))?.id ?? '';
  expectDone(await workspace.here(['restore', first, '--to', target], { env }));
  expect(readFileSync(join(target, workspace.source, 'folder', 'large')).equals(noise(2 * mib, 'large'))).toBe(true);
  expectDone(await workspace.here(['check', '--read-data'], { env }));
  expectNoLeftovers(workspace.repository);
}

/** Only what the format knows lies in the repository: no temporary file, no lock. */
function expectNoLeftovers(repository: string): void {
  const known =
    /^(config|(data|index|keys|locks|snapshots)|tmp|data\/[0-9a-f]{2}|(data\/[0-9a-f]{2}|index|keys|snapshots)\/[0-9a-f]{64})$/;
  const paths = [...describeTree(repository, { attributes: false }).keys()].filter((path) => path !== '');
  expect(paths.filter((path) => !known.test(path))).toEqual([]);
}

/** Of those commands the ones that meet the bad input of this number. */
export const commandsInTurn = (workspace: Prepared, turn: number, count: number): readonly (readonly string[])[] =>
  inTurn(commands(workspace), turn, count);

/** Commands that need a repository to be opened. */
export const commands = (workspace: Prepared): readonly (readonly string[])[] => [
  ['snapshots'],
  ['ls', 'latest'],
  ['check'],
  ['protect', workspace.source],
  ['restore', 'latest', '--to', workspace.path('restored')],
];
