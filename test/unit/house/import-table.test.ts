import { describe, expect, test } from 'vitest';
import { judgeImport, judgePlace } from '../../house/import-table.ts';

describe('an import that the table allows', () => {
  test.each([
    ['shared/contract/keys.ts', './common.ts'],
    ['shared/contract/common.ts', '../model/errors.ts'],
    ['shared/contract/common.ts', 'zod'],
    ['shared/model/schedule.ts', 'luxon'],
    ['electron/engine/platform/clock.ts', 'node:fs'],
    ['electron/engine/repository/local/writer.ts', '../pack.ts'],
    ['electron/engine/repository/crypto.ts', 'sodium-native'],
    ['electron/engine/sources/folder/walk.ts', '../source.ts'],
    ['electron/engine/sources/folder/walk.ts', '../../../../shared/model/errors.ts'],
    ['electron/engine/sources/github/mirror.ts', '../git/fetch.ts'],
    ['electron/engine/protection/run.ts', '../sources/folder/walk.ts'],
    ['electron/engine/api/keys.ts', '../repository/keys.ts'],
    ['electron/engine/engine.ts', './protection/run.ts'],
    ['electron/cli.ts', './cli/protect.ts'],
    ['electron/cli/protect.ts', '../engine/engine.ts'],
    ['electron/launch.mjs', './cli.ts'],
    ['electron/desktop/tray.ts', 'electron'],
    ['electron/main.ts', 'electron/main'],
    ['renderer/features/restore/view.tsx', '../../components/table.tsx'],
    ['test/peers/restic.test.ts', '../../electron/engine/repository/pack.ts'],
    ['vitest.config.ts', 'vitest/config'],
  ])('%s imports %s', (file, specifier) => {
    expect(judgeImport(file, specifier)).toBeNull();
  });
});

describe('an import that the table forbids', () => {
  test.each([
    ['shared/model/errors.ts', 'node:fs', 'it has neither Node nor Electron'],
    ['shared/model/errors.ts', 'zod', 'it may: luxon'],
    ['shared/model/errors.ts', '../contract/common.ts', 'it may: no other room'],
    ['shared/contract/common.ts', '../../electron/engine/engine.ts', 'may not import electron/engine/engine.ts'],
    ['electron/engine/platform/clock.ts', '../repository/pack.ts', 'may not import electron/engine/repository'],
    [
      'electron/engine/repository/pack.ts',
      '../sources/folder/walk.ts',
      'may not import electron/engine/sources/folder',
    ],
    ['electron/engine/sources/folder/walk.ts', '../git/fetch.ts', 'may not import electron/engine/sources/git'],
    ['electron/engine/protection/run.ts', '../recovery/restore.ts', 'meet in the catalog, in the job queue'],
    ['electron/engine/recovery/restore.ts', '../engine.ts', 'may not import electron/engine/engine.ts'],
    ['electron/engine/repository/pack.ts', 'electron', 'the engine and the command line run without it'],
    ['electron/cli/protect.ts', 'electron/main', 'the engine and the command line run without it'],
    ['electron/cli/protect.ts', '../engine/repository/pack.ts', 'a command calls the contract'],
    ['electron/desktop/tray.ts', '../engine/repository/pack.ts', 'only as a whole'],
    ['electron/launch.mjs', 'zod', 'it may: no package'],
    ['renderer/features/restore/view.tsx', '../sync/view.tsx', 'one feature does not lean on another'],
    ['renderer/client/port.ts', '../../electron/engine/engine.ts', 'through the contract'],
    ['renderer/client/port.ts', 'node:fs', 'through the contract'],
    ['electron/engine/platform/clock.ts', '../../../test/support/peers.ts', 'which is in no room'],
    ['electron/engine/platform/clock.ts', './ids', 'Write the whole file name'],
    ['electron/engine/platform/clock.ts', '/etc/clock.ts', 'by its name or relative path'],
  ])('%s imports %s', (file, specifier, reason) => {
    expect(judgeImport(file, specifier)).toContain(reason);
  });
});

test('a source file in no room is reported, a test is not', () => {
  expect(judgePlace('electron/engine/helpers/clock.ts')).toContain('in no room');
  expect(judgePlace('shared/clock.ts')).toContain('in no room');
  expect(judgePlace('electron/engine/platform/clock.ts')).toBeNull();
  expect(judgePlace('test/support/peers.ts')).toBeNull();
});
