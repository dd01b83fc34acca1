import { appendFileSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rawFromUtf8 } from '../../../electron/engine/platform/raw-path.ts';
import { LedgerWriter, readLedger } from '../../../electron/engine/recovery/runs/ledger.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-ledger-'));
});
afterEach(() => rm(folder, { recursive: true }));

const intended = { size: 3, mtimeNs: 5n, temporary: null };
const pathsIn = (file: string): string[] => readLedger(file).entries.map(({ path }) => path);

describe('the ledger of a restore run', () => {
  test('is read line by line, wherever the pieces end in which it is read', () => {
    const file = join(folder, 'ledger');
    const ledger = new LedgerWriter(file);
    const written = Array.from({ length: 40_000 }, (_, number) =>
      rawFromUtf8(`/ünter/${'x'.repeat(number % 90)}${number}`),
    );
    for (const path of written) ledger.willCreate(path, intended);
    ledger.close();
    expect(pathsIn(file)).toEqual(written);
  });

  test('may be longer than any text', () => {
    const file = join(folder, 'ledger');
    writeFileSync(file, '["folder","/first"]\n');
    // Longer than a string may be; as a hole it takes no room. No line of ours is, so it says nothing.
    truncateSync(file, 600 * 1024 * 1024);
    appendFileSync(file, '\n["folder","/second"]\n["folder","/cut');
    expect(pathsIn(file)).toEqual(['/first', '/second']);
  });
});
