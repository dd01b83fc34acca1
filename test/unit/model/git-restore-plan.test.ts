import { describe, expect, test } from 'vitest';
import type { Ref } from '../../../shared/model/git-refs.ts';
import { isRefName, isRestoredRef, originalName, planRefs } from '../../../shared/model/git-restore-plan.ts';

const [a, b, c] = ['a', 'b', 'c'].map((letter) => letter.repeat(40)) as [string, string, string];

function plan(wanted: readonly Ref[], seen: readonly Ref[], { forwards = [] as string[], deletes = false } = {}) {
  return planRefs({ wanted, seen, forwards: new Set(forwards), deletes });
}

describe('a plan of refs', () => {
  test('says of each ref what would become of it', () => {
    const wanted: Ref[] = [
      ['refs/heads/new', a],
      ['refs/heads/ahead', b],
      ['refs/heads/apart', b],
      ['refs/tags/same', c, a],
    ];
    const seen: Ref[] = [
      ['refs/heads/ahead', a],
      ['refs/heads/apart', c],
      ['refs/heads/theirs', c],
      ['refs/tags/same', c],
    ];
    expect(plan(wanted, seen, { forwards: ['refs/heads/ahead'] })).toEqual([
      { name: 'refs/heads/ahead', action: 'fast-forward', from: a, to: b },
      { name: 'refs/heads/apart', action: 'overwrite', from: c, to: b },
      { name: 'refs/heads/new', action: 'create', from: null, to: a },
      { name: 'refs/heads/theirs', action: 'leave', from: c, to: null },
      { name: 'refs/tags/same', action: 'unchanged', from: c, to: c },
    ]);
  });

  test('deletes what only the target has when that is asked for, and nothing of the server itself', () => {
    const seen: Ref[] = [
      ['refs/heads/theirs', c],
      ['refs/pull/1/head', c],
    ];
    expect(plan([], seen, { deletes: true })).toEqual([
      { name: 'refs/heads/theirs', action: 'delete', from: c, to: null },
    ]);
  });

  test('leaves out refs of pull requests, and those that are kept here', () => {
    const wanted: Ref[] = [
      ['refs/pull/1/head', a],
      ['refs/holdfast/lost/1/refs/heads/main', b],
    ];
    expect(plan(wanted, [])).toEqual([]);
  });
});

describe('a name of a ref', () => {
  test.each([
    'refs/heads/../../config',
    'refs/heads/a b',
    'refs/heads/-x\n',
    'refs/heads/a\\x00b',
    'refs/heads/a\\x0ab',
    'refs/heads/a:b',
    'refs/heads/a.lock',
    'refs/heads/.hidden',
    'refs/heads/',
    'refs/heads/a//b',
    'refs/heads/@{1}',
    'refs/heads/a\\b',
    '--upload-pack=x',
    'HEAD',
  ])('%j is none', (name) => expect(isRestoredRef(name)).toBe(false));

  test.each([
    'refs/heads/main',
    'refs/heads/-x',
    'refs/heads/é/ö',
    'refs/tags/v1.0',
    'refs/notes/commits',
    'refs/heads/\\xff',
  ])('%j is one', (name) => expect(isRestoredRef(name)).toBe(true));

  test('of lost history is the one it had', () => {
    expect(originalName('refs/holdfast/lost/12/refs/heads/feature/x')).toBe('refs/heads/feature/x');
    expect(originalName('refs/heads/main')).toBe('refs/heads/main');
    expect(isRefName('refs/holdfast/lost/12/refs/heads/feature/x')).toBe(true);
  });
});
