/**
 * A file like the disk of a machine in use: extents of zeros, of text and of compressed data, and copies of earlier
 * extents. Extents are a whole number of sectors, so a copy lies at another offset within a chunk or a page than what it
 * was copied from. Zeros are written, not left out: both tools read every byte.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { keystream, type Keystream } from './keystream.ts';
import { textSource } from './text.ts';

type ExtentKind = 'zeros' | 'text' | 'random' | 'copy';
type Extent = { readonly at: number; readonly bytes: number };

const shares: Readonly<Record<ExtentKind, number>> = { zeros: 0.4, text: 0.25, random: 0.25, copy: 0.1 };
const sectorBytes = 512;
const smallestExtentBytes = 64 * 1024;
const largestExtentBytes = 8 * 1024 ** 2;
/** A copy shorter than this would share too few whole chunks with its original to be found. */
const smallestCopyBytes = 3 * 1024 ** 2;

export async function writeDiskImage(path: string, bytes: number, seed: string, signal: AbortSignal): Promise<void> {
  const choices = keystream(seed, 'disk image extents');
  const random = keystream(seed, 'disk image random');
  const text = textSource(seed, 'disk image text');
  const left = shareOut(bytes);
  const originals: Extent[] = [];
  await using file = await open(path, 'w+');
  for (let at = 0; at < bytes;) {
    signal.throwIfAborted();
    const kind = chooseKind(choices, left, originals.length > 0);
    const length = Math.min(extentBytes(choices), left[kind]);
    const content = await contentOf(kind, length);
    await file.write(content);
    if ((kind === 'text' || kind === 'random') && length >= smallestCopyBytes) originals.push({ at, bytes: length });
    left[kind] -= content.length;
    at += content.length;
  }

  function contentOf(kind: ExtentKind, length: number): Buffer | Promise<Buffer> {
    switch (kind) {
      case 'zeros':
        return Buffer.alloc(length);
      case 'text':
        return text.bytes(length);
      case 'random':
        return random.bytes(length);
      case 'copy':
        return readExtent(file, choose(choices, originals), left.copy);
    }
  }
}

function shareOut(bytes: number): Record<ExtentKind, number> {
  const part = (kind: ExtentKind) => Math.floor((bytes * shares[kind]) / sectorBytes) * sectorBytes;
  const [text, random, copy] = [part('text'), part('random'), part('copy')];
  return { text, random, copy, zeros: bytes - text - random - copy };
}

/** A kind as likely as there are bytes left of it, so that the shares are exact in the end. */
function chooseKind(choices: Keystream, left: Readonly<Record<ExtentKind, number>>, canCopy: boolean): ExtentKind {
  const others: readonly ExtentKind[] = ['zeros', 'text', 'random'];
  const kinds: readonly ExtentKind[] =
    canCopy || others.every((kind) => left[kind] === 0) ? [...others, 'copy'] : others;
  let ticket = choices.fraction() * kinds.reduce((sum, kind) => sum + left[kind], 0);
  for (const kind of kinds) {
    if (left[kind] > 0 && ticket < left[kind]) return kind;
    ticket -= left[kind];
  }
  throw new Error('There are no bytes left to choose from.');
}

/** Every order of magnitude is equally likely. */
function extentBytes(choices: Keystream): number {
  const bytes = smallestExtentBytes * (largestExtentBytes / smallestExtentBytes) ** choices.fraction();
  return Math.floor(bytes / sectorBytes) * sectorBytes;
}

function choose(choices: Keystream, extents: readonly Extent[]): Extent {
  const extent = extents[Math.floor(choices.fraction() * extents.length)];
  if (extent === undefined) throw new Error('There is no extent to copy.');
  return extent;
}

async function readExtent(file: FileHandle, extent: Extent, atMost: number): Promise<Buffer> {
  const length = Math.min(extent.bytes, atMost);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, extent.at);
  if (bytesRead !== length) throw new Error('The disk image is shorter than what was written to it.');
  return buffer;
}
