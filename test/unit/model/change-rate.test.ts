import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { suspicionOf, suspicionWords, type RunFigures } from '../../../shared/model/change-rate.ts';

const mib = 1024 * 1024;
const all = 1000 * mib;

/** A quiet day of a folder of 1,000 files: ten changed, text that compresses to half. */
const quiet: RunFigures = {
  files: { new: 2, changed: 10, unmodified: 988 },
  bytes: { added: 8 * mib, stored: 4 * mib, total: all },
};
const quietDays = Array.from({ length: 10 }, () => quiet);

describe('a run that changes most of a source', () => {
  it('is suspicious when files are rewritten in place, and more so when they can no longer be compressed', () => {
    const rewritten: RunFigures = {
      files: { new: 0, changed: 900, unmodified: 100 },
      bytes: { added: 900 * mib, stored: 899 * mib, total: all },
    };
    expect(suspicionOf(rewritten, quietDays)).toMatchObject({ share: 0.9, files: 900, incompressible: true });
    const text: RunFigures = { ...rewritten, bytes: { added: 900 * mib, stored: 450 * mib, total: all } };
    expect(suspicionOf(text, quietDays)).toMatchObject({ share: 0.9, incompressible: false });
  });

  it('is suspicious when files come back under other names', () => {
    const renamed: RunFigures = {
      files: { new: 800, changed: 0, unmodified: 200 },
      bytes: { added: 800 * mib, stored: 800 * mib, total: all },
    };
    expect(suspicionOf(renamed, quietDays)).toMatchObject({ share: 0.8, incompressible: true });
  });

  it('is suspicious when most files are gone', () => {
    const emptied: RunFigures = {
      files: { new: 0, changed: 0, unmodified: 300 },
      bytes: { added: 0, stored: 0, total: 300 * mib },
    };
    expect(suspicionOf(emptied, quietDays)).toMatchObject({ share: 0.7, incompressible: false });
  });

  it('is not when only owners or times of files are others', () => {
    const chowned: RunFigures = {
      files: { new: 0, changed: 1000, unmodified: 0 },
      bytes: { added: 100, stored: 90, total: all },
    };
    expect(suspicionOf(chowned, quietDays)).toBeNull();
  });

  it('is not when new files come beside those that are there', () => {
    const grown: RunFigures = {
      files: { new: 5000, changed: 5, unmodified: 995 },
      bytes: { added: 5000 * mib, stored: 5000 * mib, total: 6000 * mib },
    };
    expect(suspicionOf(grown, quietDays)).toBeNull();
  });

  it('is not where that is usual, or where too little is known', () => {
    const busy: RunFigures = {
      files: { new: 0, changed: 500, unmodified: 500 },
      bytes: { added: 500 * mib, stored: 250 * mib, total: all },
    };
    expect(
      suspicionOf(
        busy,
        Array.from({ length: 10 }, () => busy),
      ),
    ).toBeNull();
    expect(suspicionOf(busy, quietDays.slice(0, 4))).toBeNull();
    expect(suspicionOf(busy, quietDays)).not.toBeNull();
  });

  it('is not in a small folder', () => {
    const small = (changed: number): RunFigures => ({
      files: { new: 0, changed, unmodified: 60 - changed },
      bytes: { added: changed * mib, stored: changed * mib, total: 60 * mib },
    });
    const days = Array.from({ length: 10 }, () => small(1));
    expect(suspicionOf(small(40), days)).toBeNull();
    expect(suspicionOf(small(55), days)).not.toBeNull();
  });
});

it('says how unusual it is, and what is a sign of encryption', () => {
  const words = suspicionWords({ share: 0.9, files: 900, usualShare: 0.004, incompressible: true });
  expect(words).toBe(
    '90 % of the files were changed, replaced or removed since the run before. Before, it was never more than 1 %. New data cannot be compressed, as encrypted data cannot.',
  );
});

it('gives shares between 0 and 1 for whatever runs say', () => {
  const count = fc.nat({ max: 10_000_000 });
  const figures = fc.record({
    files: fc.record({ new: count, changed: count, unmodified: count }),
    bytes: fc.record({ added: count, stored: count, total: count }),
  });
  fc.assert(
    fc.property(figures, fc.array(figures, { maxLength: 12 }), (run, earlier) => {
      const suspicion = suspicionOf(run, earlier);
      if (suspicion === null) return;
      expect(suspicion.share).toBeGreaterThanOrEqual(0.25);
      expect(suspicion.share).toBeLessThanOrEqual(1);
      expect(suspicion.share).toBeGreaterThanOrEqual(suspicion.usualShare * 3 - 1e-9);
    }),
  );
});
