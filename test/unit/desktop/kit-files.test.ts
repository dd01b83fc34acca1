import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KitFiles } from '../../../electron/desktop/kit-files.ts';
import { maximumKitLength } from '../../../shared/contract/recovery-kit.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'holdfast-kits-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a kit that is opened is read and shown; what is no text of its length is shown as unreadable', async () => {
  const shown: string[] = [];
  const kits = new KitFiles((place) => void shown.push(place));
  expect(kits.opened).toBeNull();
  const path = (name: string): string => join(folder, name);
  writeFileSync(path('office.holdfast-kit'), '{"größe": 1}');
  await kits.open(path('office.holdfast-kit'));
  expect(kits.opened).toEqual({ name: 'office.holdfast-kit', text: '{"größe": 1}' });

  writeFileSync(path('long.holdfast-kit'), '');
  truncateSync(path('long.holdfast-kit'), maximumKitLength + 1);
  writeFileSync(path('image.holdfast-kit'), Buffer.from([0xff, 0xd8, 0xff]));
  execFileSync('mkfifo', [path('pipe.holdfast-kit')]);
  for (const name of ['long', 'image', 'pipe', 'missing']) {
    await kits.open(path(`${name}.holdfast-kit`));
    expect(kits.opened).toEqual({ name: `${name}.holdfast-kit`, text: null });
  }
  expect(shown).toEqual(['/kit', '/kit', '/kit', '/kit', '/kit']);

  await Promise.all([kits.open(path('office.holdfast-kit')), kits.open(path('missing.holdfast-kit'))]);
  expect(kits.opened?.name).toBe('missing.holdfast-kit');
});
