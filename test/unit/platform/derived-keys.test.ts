import { afterEach, expect, test, vi } from 'vitest';
import {
  derivedEpoch,
  forgetDerived,
  keepDerived,
  keptDerived,
  type Derivation,
} from '../../../electron/engine/platform/derived-keys.ts';

const derivation: Derivation = {
  password: 'correct horse',
  salt: Buffer.from('sixty-four bytes of salt, or less'),
  cost: { N: 1024, r: 8, p: 1 },
};
const bytes = Buffer.alloc(64, 7);
const hourMs = 3_600_000;

afterEach(() => {
  forgetDerived();
  vi.useRealTimers();
});

test('what was kept is found by the very same password, salt and cost', () => {
  keepDerived(derivation, bytes, derivedEpoch());
  expect(keptDerived({ ...derivation })).toEqual(bytes);
  const others: Derivation[] = [
    { ...derivation, password: 'correct horses' },
    { ...derivation, password: '' },
    { ...derivation, salt: Buffer.from('sixty-four bytes of salt, or more') },
    { ...derivation, cost: { ...derivation.cost, N: 2048 } },
    { ...derivation, cost: { ...derivation.cost, r: 1, p: 8 } },
  ];
  for (const other of others) expect(keptDerived(other)).toBeNull();
});

test('it goes a day after its last use, and takes its bytes with it', () => {
  vi.useFakeTimers();
  keepDerived(derivation, bytes, derivedEpoch());
  vi.advanceTimersByTime(23 * hourMs);
  expect(keptDerived(derivation)).toEqual(bytes);
  vi.advanceTimersByTime(23 * hourMs);
  expect(keptDerived(derivation)).toEqual(bytes);
  vi.advanceTimersByTime(24 * hourMs);
  expect(keptDerived(derivation)).toBeNull();
});

test('what is handed out is a copy, as what was given is', () => {
  const given = Buffer.from(bytes);
  keepDerived(derivation, given, derivedEpoch());
  given.fill(0);
  keptDerived(derivation)?.fill(0);
  expect(keptDerived(derivation)).toEqual(bytes);
});

test('many passwords do not fill the memory: the one that was kept first makes room', () => {
  for (let number = 0; number < 65; number++)
    keepDerived({ ...derivation, password: `password ${number}` }, bytes, derivedEpoch());
  expect(keptDerived({ ...derivation, password: 'password 0' })).toBeNull();
  expect(keptDerived({ ...derivation, password: 'password 1' })).toEqual(bytes);
  expect(keptDerived({ ...derivation, password: 'password 64' })).toEqual(bytes);
});

test('all of it is forgotten at once', () => {
  keepDerived(derivation, bytes, derivedEpoch());
  forgetDerived();
  expect(keptDerived(derivation)).toBeNull();
});

test('what is derived while all is forgotten is not kept', () => {
  const before = derivedEpoch();
  forgetDerived();
  keepDerived(derivation, bytes, before);
  expect(keptDerived(derivation)).toBeNull();
  keepDerived(derivation, bytes, derivedEpoch());
  expect(keptDerived(derivation)).toEqual(bytes);
});
