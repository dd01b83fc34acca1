import { describe, expect, test } from 'vitest';
import { isIrreducible, randomChunkerPolynomial } from '../../../electron/engine/repository/polynomial.ts';

/** All irreducible polynomials over GF(2) up to degree 5, as bits (OEIS A014580). */
const irreducible = new Set([
  0b10, 0b11, 0b111, 0b1011, 0b1101, 0b10011, 0b11001, 0b11111, 0b100101, 0b101001, 0b101111, 0b110111, 0b111011,
  0b111101,
]);

describe('irreducibility', () => {
  test('of all polynomials up to degree 5', () => {
    for (let polynomial = 2; polynomial < 64; polynomial++) {
      expect(isIrreducible(BigInt(polynomial)), polynomial.toString(2)).toBe(irreducible.has(polynomial));
    }
  });

  test('constants have no factor and are not irreducible', () => {
    expect(isIrreducible(0n)).toBe(false);
    expect(isIrreducible(1n)).toBe(false);
  });

  test.each([
    ["the field polynomial of AES's S-box", 0x11bn, true],
    ["AES's plus one", 0x11an, false],
    ['the default of the Rabin chunker restic uses in its tests', 0x3da3358b4dc173n, true],
    ['another of its tests', 0x38f1e565e288dfn, false],
    ['the primitive x^53 + x^6 + x^2 + x + 1', (1n << 53n) | 0b1000111n, true],
    ['x^53 + 1, which x + 1 divides', (1n << 53n) | 1n, false],
    ['CRC-32, which is primitive', 0x1_04c1_1db7n, true],
  ])('%s', (_what, polynomial, expected) => {
    expect(isIrreducible(polynomial)).toBe(expected);
  });
});

test('what is drawn for a repository is irreducible, of degree 53, and never the same', () => {
  const drawn = Array.from({ length: 8 }, randomChunkerPolynomial);
  expect(new Set(drawn).size).toBe(8);
  for (const text of drawn) {
    expect(text).toMatch(/^[23][0-9a-f]{13}$/);
    expect(isIrreducible(BigInt(`0x${text}`)), text).toBe(true);
  }
});
