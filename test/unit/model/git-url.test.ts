import { expect, test } from 'vitest';
import { accessBaseOf, isGitUrl, pathInSnapshot } from '../../../shared/model/git-url.ts';
import { isApiUrl, sourcePlaces } from '../../../shared/model/source-kinds.ts';

test.each([
  'https://git.example.org/team/tool.git',
  'http://127.0.0.1:8080/team/tool',
  'ssh://git@example.org:2222/team/tool.git',
  'git@example.org:team/tool.git',
  'https://[::1]:8080/tool.git',
])('%s is an address of a Git repository', (url) => {
  expect(isGitUrl(url)).toBe(true);
});

test.each([
  'ext::sh -c "touch hacked"',
  'file:///etc',
  '/srv/git/tool.git',
  './tool.git',
  '--upload-pack=touch hacked',
  'https://user:password@example.org/tool.git',
  'https://ghp_token@example.org/tool.git',
  'https://example.org/team/../../etc',
  'https://example.org/tool.git?x=1',
  'https://example.org/tool.git#x',
  'https://example.org/a b',
  'https://example.org/a\nb',
  'git@-oProxyCommand=x:tool',
  'ssh://-oProxyCommand=x/tool',
  'https://example.org/',
  'https://',
  '',
])('%j is none', (url) => {
  expect(isGitUrl(url)).toBe(false);
  expect(pathInSnapshot(url)).toBeNull();
});

test('a secret goes to a scheme, a host and a port, and to no host by ssh', () => {
  expect(accessBaseOf('https://Git.Example.org:8443/team/tool.git')).toBe('https://git.example.org:8443/');
  expect(accessBaseOf('git@example.org:team/tool.git')).toBeNull();
});

test('in a snapshot each repository has a path of plain names', () => {
  expect(pathInSnapshot('https://example.org/team/tool')).toBe('example.org/team/tool.git');
  expect(pathInSnapshot('https://example.org/team/tool.git')).toBe('example.org/team/tool.git');
  expect(pathInSnapshot('git@example.org:~me/%2e%2e.git')).toBe('example.org/%7Eme/%252e%252e.git');
  expect(pathInSnapshot('https://127.0.0.1:8080/x')).toBe('127.0.0.1%3A8080/x.git');
});

test('an API is reached by https, or on this machine', () => {
  expect(isApiUrl('https://api.github.com')).toBe(true);
  expect(isApiUrl('https://github.example.org/api/v3')).toBe(true);
  expect(isApiUrl('http://127.0.0.1:4000/api/v3')).toBe(true);
  for (const url of ['http://github.example.org/api/v3', 'https://u:p@example.org', 'https://x/?a', 'ftp://x', 'x'])
    expect(isApiUrl(url), url).toBe(false);
});

test('what a source protects is said in the words of its kind', () => {
  expect(sourcePlaces({ kind: 'folder', paths: ['/a', '/b'] })).toEqual(['/a', '/b']);
  expect(sourcePlaces({ kind: 'github', owner: 'acme', api: 'https://api.github.com' })).toEqual(['github.com/acme']);
  expect(sourcePlaces({ kind: 'github', owner: 'acme', api: 'https://ghe.example.org/api/v3' })).toEqual([
    'ghe.example.org/acme',
  ]);
});
