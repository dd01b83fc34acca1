/**
 * Takes the JSON of an index file apart, a pack at a time: 50,000 blobs parsed as a whole take ten times the memory of
 * their text, and block whoever parses them.
 */

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** A key that may be `packs` is no longer than this. */
const longestKey = 8;

/** Takes an object that begins there, and says where it ends; -1: it does not. */
export type TakeObject = (piece: Uint8Array, from: number) => number;

const takeNothing: TakeObject = () => -1;

/**
 * Yields the text of each object in the list `packs` that `take` does not take, then returns how many elements of that list
 * are no objects, or null where the text is no index file. (What it has yielded until then may serve all the same.) Pieces
 * are copied: their memory may be used again for the next.
 */
export function* splitIndex(
  pieces: Iterable<Uint8Array>,
  take: TakeObject = takeNothing,
): Generator<Buffer, number | null> {
  const scan = new Scan(take);
  let objects = 0;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length;) {
      at = scan.advance(piece, at);
      const pack = scan.takePack();
      if (pack === null) continue;
      objects += 1;
      yield pack;
    }
  }
  return countOthers(scan.frame(), objects + scan.taken);
}

/** What stands around the objects is parsed too. */
function countOthers(frame: string, objects: number): number | null {
  let index: unknown;
  try {
    index = JSON.parse(frame);
  } catch {
    return null;
  }
  if (typeof index !== 'object' || index === null || Array.isArray(index)) return null;
  const packs = (index as { packs?: unknown }).packs ?? [];
  // There are fewer where the list stands there twice.
  return Array.isArray(packs) && packs.length >= objects ? packs.length - objects : null;
}

class Scan {
  /** The text with a 0 in the place of each object. */
  readonly #frame: Buffer[] = [];
  /** Of an object that is not complete. */
  #parts: Buffer[] = [];
  #pack: Buffer | null = null;
  #isInPack = false;
  #depth = 0;
  #isInText = false;
  #isEscaped = false;
  #text: number[] = [];
  #key = '';
  /** Whether what lies at depth 2 lies in the list `packs`. */
  #isPacks = false;
  readonly #take: TakeObject;
  /** Objects that somebody else has taken. */
  taken = 0;

  constructor(take: TakeObject) {
    this.#take = take;
  }

  /** Goes on at `from` as far as an object is complete or begins; returns how far it came. */
  advance(piece: Uint8Array, from: number): number {
    return this.#isInPack ? this.#throughPack(piece, from) : this.#throughFrame(piece, from);
  }

  takePack(): Buffer | null {
    const pack = this.#pack;
    this.#pack = null;
    return pack;
  }

  frame(): string {
    // With an object that is not complete it is no JSON.
    return this.#isInPack ? '' : Buffer.concat(this.#frame).toString('utf8');
  }

  /** Most bytes go through here, so the state lies in local variables. */
  #throughPack(piece: Uint8Array, from: number): number {
    let depth = this.#depth;
    let isInText = this.#isInText;
    let isEscaped = this.#isEscaped;
    let at = from;
    while (at < piece.length && depth > 2) {
      const byte = piece[at++] as number;
      if (isInText) {
        if (isEscaped) isEscaped = false;
        else if (byte === backslash) isEscaped = true;
        else if (byte === quote) isInText = false;
      } else if (byte === quote) isInText = true;
      else if (byte === openBrace || byte === openBracket) depth += 1;
      else if (byte === closeBrace || byte === closeBracket) depth -= 1;
    }
    this.#depth = depth;
    this.#isInText = isInText;
    this.#isEscaped = isEscaped;
    this.#parts.push(Buffer.from(piece.subarray(from, at)));
    if (depth > 2) return at;
    const pack = Buffer.concat(this.#parts);
    // It lay in several pieces, as the long list of a pack of small files always does: now it is all there.
    if (this.#take(pack, 0) === pack.length) this.taken += 1;
    else this.#pack = pack;
    this.#parts = [];
    this.#isInPack = false;
    this.#frame.push(Buffer.from('0'));
    return at;
  }

  #throughFrame(piece: Uint8Array, from: number): number {
    let at = from;
    while (at < piece.length && !this.#isInPack) {
      const byte = piece[at] as number;
      if (byte === openBrace && this.#depth === 2 && this.#isPacks && !this.#isInText) {
        const end = this.#take(piece, at);
        if (end >= 0) {
          this.#frame.push(Buffer.from(piece.subarray(from, at)), Buffer.from('0'));
          this.taken += 1;
          return end;
        }
        this.#isInPack = true;
        this.#depth = 3;
        this.#parts = [Buffer.of(openBrace)];
      } else this.#step(byte);
      at += 1;
    }
    this.#frame.push(Buffer.from(piece.subarray(from, this.#isInPack ? at - 1 : at)));
    return at;
  }

  #step(byte: number): void {
    if (this.#isInText) this.#stepText(byte);
    else if (byte === quote) {
      this.#isInText = true;
      this.#text = [];
    } else if (byte === colon) {
      if (this.#depth === 1) this.#key = Buffer.from(this.#text).toString('latin1');
    } else if (byte === openBrace || byte === openBracket) {
      this.#depth += 1;
      if (this.#depth === 2) this.#isPacks = byte === openBracket && this.#key === 'packs';
    } else if (byte === closeBrace || byte === closeBracket) this.#depth -= 1;
  }

  #stepText(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === backslash) this.#isEscaped = true;
    else if (byte === quote) this.#isInText = false;
    if (this.#isInText && this.#text.length < longestKey) this.#text.push(byte);
  }
}
