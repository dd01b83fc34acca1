/**
 * A hostile folder between honest files, restored inside a guarded place: whatever the folder holds, nothing outside the
 * target may change, memory stays bounded, failures are named, and the honest files come back.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Issue } from '../../shared/contract/common.ts';
import { restoreResultSchema } from '../../shared/contract/recovery.ts';
import type { ErrorCode } from '../../shared/model/errors.ts';
import { describeTree, diffTrees, type TreeDescription } from './describe-tree.ts';
import type { HoldfastResult } from './holdfast.ts';
import { watchMemory } from './peak-of-group.ts';
import { describeFailure } from './processes.ts';
import { addTree, fileNode, folderNode, type Fields } from './restic-nodes.ts';
import { createRepository, type RepositoryOptions, type ResticRepository } from './restic-repository.ts';
import { standingEngine } from './standing-engine.ts';
import { makeWorkspace, type Workspace } from './workspace.ts';

const engineOfFile = standingEngine();

export const memoryLimitBytes = 700 * 1000 * 1000;

export type Scene = AsyncDisposable & {
  readonly workspace: Workspace;
  readonly repository: ResticRepository;
  /** A folder outside the target, with things in it that must stay as they are. */
  readonly guard: string;
  readonly victimFile: string;
  readonly victimFolder: string;
  /** Inside the guard, and the only place in it where things may appear. */
  readonly target: string;
  /** The guard as it was. */
  readonly untouched: TreeDescription;
};

export async function makeScene(options: RepositoryOptions = {}): Promise<Scene> {
  const workspace = await makeWorkspace();
  const guard = workspace.path('guard');
  const places = {
    guard,
    victimFile: join(guard, 'victim.txt'),
    victimFolder: join(guard, 'victim-folder'),
    target: join(guard, 'target'),
  };
  mkdirSync(places.target, { recursive: true });
  mkdirSync(places.victimFolder);
  writeFileSync(places.victimFile, 'untouched');
  writeFileSync(join(places.victimFolder, 'inside'), 'untouched too');
  return {
    ...places,
    workspace,
    repository: createRepository(workspace.repository, options),
    untouched: describeGuard(guard),
    [Symbol.asyncDispose]: () => workspace[Symbol.asyncDispose](),
  };
}

/** Two honest files, named to sort before and behind whatever stands between them. */
export function goodFileNodes(repository: ResticRepository): Fields[] {
  return goodNames.map((name) => fileNode(repository, name, goodContent(name)));
}

/** The honest files are back in a folder. */
export function readGoodFiles(folder: string): void {
  for (const name of goodNames) {
    const place = join(folder, name);
    expect(existsSync(place) ? readFileSync(place, 'utf8') : 'not restored', place).toBe(goodContent(name));
  }
}

const goodNames = ['!good', '~good'] as const;
const goodContent = (name: string) => `honest content of ${name}`;

/**
 * A snapshot of `/data` with the nodes given in `/data/hostile`, between two honest files, and with an honest folder
 * beside it. A tree id instead of nodes stands for the whole hostile folder.
 */
export function writeHostileSnapshot(repository: ResticRepository, hostile: readonly Fields[] | string): string {
  const good = goodFileNodes(repository);
  const folder = typeof hostile === 'string' ? hostile : addTree(repository, sortNodes([...good, ...hostile]));
  const data = addTree(repository, [folderNode('hostile', folder), folderNode('sibling', addTree(repository, good))]);
  return repository.writeSnapshot(addTree(repository, [folderNode('data', data)]));
}

/** By the bytes of their names as stored, the order an honest program writes; equal names stay in the order given. */
export function sortNodes(nodes: readonly Fields[]): Fields[] {
  const key = (node: Fields | null) => Buffer.from(typeof node?.['name'] === 'string' ? node['name'] : '!!');
  return [...nodes].sort((a, b) => Buffer.compare(key(a), key(b)));
}

export type Restored = HoldfastResult & { readonly issues: readonly Issue[] };

/** Whose process meets the hostile thing: one of its own where that may need more memory than a test has, else this. */
export type Meeting = { readonly alone?: boolean; readonly unprivileged?: boolean };

/** Runs a command that meets something hostile; its peak of memory is known, wherever it ran. */
export async function meet(
  workspace: Workspace,
  args: readonly string[],
  { alone = false, unprivileged = false }: Meeting = {},
): Promise<HoldfastResult> {
  if (alone || unprivileged) return workspace.holdfast(args, { unprivileged });
  const env = await engineOfFile();
  const grownBy = watchMemory();
  const result = await workspace.here(args, { env });
  return { ...result, peakBytes: grownBy() };
}

/** Restores `latest` to the target with the guard watched, and checks what holds for every hostile snapshot. */
export async function restoreSafely(
  scene: Scene,
  given: Meeting & { readonly selection?: string; readonly args?: readonly string[] } = {},
): Promise<Restored> {
  const args = ['restore', given.selection ?? 'latest', '--to', scene.target, '--json', ...(given.args ?? [])];
  const result = await meet(scene.workspace, args, given);
  expectGuardUntouched(scene);
  expectCalm(result);
  const issues = result.code === 0 || result.code === 3 ? result.json(restoreResultSchema).issues : [];
  return { ...result, issues };
}

/** Lists and checks the hostile snapshot: both must stay calm, whatever they find. */
export async function inspectSafely(scene: Scene, how: Meeting = {}): Promise<void> {
  for (const args of [
    ['ls', 'latest:/data/hostile', '--json'],
    ['check', '--read-data', '--json'],
  ]) {
    expectCalm(await meet(scene.workspace, args, how));
  }
}

export function expectGuardUntouched({ guard, untouched }: Scene): void {
  const uidMayChange = { ignore: ['uid', 'gid'] } as const;
  expect(diffTrees(untouched, describeGuard(guard), uidMayChange), 'outside the target').toEqual([]);
}

/** Ended by itself with an answer of the documented kind, within memory, without a stack or a fault of ours. */
export function expectCalm(result: HoldfastResult, limitBytes = memoryLimitBytes): void {
  const shown = describeFailure(result);
  expect([0, 1, 2, 3], shown).toContain(result.code);
  for (const output of [result.stdout, result.stderr]) {
    expect(output, shown).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
    expect(output, shown).not.toMatch(/node:internal|Error: |UnhandledPromise|heap out of memory/);
    expect(output, shown).not.toMatch(/"INTERNAL"|\(INTERNAL\)|Error INTERNAL/);
  }
  // A list that breaks off half-way can only say so on standard error.
  if (result.code === 1 || result.code === 2)
    expect(`${result.stdout}${result.stderr}`, shown).toMatch(/"errors?":|^Error [A-Z_]+: /m);
  expect(result.peakBytes, shown).not.toBeNull();
  expect(result.peakBytes, shown).toBeLessThan(limitBytes);
}

/** The honest files are back; with `onlySibling`, those in the hostile folder are not asked for. */
export function expectGoodFiles(scene: Scene, given: { readonly onlySibling?: boolean } = {}): void {
  for (const folder of given.onlySibling ? ['sibling'] : ['hostile', 'sibling']) {
    readGoodFiles(join(scene.target, 'data', folder));
  }
}

/** The run was partial, and an issue of one of these codes names something at or below the path. */
export function expectNamed(result: Restored, path: string, codes: readonly ErrorCode[]): void {
  expect(result.code, describeFailure(result)).toBe(3);
  const named = result.issues.filter((issue) => issue.path.includes(path));
  expect(named, `${path} in ${JSON.stringify(result.issues).slice(0, 2000)}`).not.toEqual([]);
  for (const { code, message } of named) {
    expect(codes, message).toContain(code);
    expect(message).toMatch(/^[^\n]{8,2000}$/);
  }
}

export function restored(scene: Scene, name: string): string {
  return join(scene.target, 'data', 'hostile', name);
}

function describeGuard(guard: string): TreeDescription {
  const described = describeTree(guard, { without: (path) => path === 'target', attributes: false });
  return new Map([...described].filter(([path]) => path !== ''));
}
