/**
 * Names in tree JSON are quoted by Go's strconv.Quote before the JSON encoder sees them, which keeps bytes that are not
 * UTF-8. Names are raw paths here: one character per byte.
 */
import type { RawPath } from '../../platform/raw-path.ts';

const plainName = /^[ !#-[\]-~]*$/;
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
const shortEscapes: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
};

/** The inside of `strconv.Quote(name)`, as text (not yet JSON-encoded). */
export function goQuote(name: RawPath): string {
  if (plainName.test(name)) return name;
  const bytes = Buffer.from(name, 'latin1');
  let quoted = '';
  for (let at = 0; at < bytes.length;) {
    const length = utf8Length(bytes, at);
    if (length === 0) {
      quoted += `\\x${hex(bytes[at] as number, 2)}`;
      at += 1;
      continue;
    }
    quoted += quoteCharacter(bytes.toString('utf8', at, at + length));
    at += length;
  }
  return quoted;
}

function quoteCharacter(character: string): string {
  const short = shortEscapes[character];
  if (short !== undefined) return short;
  if (printable.test(character)) return character;
  const codePoint = character.codePointAt(0) as number;
  if (codePoint < 0x20 || codePoint === 0x7f) return `\\x${hex(codePoint, 2)}`;
  return codePoint < 0x1_0000 ? `\\u${hex(codePoint, 4)}` : `\\U${hex(codePoint, 8)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

/** Bytes of the valid UTF-8 sequence at `at`, or 0: overlong forms, surrogates and values over U+10FFFF are invalid. */
export function utf8Length(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + length > bytes.length) return 0;
  for (let next = at + 1; next < at + length; next++) if (((bytes[next] as number) & 0xc0) !== 0x80) return 0;
  const second = bytes[at + 1] as number;
  if (first === 0xe0 && second < 0xa0) return 0;
  if (first === 0xed && second > 0x9f) return 0;
  if (first === 0xf0 && second < 0x90) return 0;
  if (first === 0xf4 && second > 0x8f) return 0;
  return length;
}

const escapeSequence =
  /\\(?:([abfnrtv\\"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([^])|$)/g;
const unescaped: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

/** The inverse of `goQuote`, or null where Go's strconv.Unquote would refuse. */
export function goUnquote(quoted: string): RawPath | null {
  if (plainName.test(quoted)) return quoted;
  if (quoted.includes('\n') || /(?:^|[^\\])(?:\\\\)*"/.test(quoted)) return null;
  let valid = true;
  const text = (part: string): string => Buffer.from(part, 'utf8').toString('latin1');
  let raw = '';
  let last = 0;
  for (const match of quoted.matchAll(escapeSequence)) {
    raw += text(quoted.slice(last, match.index));
    last = match.index + match[0].length;
    const [, short, byte, unicode4, unicode8, octal] = match;
    const unicode = unicode4 ?? unicode8;
    if (short !== undefined) raw += unescaped[short] ?? '';
    else if (byte !== undefined) raw += String.fromCharCode(Number.parseInt(byte, 16));
    else if (octal !== undefined) raw += String.fromCharCode(Number.parseInt(octal, 8));
    else if (unicode !== undefined && isScalar(Number.parseInt(unicode, 16))) {
      raw += text(String.fromCodePoint(Number.parseInt(unicode, 16)));
    } else valid = false;
  }
  return valid ? raw + text(quoted.slice(last)) : null;
}

function isScalar(codePoint: number): boolean {
  return codePoint <= 0x10_ffff && (codePoint < 0xd800 || codePoint > 0xdfff);
}

const jsonEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};
const jsonPlain = /^[ !#-%'-;=?-[\]-~]*$/;
// eslint-disable-next-line no-control-regex -- control characters are what has to be escaped
const jsonSpecial = /["\\<>&\u2028\u2029\x00-\x1f]/g;

/** A JSON string as Go's encoding/json writes it, quotes included: `<`, `>`, `&` and line separators are escaped. */
export function goJsonString(text: string): string {
  if (jsonPlain.test(text)) return `"${text}"`;
  return `"${text.toWellFormed().replace(jsonSpecial, (special) => jsonEscapes[special] ?? `\\u${hex(special.charCodeAt(0), 4)}`)}"`;
}
