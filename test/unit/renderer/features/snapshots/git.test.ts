import { describe, expect, it } from 'vitest';
import type { DiffEntry } from '../../../../../shared/contract/diff.ts';
import type { Connection } from '../../../../../shared/contract/repositories.ts';
import { refKindOf, sayRef, shortRef } from '../../../../../renderer/components/git-words.ts';
import { codeLine, linesOfText, visibleLine } from '../../../../../renderer/components/visible-code.ts';
import { changedRepositories } from '../../../../../renderer/features/snapshots/git/changed-model.ts';
import {
  gitAddressOf,
  gitViewOf,
  parentFolder,
  startOf,
  treeWays,
} from '../../../../../renderer/features/snapshots/git/git-view.ts';

const repository = { id: 'a1', primary: true } as Connection;

describe('the address of the Git browser', () => {
  it('leads back to the view it was made of', () => {
    const view = gitViewOf({ source: 'acme', path: '/acme/app.git', at: 'refs/heads/a', folder: 'src', show: 'lost' }, [
      repository,
    ]);
    if (view === null) throw new Error('It is no view.');
    expect(view).toMatchObject({ show: 'commits', lost: true, folder: 'src', snapshot: null });
    expect(gitViewOf(gitAddressOf(view), [repository])).toEqual(view);
  });

  it('leaves out what is usual, and what is changed away', () => {
    const view = gitViewOf({ source: 'acme', path: '/p', at: 'x', folder: 'src', file: 'src/a' }, [repository]);
    if (view === null) throw new Error('It is no view.');
    expect(gitAddressOf(view, { path: null, at: null, folder: '', file: null })).toEqual({
      repository: 'a1',
      source: 'acme',
    });
  });

  it('is none without a source or a repository', () => {
    expect(gitViewOf({ source: 'acme' }, [])).toBeNull();
    expect(gitViewOf({}, [repository])).toBeNull();
  });
});

describe('where one begins to look', () => {
  const refs = ['refs/heads/dev', 'refs/notes/commits', 'refs/tags/v1'].map((name) => ({ name }));

  it('is the default branch, else a branch, else whatever there is', () => {
    expect(startOf('refs/heads/dev', refs)).toBe('refs/heads/dev');
    expect(startOf('refs/heads/gone', refs)).toBe('refs/heads/dev');
    expect(startOf(null, refs.slice(1))).toBe('refs/notes/commits');
    expect(startOf('refs/heads/main', [])).toBeNull();
  });

  it('goes up folder by folder', () => {
    expect(treeWays('a/b')).toEqual([
      { name: 'a', path: 'a' },
      { name: 'b', path: 'a/b' },
    ]);
    expect([parentFolder('a/b'), parentFolder('a')]).toEqual(['a', '']);
  });
});

describe('what Git calls things', () => {
  it('is shortened where that is plain', () => {
    expect(['refs/heads/a/b', 'refs/tags/v1', 'refs/pull/3/head', 'refs/heads/'].map(shortRef)).toEqual([
      'a/b',
      'v1',
      'pull/3/head',
      'heads/',
    ]);
    expect(refKindOf('refs/holdfast/lost/1/refs/heads/main')).toBe('kept');
    expect(sayRef('refs/tags/v1')).toBe('tag v1');
  });
});

describe('a line of a file from outside', () => {
  it('keeps tabs and spaces, and spells out what hides', () => {
    expect(visibleLine('\tif (x)  {\u202e \r')).toBe('    if (x)  {\\u{202e} ');
    expect(codeLine('a\u202eb').parts.map(({ odd, start }) => ({ odd, start }))).toEqual([
      { odd: false, start: 0 },
      { odd: true, start: 1 },
      { odd: false, start: 9 },
    ]);
  });

  it('is cut where it is endless, and says by how much', () => {
    const { parts, cut } = codeLine('x'.repeat(5_000));
    expect([parts[0]?.text.length, cut]).toEqual([2_000, 3_000]);
  });

  it('ends with its newline', () => {
    expect(linesOfText('a\nb\n')).toEqual(['a', 'b']);
    expect(linesOfText('a\n\nb')).toEqual(['a', '', 'b']);
  });
});

describe('the repositories whose refs differ', () => {
  const entry = (path: string, change: DiffEntry['change']): DiffEntry => ({ path, change, before: null, after: null });

  it('are told by the lists beside them, lost history before all', () => {
    expect(
      changedRepositories([
        entry('/o/b.git/packed-refs', 'changed'),
        entry('/o/b.meta/history.jsonl', 'added'),
        entry('/o/b.meta/refs.json', 'changed'),
        entry('/o/a.meta/refs.json', 'changed'),
        entry('/o/c.meta/refs.json', 'added'),
        entry('/o/d.meta/refs.json', 'removed'),
        entry('/o/e.meta/refs.json', 'metadata'),
        entry('/o/e.meta/issues.jsonl', 'changed'),
      ]),
    ).toEqual([
      { path: '/o/a.git', change: 'changed' },
      { path: '/o/b.git', change: 'history' },
      { path: '/o/c.git', change: 'added' },
      { path: '/o/d.git', change: 'removed' },
    ]);
  });
});
