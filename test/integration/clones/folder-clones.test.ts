/** Clones of folders: made whole and marked, removed when their time is over, and left where somebody has worked in them. */
import { existsSync, linkSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { Clone, NewClone } from '../../../shared/contract/clones.ts';
import { toTheEnd } from '../../support/client.ts';
import { makeOffice, type Office } from '../../support/office.ts';

const hour = 3_600_000;

async function withSnapshot(): Promise<Office & { papers: string }> {
  const office = await makeOffice();
  const papers = office.workspace.path('papers');
  await mkdir(join(papers, 'deep', 'er'), { recursive: true });
  await writeFile(join(papers, 'deep', 'er', 'na\nme'), 'odd');
  await writeFile(join(papers, 'one'), 'twice');
  linkSync(join(papers, 'one'), join(papers, 'two'));
  await symlink('/etc', join(papers, 'leads-away'));
  await office.wakeAt('13:00');
  return Object.assign(office, { papers });
}

async function access({ client }: Office) {
  const [repository] = (await client.repositories.list({})).repositories;
  return { id: repository?.id ?? '' };
}

async function clone(office: Office, target: string, what: Partial<NewClone> = {}): Promise<Clone> {
  const input = { kind: 'folder', selections: ['latest'], source: 'papers', target, ...what } as NewClone;
  const expiresAt = new Date(office.nowMs + 2 * hour).toISOString();
  const events = await office.client.clones.make({ repository: await access(office), what: input, expiresAt });
  return (await toTheEnd(events)).result.result;
}

/** The engine looks at once when its machine wakes. */
async function later(office: Office, ms: number): Promise<void> {
  await office.wakeAt(new Date(office.nowMs + ms).toISOString());
}

const listed = async ({ client }: Office): Promise<Clone[]> => (await client.clones.list({})).clones;

async function until(office: Office, isSo: (clones: Clone[]) => boolean): Promise<Clone[]> {
  for (;;) {
    const clones = await listed(office);
    if (isSo(clones)) return clones;
    await later(office, 60_000);
  }
}

test(
  'it appears whole, marked, and goes with all that it made when its time is over',
  { timeout: 120_000 },
  async () => {
    await using office = await withSnapshot();
    const target = office.workspace.path('dev', 'copy');
    const made = await clone(office, target);
    expect(made).toMatchObject({
      state: 'ready',
      of: { source: 'papers', paths: ['/'] },
      place: { kind: 'folder', path: target },
      within: [],
    });
    expect(await readdir(dirname(target))).toEqual(['copy']);
    const inside = join(target, office.papers);
    expect(await readFile(join(inside, 'deep', 'er', 'na\nme'), 'utf8')).toBe('odd');
    const mark = JSON.parse(await readFile(join(target, '.holdfast-clone.json'), 'utf8')) as Record<string, unknown>;
    expect(mark).toMatchObject({ holdfastClone: 1, id: made.id, expiresAt: made.expiresAt });
    expect(await office.client.clones.look({ clone: made.id })).toMatchObject({ changed: 0, missing: false });

    await later(office, hour);
    expect(await listed(office)).toHaveLength(1);
    const longer = new Date(office.nowMs + 3 * hour).toISOString();
    await office.client.clones.extend({ clone: made.id.slice(0, 6), expiresAt: longer });
    expect(await readFile(join(target, '.holdfast-clone.json'), 'utf8')).toContain(longer);
    await later(office, 2 * hour);
    expect(await listed(office)).toHaveLength(1);
    await later(office, 2 * hour);
    await until(office, (clones) => clones.length === 0);
    expect(await readdir(dirname(target))).toEqual([]);
    expect(await readFile(join(office.papers, 'one'), 'utf8')).toBe('twice');
    expect(existsSync('/etc/passwd')).toBe(true);
  },
);

test(
  'what somebody has changed or added keeps it, and is told; nothing of theirs goes',
  { timeout: 120_000 },
  async () => {
    await using office = await withSnapshot();
    const target = office.workspace.path('copy');
    const made = await clone(office, target);
    const inside = join(target, office.papers);
    await writeFile(join(inside, 'letter'), 'Dear you');
    // As if nothing had happened.
    await utimes(join(inside, 'letter'), 1, 1);
    await writeFile(join(inside, 'mine'), 'new');
    await later(office, 3 * hour);
    const [left] = await until(office, ([one]) => one?.trouble !== null);
    expect(left?.trouble).toMatchObject({ kind: 'changed', count: 2 });
    expect(left?.trouble?.items.map((line) => basename(line.split(': ')[0] ?? '')).sort()).toEqual(['letter', 'mine']);
    expect(await readFile(join(inside, 'one'), 'utf8')).toBe('twice');
    const told = async () => (await office.client.alerts.list({})).alerts.find(({ rule }) => rule === 'clone-left');
    while ((await told()) === undefined) await later(office, 60_000);
    expect((await told())?.todo).toContain(`holdfast clone keep ${made.id.slice(0, 8)}`);
    await expect(toTheEnd(await office.client.clones.remove({ clone: made.id }))).rejects.toMatchObject({
      code: 'CLONE_CHANGED',
    });
    expect(await readFile(join(inside, 'mine'), 'utf8')).toBe('new');
    const removed = await toTheEnd(await office.client.clones.remove({ clone: made.id, withChanges: true }));
    expect(removed.result.result.left).toBe(0);
    expect(existsSync(target)).toBe(false);
    while ((await told()) !== undefined) await later(office, 60_000);
  },
);

test('a link or another folder in its place leads the removal nowhere', { timeout: 120_000 }, async () => {
  await using office = await withSnapshot();
  const target = office.workspace.path('copy');
  const made = await clone(office, target);
  const other = await office.workspace.folder('others');
  await writeFile(join(other, 'theirs'), 'theirs');
  const inside = join(target, office.papers, 'deep');
  await rename(inside, office.workspace.path('moved'));
  await symlink(other, inside);
  const remove = async (withChanges: boolean) =>
    toTheEnd(await office.client.clones.remove({ clone: made.id, withChanges }));
  await expect(remove(false)).rejects.toMatchObject({ code: 'CLONE_CHANGED' });
  await remove(true);
  expect(existsSync(target)).toBe(false);
  expect(await readFile(join(other, 'theirs'), 'utf8')).toBe('theirs');
  expect(await readFile(join(office.workspace.path('moved'), 'er', 'na\nme'), 'utf8')).toBe('odd');

  const second = await clone(office, target);
  await rename(target, office.workspace.path('elsewhere'));
  await symlink(other, target);
  await later(office, 3 * hour);
  const [left] = await until(office, ([one]) => one?.trouble !== null);
  expect(left?.trouble?.kind).toBe('missing');
  expect(await readFile(join(other, 'theirs'), 'utf8')).toBe('theirs');
  await expect(office.client.clones.look({ clone: second.id })).resolves.toMatchObject({ missing: true });
  // Somebody who asks takes it out of the list; what was moved stays.
  await toTheEnd(await office.client.clones.remove({ clone: second.id }));
  expect(await listed(office)).toEqual([]);
  expect(existsSync(office.workspace.path('elsewhere', '.holdfast-clone.json'))).toBe(true);
});

test(
  'it comes nowhere near what is in use, over nothing that is there, and stays once it is kept',
  { timeout: 120_000 },
  async () => {
    await using office = await withSnapshot();
    const there = await office.workspace.folder('there');
    await writeFile(join(there, 'mine'), 'mine');
    for (const [target, code] of [
      [office.papers, 'TARGET_UNUSABLE'],
      [join(office.papers, 'copy'), 'TARGET_UNUSABLE'],
      [dirname(office.papers), 'TARGET_UNUSABLE'],
      [join(office.workspace.home, 'holdfast', 'copy'), 'TARGET_UNUSABLE'],
      [there, 'CLONE_PLACE_TAKEN'],
      ['copy', 'BAD_USAGE'],
    ] as const)
      await expect(clone(office, target), target).rejects.toMatchObject({ code });
    expect(await listed(office)).toEqual([]);
    expect(await readdir(there)).toEqual(['mine']);
    const past = new Date(office.nowMs - 1).toISOString();
    const what = {
      kind: 'folder' as const,
      selections: ['latest'],
      source: 'papers',
      target: office.workspace.path('x'),
    };
    await expect(
      toTheEnd(await office.client.clones.make({ repository: await access(office), what, expiresAt: past })),
    ).rejects.toMatchObject({ code: 'BAD_USAGE' });

    // An empty folder is a place.
    const empty = await office.workspace.folder('empty');
    const made = await clone(office, empty);
    await office.client.clones.keep({ clone: made.id });
    expect(await listed(office)).toEqual([]);
    await later(office, 5 * hour);
    expect(await readdir(empty)).not.toContain('.holdfast-clone.json');
    expect(await readFile(join(empty, office.papers, 'letter'), 'utf8')).toBe('Dear all');

    // Whoever removes it themselves hears nothing more of it.
    const gone = await clone(office, office.workspace.path('gone'));
    await rm(office.workspace.path('gone'), { recursive: true });
    await later(office, 3 * hour);
    await until(office, (clones) => clones.every(({ id }) => id !== gone.id));
  },
);
