import { expect, test } from 'vitest';
import { sayPartName, sayPartValue } from '../../../../../renderer/features/recovery/git/git-words.ts';

test('switches of a repository are called what people call them, and are on or off', () => {
  const wiki = { kind: 'setting', name: 'has_wiki' } as const;
  expect([sayPartName(wiki), sayPartValue(wiki, 'true'), sayPartValue(wiki, 'false')]).toEqual(['wiki', 'on', 'off']);
  const description = { kind: 'setting', name: 'description' } as const;
  expect([sayPartName(description), sayPartValue(description, 'true')]).toEqual(['description', 'true']);
  expect(sayPartValue(description, '')).toBeNull();
  const release = { kind: 'release', name: 'has_wiki' } as const;
  expect(sayPartName(release)).toBe('has_wiki');
});
