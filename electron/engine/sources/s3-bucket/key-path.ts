/**
 * Keys of a bucket as paths in a snapshot, and back. A key is bytes, not a path: `a` may stand beside `a/b`, and `//`, a
 * slash at the end, `..` and control characters are all plain characters of it. So each part of a path is percent-decoded,
 * and all of them joined are the key again. A folder for a slash ends in `%2F`; what is too long for one name goes on in a
 * folder that ends in `%+`; an empty last part is `%`. Whatever begins with `%+` is nothing of a key: folders that part a long
 * list, and what is known of the objects. Names are ASCII that every file system takes, and no two keys share one.
 */
import { rawFromUtf8, type RawPath } from '../../platform/raw-path.ts';

/** What precedes names that are no part of a key. */
export const beside = '%+';
/** JSON Lines about the objects of a folder. */
export const recordsName = '%+objects.jsonl';
/** Leaves room for several `%+` before it within the 255 bytes of a name. */
export const longestName = 240;
const slash = 0x2f;
const goesOn = '%+';
const slashName = '%2F';
const emptyName = '%';
const plain = /^[A-Za-z0-9!#$&'()+,;=@[\]^_`{}~ .-]$/;

export type KeyStep = {
  readonly name: RawPath;
  /** With this begin all keys in it: bytes, one character each. */
  readonly prefix: string;
};

export type KeyPath = {
  readonly folders: readonly KeyStep[];
  /** Of the object itself. */
  readonly name: RawPath;
};

/** `key`: its bytes, one character each. */
export function pathOfKey(key: string): KeyPath {
  const folders: KeyStep[] = [];
  let at = 0;
  for (let end = key.indexOf('/'); end >= 0; end = key.indexOf('/', at)) {
    const { pieces, last } = namesOf(key.slice(at, end), slashName.length);
    for (const { name, length } of pieces) {
      at += length;
      folders.push({ name: name + goesOn, prefix: key.slice(0, at) });
    }
    folders.push({ name: last + slashName, prefix: key.slice(0, end + 1) });
    at = end + 1;
  }
  const { pieces, last } = namesOf(key.slice(at), 0);
  for (const { name, length } of pieces) {
    at += length;
    folders.push({ name: name + goesOn, prefix: key.slice(0, at) });
  }
  return { folders, name: last === '' ? emptyName : last };
}

/** The bytes that the names of a path stand for; null where one is no name of a key. */
export function keyOfPath(names: readonly RawPath[]): string | null {
  let key = '';
  for (const name of names) {
    const bytes = bytesOfName(name);
    if (bytes === null) return null;
    key += bytes;
  }
  return key;
}

/** What one name adds to a key; null where it is not written as names of keys are. */
export function bytesOfName(name: RawPath): string | null {
  if (name.startsWith(beside) || name === emptyName) return '';
  const text = name.endsWith(goesOn) ? name.slice(0, -goesOn.length) : name;
  if (text === emptyName) return '';
  if (/%(?![0-9A-F]{2})/.test(text)) return null;
  return text.replaceAll(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Of one version of an object, in a folder of the object's name that ends in `%+`. */
export function nameOfVersion(id: string): RawPath {
  return `${beside}v.${encode(rawFromUtf8(id))}`;
}

type Piece = { readonly name: string; /** Bytes of the key. */ readonly length: number };

/** A part of a key as one name, or as pieces and what follows them; `suffix`: what will be put behind it. */
function namesOf(part: string, suffix: number): { readonly pieces: readonly Piece[]; readonly last: string } {
  const whole = encode(part);
  if (whole.length + suffix <= longestName) return { pieces: [], last: whole };
  const pieces: Piece[] = [];
  let rest = part;
  while (encode(rest).length + suffix > longestName) {
    let [length, taken] = [0, 0];
    for (; taken < rest.length; taken++) {
      const one = encodeByte(rest.charCodeAt(taken)).length;
      if (length + one + goesOn.length > longestName) break;
      length += one;
    }
    pieces.push({ name: encodeAll(rest.slice(0, taken)), length: taken });
    rest = rest.slice(taken);
  }
  return { pieces, last: encode(rest) };
}

/** A name must not be of dots alone, nor end in what some file systems drop. */
function encode(part: string): string {
  const last = part.at(-1);
  if (last !== '.' && last !== ' ') return encodeAll(part);
  return encodeAll(part.slice(0, -1)) + hexOf(last.charCodeAt(0));
}

function encodeAll(part: string): string {
  if (/^[A-Za-z0-9_-]*$/.test(part)) return part;
  let text = '';
  for (let at = 0; at < part.length; at++) text += encodeByte(part.charCodeAt(at));
  return text;
}

function encodeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  return byte !== slash && plain.test(character) ? character : hexOf(byte);
}

function hexOf(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
