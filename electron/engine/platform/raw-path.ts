/**
 * Paths as the file system holds them: bytes, not text. Linux names are any bytes but NUL and `/`; a name that is not
 * UTF-8 must survive a backup and a restore, and must be shown without lying about it.
 */

/**
 * A path (or one name) as a "binary string": each UTF-16 unit is one byte, 0 to 255. ASCII paths look like themselves;
 * `é` in UTF-8 is the two units `\u00c3\u00a9`. Comparing two of them with `<` compares their bytes.
 */
export type RawPath = string;

/** The raw form of ordinary text, encoded as UTF-8. Lone surrogates become U+FFFD, as everywhere in Node. */
export function rawFromUtf8(text: string): RawPath {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/**
 * The form for screens, logs and JSON. Valid UTF-8 is shown as text. Shown as `\xNN` byte by byte: what is not UTF-8,
 * control characters (C0, DEL, C1), line separators, and the bidirectional overrides that make a name read as another.
 * A backslash is `\\`, so that no two raw paths share a form and `rawFromDisplay` finds the way back.
 */
export function displayRaw(raw: RawPath): string {
  if (PLAIN.test(raw)) return raw;
  const escaped = raw.replace(KEPT_OR_BYTE, (match, kept: string | undefined) => kept ?? escapeByte(match));
  if (isAscii(escaped)) return escaped;
  return Buffer.from(escaped, 'latin1').toString('utf8').replace(MISLEADING, escapeCharacter);
}

/**
 * The exact inverse of `displayRaw`. On text an operator typed it is lenient: what is not an escape stands for itself,
 * so that a UTF-8 path without backslashes is just that path, and a backslash that starts neither `\\` nor `\xNN` is a
 * backslash. Hexadecimal digits may be of either case.
 */
export function rawFromDisplay(display: string): RawPath {
  const raw = rawFromUtf8(display);
  if (!raw.includes('\\')) return raw;
  return raw.replace(ESCAPE, (_match, hex: string | undefined) =>
    hex === undefined ? '\\' : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** What Node's `fs` takes for this path: the string itself when it is ASCII (faster), its bytes otherwise. */
export function fsPath(raw: RawPath): string | Buffer {
  return isAscii(raw) ? raw : Buffer.from(raw, 'latin1');
}

/** `dir` and `name` with one slash between them; an empty `dir` (the root of relative paths) adds none. */
export function joinRaw(dir: RawPath, name: RawPath): RawPath {
  return dir === '' || dir.endsWith('/') ? dir + name : `${dir}/${name}`;
}

/** The last name of a path, trailing slashes left out. Empty for `/` and for the empty path. */
export function baseRaw(raw: RawPath): RawPath {
  const trimmed = withoutTrailingSlashes(raw);
  return trimmed.slice(trimmed.lastIndexOf('/') + 1);
}

/**
 * The path of the directory that holds the last name: `/a` for `/a/b`, `/` for `/a` and `/`. A single relative name
 * gives the empty path, not `.`, so that `joinRaw(dirRaw(p), baseRaw(p))` is `p` again.
 */
export function dirRaw(raw: RawPath): RawPath {
  const trimmed = withoutTrailingSlashes(raw);
  const slash = trimmed.lastIndexOf('/');
  if (slash < 0) return raw.startsWith('/') ? '/' : '';
  return withoutTrailingSlashes(trimmed.slice(0, slash)) || '/';
}

/** Printable ASCII but for the backslash: its own display form. Nearly every path there is. */
const PLAIN = /^[\x20-\x5b\x5d-\x7e]*$/;

/**
 * Group 1 takes runs that stay: printable ASCII and well-formed UTF-8 (RFC 3629, section 4: no overlong forms, no
 * surrogates, nothing past U+10FFFF). Whatever it does not take matches as one byte to escape.
 */
const KEPT_OR_BYTE = new RegExp(
  String.raw`((?:[\x20-\x5b\x5d-\x7e]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}` +
    String.raw`|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})+)|[^]`,
  'g',
);

/** A replacement character that is really there looks like bytes that were lost. */
const MISLEADING = /[\u0080-\u009f\u2028-\u202e\u2066-\u2069\ufffd]/g;

const ESCAPE = /\\(?:\\|x([0-9a-fA-F]{2}))/g;

// oxlint-disable-next-line no-control-regex -- the whole ASCII range is what is asked for
const ASCII = /^[\x00-\x7f]*$/;

function isAscii(text: string): boolean {
  return ASCII.test(text);
}

function escapeByte(byte: string): string {
  return byte === '\\' ? '\\\\' : `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

function escapeCharacter(character: string): string {
  return rawFromUtf8(character).replace(/[^]/g, escapeByte);
}

function withoutTrailingSlashes(raw: RawPath): RawPath {
  let end = raw.length;
  while (end > 0 && raw.charCodeAt(end - 1) === 0x2f) end -= 1;
  return end === raw.length ? raw : raw.slice(0, end);
}
