import { expect, it } from 'vitest';
import { actorWords } from '../../../../renderer/components/actor.tsx';

it.each([
  ['cli:root', 'root'],
  ['desktop:alice', 'alice'],
  ['browser:ann lee', 'ann lee'],
  ['user:local', 'local'],
  ['token:ci', 'API token ci'],
  ['schedule', 'the schedule'],
  ['automatic failover', 'automatic failover'],
  ['operator token:ci', 'API token ci, operator of this home'],
  ['catalog', 'catalog'],
  ['cli:', 'cli:'],
  ['cli:a\u202eb', 'a\\u{202e}b'],
])('%s is said as %s', (actor, words) => {
  expect(actorWords(actor)).toBe(words);
});
