import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeTypeOf, permissionsOf, toGoMode } from '../../../../electron/engine/repository/format/go-mode.ts';

describe("POSIX modes as Go's fs.FileMode", () => {
  test.each([
    ['a file', 0o100644, 'file', 0o644],
    ['a file without rights', 0o100000, 'file', 0],
    ['a folder', 0o040755, 'dir', 2_147_484_141],
    ['a link', 0o120777, 'symlink', 134_218_239],
    ['a block device', 0o060660, 'dev', 67_109_296],
    ['a character device', 0o020620, 'chardev', 69_206_416],
    ['a fifo', 0o010600, 'fifo', 33_554_816],
    ['a socket', 0o140755, 'socket', 16_777_709],
    ['something unknown', 0o150600, 'irregular', 524_672],
    ['a setuid file', 0o104755, 'file', 8_389_101],
    ['a setgid folder', 0o042775, 'dir', 2_151_678_461],
    ['a sticky folder', 0o041777, 'dir', 2_148_532_735],
    ['a file with all three', 0o107777, 'file', 0x80_0000 + 0x40_0000 + 0x10_0000 + 0o777],
  ])('%s (%o) is a %s of mode %d', (_what, posixMode, type, goMode) => {
    expect(nodeTypeOf(posixMode)).toBe(type);
    expect(toGoMode(posixMode)).toBe(goMode);
  });

  test('keep all twelve permission bits, whatever the type', () => {
    const types = fc.constantFrom(0o100000, 0o040000, 0o120000, 0o060000, 0o020000, 0o010000, 0o140000);
    fc.assert(
      fc.property(
        types,
        fc.integer({ min: 0, max: 0o7777 }),
        (type, bits) => permissionsOf(toGoMode(type + bits)) === bits,
      ),
    );
  });
});
