import { expect, it } from 'vitest';
import {
  elsewhereWords,
  expectedMs,
  rankPlaces,
  rateOf,
  type PlaceFacts,
  type SpeedSample,
} from '../../../shared/model/restore-places.ts';

const mib = 1024 * 1024;
const gib = 1024 * mib;

function place(name: string, more: Partial<PlaceFacts> = {}): PlaceFacts {
  return {
    kind: 'site',
    name,
    problem: null,
    isLocal: false,
    latencyMs: 20,
    rate: null,
    asleep: null,
    damagedFiles: 0,
    held: 1,
    wanted: 1,
    ...more,
  };
}

const rate = (bytesPerSecond: number) => ({ bytesPerSecond, work: 'restore' as const, samples: 1, atMs: 0 });
const names = (places: readonly PlaceFacts[], bytes: number | null) =>
  rankPlaces(places, bytes).map(({ place: { name } }) => name);

it('takes the rate of restores before that of anything else, of the newest few, and leaves out what is too small', () => {
  const sample = (work: SpeedSample['work'], bytes: number, atMs: number): SpeedSample => ({
    work,
    bytes,
    durationMs: 1000,
    atMs,
  });
  expect(rateOf([])).toBe(null);
  expect(rateOf([sample('restore', 1000, 1)])).toBe(null);
  expect(
    rateOf([sample('scrub', 90 * mib, 9), sample('restore', 10 * mib, 1), sample('restore', 20 * mib, 2)]),
  ).toEqual({
    bytesPerSecond: 15 * mib,
    work: 'restore',
    samples: 2,
    atMs: 2,
  });
  const many = Array.from({ length: 9 }, (_, at) => sample('drill', (at + 1) * mib, at));
  expect(rateOf(many)).toMatchObject({ samples: 5, bytesPerSecond: 7 * mib });
});

it('expects nothing where nothing is known, and waits for what is asleep', () => {
  expect(expectedMs(place('a'), gib)).toBe(null);
  expect(expectedMs(place('a', { rate: rate(mib) }), null)).toBe(null);
  expect(expectedMs(place('a', { rate: rate(gib) }), gib)).toBe(1000);
  const asleep = { files: 1, bytes: gib, waitMs: 3_600_000, dollars: 1 };
  expect(expectedMs(place('a', { rate: rate(gib), asleep }), gib)).toBe(3_601_000);
});

it('ranks by the time that is expected', () => {
  expect(names([place('slow', { rate: rate(mib) }), place('fast', { rate: rate(9 * mib) })], gib)).toEqual([
    'fast',
    'slow',
  ]);
  // Also where nobody knows how much is wanted.
  expect(names([place('slow', { rate: rate(mib) }), place('fast', { rate: rate(9 * mib) })], null)).toEqual([
    'fast',
    'slow',
  ]);
});

it('puts last what does not answer, then what does not hold everything, then what has to be woken', () => {
  const asleep = { files: 1, bytes: gib, waitMs: 1000, dollars: 0 };
  const places = [
    place('silent', { problem: 'It does not answer.', rate: rate(gib), isLocal: true }),
    place('half', { held: 1, wanted: 2, rate: rate(gib) }),
    place('asleep', { asleep, rate: rate(gib) }),
    place('slow', { rate: rate(1000) }),
  ];
  expect(names(places, gib)).toEqual(['slow', 'asleep', 'half', 'silent']);
  const [slow, , half, silent] = rankPlaces(places, gib);
  expect([slow?.usable, half?.usable, silent?.usable]).toEqual([true, false, false]);
  expect(silent?.reasons).toEqual(['It does not answer.']);
});

it('takes a disk of this machine before a line of which it knows more, and of unknown ones the one that answers sooner', () => {
  const disk = place('disk', { isLocal: true });
  expect(names([place('line', { rate: rate(mib) }), disk], gib)).toEqual(['disk', 'line']);
  const primary = place('primary', { kind: 'primary', isLocal: true });
  expect(names([place('other disk', { isLocal: true, rate: rate(mib) }), primary], gib)).toEqual([
    'primary',
    'other disk',
  ]);
  expect(names([place('unknown'), place('known', { rate: rate(1) })], gib)).toEqual(['known', 'unknown']);
  expect(names([place('far', { latencyMs: 200 }), place('near', { latencyMs: 5 })], gib)).toEqual(['near', 'far']);
  expect(names([place('b'), place('a', { kind: 'primary' })], gib)).toEqual(['a', 'b']);
});

it('takes a whole one before a damaged one, where both take as long, and says so', () => {
  const [first, second] = rankPlaces([place('hurt', { damagedFiles: 2, kind: 'primary' }), place('whole')], gib);
  expect(first?.place.name).toBe('whole');
  expect(second?.reasons.join(' ')).toContain('2 stored files are known to be damaged there');
  expect(second?.usable).toBe(true);
  const hurt = place('hurt', { damagedFiles: 1, rate: rate(5 * mib) });
  expect(names([hurt, place('whole', { rate: rate(4 * mib) })], gib)).toEqual(['whole', 'hurt']);
  expect(names([hurt, place('whole', { rate: rate(mib) })], gib)).toEqual(['hurt', 'whole']);
});

it('says what a time is expected by, and that nothing was measured', () => {
  const [known] = rankPlaces([place('a', { rate: rate(10 * mib) })], gib);
  expect(known?.reasons).toEqual([
    '1.0 GiB in about 1 min 42 s.',
    '10.0 MiB a second, as measured by the last restore.',
    'It answers in 20 ms.',
  ]);
  const [unknown] = rankPlaces([place('a')], gib);
  expect(unknown?.reasons[0]).toContain('unknown');
});

it('names what came from elsewhere', () => {
  expect(elsewhereWords([{ from: 'berlin', pieces: 1, bytes: 2048 }])).toEqual([
    'One piece, 2.0 KiB, could not be read there and came from berlin.',
  ]);
});
