/**
 * Reads a pack's entry of an index file byte by byte, where it is written exactly as restic and Holdfast write it: the same
 * keys in the same order, no blanks. That takes a tenth of the time of JSON.parse and makes no object. Whatever looks
 * different is not read here: the caller takes the general parser, which also decides what cannot be true.
 */

/** Words of a place: of which type, offset, sealed bytes, plain bytes (see PackedBlob). */
export const placeWords = 4;
const maximumNumber = 0xffff_ffff;
/** Of a sealed blob without content. */
const leastLength = 32;

const packStart = bytesOf('{"id":"');
const blobsStart = bytesOf('","blobs":[');
const blobStart = packStart;
const dataType = bytesOf('","type":"data","offset":');
const treeType = bytesOf('","type":"tree","offset":');
const lengthKey = bytesOf(',"length":');
const uncompressedKey = bytesOf(',"uncompressed_length":');
const comma = 0x2c;
const zero = 0x30;
const closeBracket = 0x5d;
const closeBrace = 0x7d;
const notHex = 0x80;
const hexValues = makeHexValues();

/** What several packs list, as columns; a pack whose blobs have no room is not taken. */
export class IndexColumns {
  readonly #capacity: number;
  readonly #idBytes: Uint8Array;
  /** Eight words a blob: its id. */
  readonly ids: Int32Array;
  /** Four words a blob; the first is 1 for a tree. */
  readonly places: Uint32Array;
  /** 32 bytes a pack. */
  readonly packIds: Uint8Array;
  /** Where the blobs of each pack end. */
  readonly packEnds: Uint32Array;
  blobs = 0;
  packs = 0;
  /** The digits that were read last end there. */
  #at = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#idBytes = new Uint8Array(capacity * 32);
    this.ids = new Int32Array(this.#idBytes.buffer);
    this.places = new Uint32Array(capacity * placeWords);
    this.packIds = new Uint8Array(capacity * 32);
    this.packEnds = new Uint32Array(capacity);
  }

  clear(): void {
    this.blobs = 0;
    this.packs = 0;
  }

  /**
   * Takes the pack whose text begins at `from` and returns where it ends, or -1: it is written in another way, is not all
   * there, lists something that cannot be true, or has no room.
   */
  takePack(text: Uint8Array, from: number): number {
    const { packs } = this;
    if (packs >= this.#capacity || !isAt(text, from, packStart)) return -1;
    let at = from + packStart.length;
    if (!readId(text, at, this.packIds, packs * 32)) return -1;
    at += 64;
    if (!isAt(text, at, blobsStart)) return -1;
    at += blobsStart.length;
    let blob = this.blobs;
    for (;;) {
      at = blob < this.#capacity ? this.#readBlob(text, at, blob) : -1;
      if (at < 0) return -1;
      blob += 1;
      const next = text[at];
      at += 1;
      if (next === closeBracket) break;
      if (next !== comma) return -1;
    }
    if (text[at] !== closeBrace) return -1;
    this.packEnds[packs] = blob;
    this.packs = packs + 1;
    this.blobs = blob;
    return at + 1;
  }

  /** Returns where the blob ends, or -1. */
  #readBlob(text: Uint8Array, from: number, blob: number): number {
    if (!isAt(text, from, blobStart)) return -1;
    let at = from + blobStart.length;
    if (!readId(text, at, this.#idBytes, blob * 32)) return -1;
    at += 64;
    const isTree = isAt(text, at, treeType);
    if (!isTree && !isAt(text, at, dataType)) return -1;
    const offset = this.#readNumber(text, at + dataType.length);
    if (offset < 0 || !isAt(text, this.#at, lengthKey)) return -1;
    const length = this.#readNumber(text, this.#at + lengthKey.length);
    if (length < leastLength || offset + length > maximumNumber) return -1;
    let uncompressed = 0;
    if (text[this.#at] === comma) {
      if (!isAt(text, this.#at, uncompressedKey)) return -1;
      uncompressed = this.#readNumber(text, this.#at + uncompressedKey.length);
      if (uncompressed < 0) return -1;
    }
    if (text[this.#at] !== closeBrace) return -1;
    const place = blob * placeWords;
    this.places[place] = isTree ? 1 : 0;
    this.places[place + 1] = offset;
    this.places[place + 2] = length;
    this.places[place + 3] = uncompressed;
    return this.#at + 1;
  }

  /** The number whose digits begin at `from`, of 32 bits at most, or -1; `#at` is where they end. */
  #readNumber(text: Uint8Array, from: number): number {
    let value = 0;
    let at = from;
    for (; at < text.length; at++) {
      const digit = (text[at] as number) - zero;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      if (value > maximumNumber) return -1;
    }
    const isNumber = at > from && (text[from] !== zero || at === from + 1);
    this.#at = at;
    return isNumber ? value : -1;
  }
}

function isAt(text: Uint8Array, from: number, expected: Uint8Array): boolean {
  for (let at = 0; at < expected.length; at++) if (text[from + at] !== expected[at]) return false;
  return true;
}

function readId(text: Uint8Array, from: number, target: Uint8Array, to: number): boolean {
  if (from + 64 > text.length) return false;
  let wrong = 0;
  for (let at = 0; at < 32; at++) {
    const high = hexValues[text[from + 2 * at] as number] as number;
    const low = hexValues[text[from + 2 * at + 1] as number] as number;
    wrong |= high | low;
    target[to + at] = (high << 4) | low;
  }
  return (wrong & notHex) === 0;
}

function makeHexValues(): Uint8Array {
  const values = new Uint8Array(256).fill(notHex);
  for (let value = 0; value < 16; value++) values[value.toString(16).charCodeAt(0)] = value;
  return values;
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}
