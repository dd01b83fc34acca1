/** Names and patterns as search compares them: text without regard to case, or to how an accent is put together. */
import type { RawPath } from '../platform/raw-path.ts';

/**
 * The form in which a name is indexed and compared. What is not UTF-8 stands as a lone surrogate, which no text holds;
 * SQLite stores all of those as the same character, so the index finds a few names too many, and none too few.
 */
export function searchText(raw: RawPath): string {
  // oxlint-disable-next-line no-control-regex -- the whole ASCII range is what is asked for
  return /^[\x00-\x7f]*$/.test(raw) ? raw.toLowerCase() : fold(decode(raw));
}

/** Stands behind every name in the index, so that its last character, too, begins three characters. */
export const nameEnd = '\u0001\u0001';

function fold(text: string): string {
  // A sigma at the end of a word is another letter only in writing.
  return text.normalize('NFC').toLowerCase().normalize('NFC').replaceAll('ς', 'σ');
}

const wellFormed =
  // oxlint-disable-next-line no-control-regex -- the whole ASCII range is what is asked for
  /(?:[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})+|[^]/g;

/** Bytes outside UTF-8 become U+DC80 to U+DCFF, as in Python's `surrogateescape`. */
function decode(raw: RawPath): string {
  return raw.replaceAll(wellFormed, (part) => {
    const isStray = part.length === 1 && part >= '\x80';
    return isStray ? String.fromCharCode(0xdc00 + part.charCodeAt(0)) : Buffer.from(part, 'latin1').toString('utf8');
  });
}
