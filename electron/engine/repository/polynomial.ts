/**
 * The chunker polynomial of a new repository. Our cuts only take it as a secret, but restic opens no repository whose
 * polynomial is not irreducible over GF(2) and of degree 53, so it is drawn as restic draws it: at random, then Ben-Or's
 * test. A polynomial is a bigint whose bit i is the coefficient of x^i.
 */
import { randomBytes } from 'node:crypto';

const degree = 53;

/** Hexadecimal, as in the config. */
export function randomChunkerPolynomial(): string {
  for (;;) {
    const random = BigInt(`0x${randomBytes(8).toString('hex')}`) & ((1n << BigInt(degree)) - 1n);
    const candidate = random | (1n << BigInt(degree)) | 1n;
    if (isIrreducible(candidate)) return candidate.toString(16);
  }
}

/** Ben-Or: no factor of degree i divides x^(2^i) - x, for all i up to half the degree. */
export function isIrreducible(polynomial: bigint): boolean {
  let power = 2n;
  for (let step = 1; step <= Math.floor(degreeOf(polynomial) / 2); step++) {
    power = remainder(multiply(power, power), polynomial);
    if (greatestCommonDivisor(polynomial, power ^ 2n) !== 1n) return false;
  }
  return degreeOf(polynomial) > 0;
}

function degreeOf(polynomial: bigint): number {
  return polynomial.toString(2).length - 1;
}

function multiply(left: bigint, right: bigint): bigint {
  let product = 0n;
  for (let rest = right, shifted = left; rest > 0n; rest >>= 1n, shifted <<= 1n)
    if ((rest & 1n) === 1n) product ^= shifted;
  return product;
}

function remainder(dividend: bigint, divisor: bigint): bigint {
  const divisorDegree = degreeOf(divisor);
  let rest = dividend;
  while (rest !== 0n && degreeOf(rest) >= divisorDegree) rest ^= divisor << BigInt(degreeOf(rest) - divisorDegree);
  return rest;
}

function greatestCommonDivisor(left: bigint, right: bigint): bigint {
  let [a, b] = [left, right];
  while (b !== 0n) [a, b] = [b, remainder(a, b)];
  return a;
}
