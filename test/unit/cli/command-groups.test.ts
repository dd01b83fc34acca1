import { Command } from 'commander';
import { expect, test } from 'vitest';
import { commandGroups, loadGroups, wordOf } from '../../../electron/cli/command-groups.ts';

test.each(commandGroups.map((group) => ({ name: group.words.join(', '), group })))(
  'the file of $name holds these commands',
  async ({ group }) => {
    const program = new Command();
    const register = await group.load();
    register(
      program,
      () => Promise.resolve(),
      () => Promise.resolve(0),
    );
    expect(program.commands.map((command) => command.name())).toEqual(group.words);
  },
);

test('one word loads its own file, and what nobody knows loads all', async () => {
  expect(await loadGroups('protect')).toHaveLength(1);
  // What this home offers to others is of another file.
  expect(await loadGroups('site')).toHaveLength(2);
  for (const word of [null, 'protetc', 'help']) expect(await loadGroups(word)).toHaveLength(commandGroups.length);
});

test.each([
  [['protect', 'snapshots'], 'protect'],
  [['--json', '-q', 'protect'], 'protect'],
  [['--repository', 'snapshots', 'protect'], 'protect'],
  [['--repository=snapshots', 'protect'], 'protect'],
  [['--tenant', 'restore', '--help'], null],
  [[], null],
])('the word of %j is %s', (argv, word) => expect(wordOf(argv)).toBe(word));
