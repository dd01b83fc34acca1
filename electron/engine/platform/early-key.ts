/**
 * What a password opens takes one core a quarter of a second to derive, in which another one loads the engine. So whoever
 * knows before what will be opened has it begun. Here is no word on whether that key opens anything: who needs it asks for
 * the same derivation, and takes what was begun.
 */
import { scrypt } from 'node:crypto';
import { constants, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { keptDerived, type Derivation } from './derived-keys.ts';

export type ScryptParameters = { readonly N: number; readonly r: number; readonly p: number };

/** A repository that is a folder, and a password for it. */
export type ToBeOpened = { readonly folder: string; readonly password: string };

const keyBytes = 64;
/** More is asked for by keys of no program that is known; whoever opens it decides on those. */
const usualMemory = 256 * 1024 * 1024;
const usualRounds = 16;
const usualFileBytes = 16 * 1024;
const keyName = /^[0-9a-f]{64}$/;
/** A pipe in the place of a key would be waited for, and keep the process from ending. */
const openFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** A disk that does not answer in this time is not waited for. */
const patienceMs = 50;

const scryptAsync = promisify<Uint8Array, Uint8Array, number, object, Buffer>(scrypt);
let begun: (Derivation & { readonly derived: Promise<Buffer> }) | null = null;

/** The 64 bytes that scrypt makes of a password; taken from what is kept of earlier ones, where it is there. */
export async function deriveBytes(password: string, salt: Buffer, cost: ScryptParameters): Promise<Buffer> {
  const known = keptDerived({ password, salt, cost });
  if (known !== null) return known;
  const early = begun;
  if (early !== null && isSame(early, { password, salt, cost })) {
    begun = null;
    return early.derived;
  }
  return derive({ password, salt, cost });
}

/** Begins with the key that will be tried first. Resolves soon, whatever lies there; never rejects. */
export async function beginKey({ folder, password }: ToBeOpened): Promise<void> {
  const late = new AbortController();
  const begin = async (): Promise<void> => {
    const derivation = await firstKey(folder, password);
    // Whoever waited has gone on, and may derive it by now.
    if (derivation === null || late.signal.aborted) return;
    const derived = derive(derivation);
    // Nobody may ever ask for it.
    derived.catch(() => undefined);
    begun = { ...derivation, derived };
  };
  await Promise.race([
    begin().catch(() => undefined),
    sleep(patienceMs, undefined, { signal: late.signal }).catch(() => undefined),
  ]);
  late.abort();
}

async function firstKey(folder: string, password: string): Promise<Derivation | null> {
  const [name] = (await readdir(join(folder, 'keys'))).filter((entry) => keyName.test(entry)).toSorted();
  if (name === undefined) return null;
  const { salt, ...numbers } = JSON.parse(await readStart(join(folder, 'keys', name))) as Record<string, unknown>;
  const [N, r, p] = [numbers['N'], numbers['r'], numbers['p']].map(Number) as [number, number, number];
  const isUsual = typeof salt === 'string' && 128 * N * r <= usualMemory && p >= 1 && p <= usualRounds;
  return isUsual ? { password, salt: Buffer.from(salt, 'base64'), cost: { N, r, p } } : null;
}

async function readStart(path: string): Promise<string> {
  await using file = await open(path, openFlags);
  const { bytesRead, buffer } = await file.read(Buffer.alloc(usualFileBytes), 0, usualFileBytes, 0);
  return buffer.toString('utf8', 0, bytesRead);
}

async function derive({ password, salt, cost: { N, r, p } }: Derivation): Promise<Buffer> {
  const maxmem = 256 * N * r + 1024 * 1024;
  return scryptAsync(Buffer.from(password, 'utf8'), salt, keyBytes, { N, r, p, maxmem });
}

function isSame(one: Derivation, other: Derivation): boolean {
  const [a, b] = [one.cost, other.cost];
  return one.password === other.password && a.N === b.N && a.r === b.r && a.p === b.p && one.salt.equals(other.salt);
}
