import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accessBaseOf, isGitUrl, pathInSnapshot } from '../../../shared/model/git-url.ts';

const taken: readonly (readonly [url: string, path: string, base: string | null])[] = [
  ['https://example.org/team/tools.git', 'example.org/team/tools.git', 'https://example.org/'],
  ['https://Example.ORG/team/tools', 'example.org/team/tools.git', 'https://example.org/'],
  ['http://127.0.0.1:8080/tools/', '127.0.0.1%3A8080/tools.git', 'http://127.0.0.1:8080/'],
  ['https://[::1]:3000/a', '%5B%3A%3A1%5D%3A3000/a.git', 'https://[::1]:3000/'],
  ['ssh://git@example.org:22/~me/tools.git', 'example.org%3A22/%7Eme/tools.git', null],
  ['git@example.org:team/tools.git', 'example.org/team/tools.git', null],
  ['git@example.org:/srv/git/tools.git', 'example.org/srv/git/tools.git', null],
  ['https://example.org/a.git/b', 'example.org/a%2Egit/b.git', 'https://example.org/'],
  ['https://example.org/.holdfast/x.meta', 'example.org/%2Eholdfast/x.meta.git', 'https://example.org/'],
  ['https://example.org/größe', 'example.org/gr%C3%B6%C3%9Fe.git', 'https://example.org/'],
  ['https://example.org/a%2Fb', 'example.org/a%252Fb.git', 'https://example.org/'],
];

test.each(taken)('%s is taken', (url, path, base) => {
  expect(isGitUrl(url)).toBe(true);
  expect(pathInSnapshot(url)).toBe(path);
  expect(accessBaseOf(url)).toBe(base);
});

describe('what could run a program, read this machine or carry a secret is refused', () => {
  test.each([
    '',
    'ext::sh -c "touch hacked"',
    'file:///etc',
    'file::/etc',
    '/etc',
    './here',
    '../up',
    'C:\\repositories',
    'git://example.org/a',
    'ftp://example.org/a',
    '--upload-pack=touch hacked',
    '-oProxyCommand=touch hacked',
    'ssh://-oProxyCommand=x/a',
    'ssh://git@-oProxyCommand=x/a',
    '-oProxyCommand=x@example.org:a',
    'git@-example.org:a',
    'git@example.org:-a',
    'git@example.org::a',
    'https://token@example.org/a',
    'https://x:token@example.org/a',
    'ssh://git:token@example.org/a',
    'https://example.org/',
    'https://example.org',
    'https://example.org/../a',
    'https://example.org/a/./b',
    'https://example.org/.git',
    'https://example.org/a?token=b',
    'https://example.org/a#b',
    'https://example.org/a b',
    'https://example.org/a\nb',
    'https://example.org/a\u0000b',
    'https://example.org/a\\b',
    'https://exa mple.org/a',
    'https://example.org/\ud800',
    `https://example.org/${'a'.repeat(3_000)}`,
  ])('%j', (url) => {
    expect(isGitUrl(url)).toBe(false);
    expect(pathInSnapshot(url)).toBeNull();
    expect(accessBaseOf(url)).toBeNull();
  });
});

test('whatever is taken lies below its folder, and two paths on a host never in one place', () => {
  const part = fc.string({ minLength: 1, maxLength: 12, unit: 'binary' });
  const parts = fc.array(part, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(parts, parts, (one, two) => {
      const [a, b] = [one, two].map((path) => pathInSnapshot(`https://example.org/${path.join('/')}`));
      if (a === null || b === null || a === undefined || b === undefined) return;
      for (const path of [a, b]) {
        expect(path).toMatch(/^(?:[A-Za-z0-9_%-][A-Za-z0-9._%-]*\/)+[A-Za-z0-9_%-][A-Za-z0-9._%-]*\.git$/);
        expect(`/${path}/`).not.toMatch(/\/\.|\.(?:git|meta)\/./i);
      }
      const plain = (path: readonly string[]): string =>
        path
          .join('/')
          .replace(/\/+/g, '/')
          .replace(/^\/|\/$/g, '')
          .replace(/\.git$/, '');
      if (plain(one) !== plain(two)) expect(a).not.toBe(b);
    }),
  );
});
