/**
 * Many hostile folders in one snapshot, restored at once: each is a room between honest neighbours, so that one command
 * shows for all of them that nothing leaves the target, every fault is named and no fault costs its neighbours anything.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Issue } from '../../shared/contract/common.ts';
import { restoreResultSchema } from '../../shared/contract/recovery.ts';
import type { ErrorCode } from '../../shared/model/errors.ts';
import type { HoldfastResult } from './holdfast.ts';
import {
  expectCalm,
  expectGuardUntouched,
  goodFileNodes,
  makeScene,
  meet,
  readGoodFiles,
  sortNodes,
  type Meeting,
  type Scene,
} from './hostile.ts';
import { addTree, folderNode, type Fields } from './restic-nodes.ts';

/** What hangs in a room: nodes between two honest files, or the id of a tree that stands for the whole room. */
export type Exhibit = (scene: Scene) => readonly Fields[] | string;

export type Gallery = {
  scene(): Scene;
  /** The issues that name something in a room. */
  issuesIn(title: string): readonly Issue[];
  /**
   * Some issue with one of these codes names something in the room; all that do have one clear sentence, and one of
   * these codes or of those that may also be true.
   */
  expectNamed(title: string, codes: readonly ErrorCode[], also?: readonly ErrorCode[]): void;
  /** The honest files in the room are back. */
  expectGoodFiles(title: string): void;
  /** The place in the target where something of a room would be. */
  restored(title: string, name: string): string;
};

/**
 * Call inside `describe`: restores all before the tests, and brings the tests that hold for the whole.
 */
export function hangGallery(exhibits: Readonly<Record<string, Exhibit>>, how: Meeting = {}): Gallery {
  const titles = Object.keys(exhibits);
  const room = (title: string) => `room-${String(titles.indexOf(title)).padStart(3, '0')}`;
  let scene: Scene | undefined;
  let runs: { readonly first: HoldfastResult; readonly others: readonly HoldfastResult[] } | undefined;
  const opened = (): Scene => scene ?? fail('the gallery is not open');
  const first = (): HoldfastResult => runs?.first ?? fail('the gallery was not restored');

  beforeAll(async () => {
    scene = await makeScene();
    const { repository, workspace, target } = scene;
    const rooms = Object.entries(exhibits).map(([title, exhibit]) => folderNode(room(title), hang(opened(), exhibit)));
    const honest = addTree(repository, goodFileNodes(repository));
    const data = addTree(repository, [folderNode('a-neighbour', honest), ...rooms, folderNode('z-neighbour', honest)]);
    repository.writeSnapshot(addTree(repository, [folderNode('data', data)]));
    const restore = ['restore', 'latest', '--to', target, '--json'];
    const restored = await meet(workspace, restore, how);
    const others: HoldfastResult[] = [];
    for (const args of [
      [...restore, '--overwrite', 'always'],
      ['ls', 'latest', '--recursive', '--json'],
      ['check', '--read-data', '--json'],
    ]) {
      others.push(await meet(workspace, args, how));
    }
    runs = { first: restored, others };
  }, 120_000);

  afterAll(async () => {
    await scene?.[Symbol.asyncDispose]();
  });

  test('nothing outside the target is touched, and restore, ls and check stay calm', () => {
    expectGuardUntouched(opened());
    for (const result of [first(), ...(runs?.others ?? [])]) expectCalm(result);
  });

  test('the folders beside come back', () => {
    for (const neighbour of ['a-neighbour', 'z-neighbour']) readGoodFiles(join(opened().target, 'data', neighbour));
  });

  const issuesIn = (title: string): readonly Issue[] => {
    if (first().code === 0) return [];
    expect(first().code, first().stderr).toBe(3);
    const place = join(opened().target, 'data', room(title));
    return first()
      .json(restoreResultSchema)
      .issues.filter(({ path }) => path === place || path.startsWith(`${place}/`));
  };
  return {
    scene: opened,
    issuesIn,
    expectNamed: (title, codes, also = []) => {
      const issues = issuesIn(title);
      expect(issues, `something in ${room(title)} is named`).not.toEqual([]);
      for (const { code, message } of issues) {
        expect([...codes, ...also], message).toContain(code);
        expect(message).toMatch(/^[^\n]{8,2000}$/);
      }
      const named = issues.filter(({ code }) => codes.includes(code));
      expect(named, JSON.stringify(issues)).not.toEqual([]);
    },
    expectGoodFiles: (title) => {
      readGoodFiles(join(opened().target, 'data', room(title)));
    },
    restored: (title, name) => join(opened().target, 'data', room(title), name),
  };
}

function hang(scene: Scene, exhibit: Exhibit): string {
  const hung = exhibit(scene);
  if (typeof hung === 'string') return hung;
  return addTree(scene.repository, sortNodes([...goodFileNodes(scene.repository), ...hung]));
}

function fail(message: string): never {
  throw new Error(message);
}
