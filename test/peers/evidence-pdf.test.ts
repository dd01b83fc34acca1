import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { evidencePage } from '../../electron/engine/recovery/evidence/document.ts';
import { connect, toTheEnd } from '../support/client.ts';
import { expectDone } from '../support/expect-clean.ts';
import { describePeer } from '../support/peers.ts';
import { mustRun } from '../support/processes.ts';
import { makeWorkspace } from '../support/workspace.ts';

describePeer('pdftotext', 'a record of evidence as PDF', () => {
  test('says, read by another program, all that the record says', async () => {
    await using workspace = await makeWorkspace({ inMemory: true });
    // Words of several alphabets, and a name as long as a line.
    const folder = await workspace.folder(`Größe łódź Архив Αρχείο ${'long '.repeat(20)}end`);
    writeFileSync(join(folder, 'kept'), 'content');
    workspace.init();
    expectDone(await workspace.here(['protect', folder]));
    await using console = await connect(workspace);
    const { client } = console;
    const repository = { location: workspace.repository, password: workspace.password };
    await toTheEnd(
      await client.recovery.restore({ repository, selections: ['latest'], target: workspace.path('out') }),
    );
    const { records } = await client.evidence.list({});
    const record = await client.evidence.show({ id: records[0]?.id ?? '' });
    const { content } = await client.evidence.document({ id: record.id, format: 'pdf' });
    writeFileSync(workspace.path('record.pdf'), Buffer.from(content, 'base64'));
    const { stdout } = await mustRun('pdftotext', ['-layout', '-enc', 'UTF-8', workspace.path('record.pdf'), '-']);
    // Lines are broken elsewhere, and long words too.
    const plain = (text: string): string => text.replaceAll(/\s/g, '');
    const read = plain(stdout);
    for (const words of ['Evidence record', record.entry.hash, record.entry.signature, record.entry.key, folder])
      expect(read).toContain(plain(words));
    for (const { title, paragraphs, facts } of evidencePage(record).sections)
      for (const words of [title, ...paragraphs, ...facts.flat()])
        for (const word of words.split(/\s+/)) expect(read, words).toContain(word);
  });
});
