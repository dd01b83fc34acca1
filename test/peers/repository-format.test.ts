/** The commands that docs/REPOSITORY-FORMAT.md prints for the day without Holdfast, each run as it stands there. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectDone } from '../support/expect-clean.ts';
import { readPage } from '../support/docs/markdown.ts';
import { describePeer } from '../support/peers.ts';
import { makeWorkspace } from '../support/workspace.ts';

const page = readPage(join(import.meta.dirname, '../../docs/REPOSITORY-FORMAT.md'));

describePeer('restic', 'the page on the repository', () => {
  test('prints commands that bring everything back with restic alone', async () => {
    await using workspace = await makeWorkspace();
    const source = await workspace.folder('office');
    mkdirSync(join(source, 'accounts'));
    writeFileSync(join(source, 'accounts', 'letter.txt'), 'dear all');
    workspace.init();
    expectDone(await workspace.here(['protect', source, '--source', 'office']));

    const back = workspace.path('back');
    const commands = page.blocks
      .filter(({ language }) => language === 'sh')
      .flatMap(({ lines }) => lines)
      .filter((line) => line.startsWith('restic '));
    expect(commands.length).toBeGreaterThanOrEqual(10);
    const answers = new Map<string, string>();
    for (const command of commands) {
      const words = command.replaceAll('/tmp/back', back).replaceAll('/srv/office', source).split(' ').slice(1);
      answers.set(command, (await workspace.mustRestic(words)).stdout);
    }
    expect(readFileSync(join(back, source, 'accounts/letter.txt'), 'utf8')).toBe('dear all');
    expect(answers.get('restic dump latest /srv/office/accounts/letter.txt')).toBe('dear all');
    expect(answers.get('restic snapshots --tag holdfast:source=office')).toContain('holdfast:source=office');
    expect(answers.get('restic check --read-data')).toContain('no errors were found');
  });
});
