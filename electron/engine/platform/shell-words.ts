/** Words of a POSIX shell that mean exactly the given text, for commands that are shown to be copied. */
import type { RawPath } from './raw-path.ts';

/** Text as it is where nothing in it means anything to a shell, else in quotes. */
export function shellWord(text: string): string {
  return shellWordOfBytes(Buffer.from(text, 'utf8').toString('latin1'));
}

/** As `shellWord`; what is no UTF-8 or not visible in bash's own quotes, `$'…'`. */
export function shellWordOfBytes(raw: RawPath): string {
  if (/^[A-Za-z0-9_./:@%+,-][A-Za-z0-9_./:=@%+,-]*$/.test(raw)) return raw;
  const bytes = Buffer.from(raw, 'latin1');
  const text = bytes.toString('utf8');
  const isPlain = Buffer.from(text, 'utf8').equals(bytes) && !HIDDEN.test(text);
  if (isPlain) return `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const escaped = [...bytes].map((byte) =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x27 && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, '0')}`,
  );
  // A hexadecimal digit after an escape of two digits is none of it.
  return `$'${escaped.join('')}'`;
}

const HIDDEN = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}\p{Cf}]/u;
