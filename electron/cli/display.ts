/** How values are shown on a terminal. Everything that comes from outside passes `visible` before it is printed. */
import type { Consistency } from '../../shared/model/hooks.ts';
import type { Snapshot } from '../../shared/contract/snapshots.ts';

// Control characters drive terminals, bidirectional marks reorder what is read, lone surrogates are no text.
const UNSAFE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** The text with everything that could drive or mislead a terminal written as `\xNN` or `\u{NNNN}`. */
export function visible(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.charCodeAt(0);
    return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** JSON that a terminal can show: the same document, with unsafe characters in JSON's own escapes. */
export function visibleJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(UNSAFE, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The first eight digits: enough to type, and what every command accepts. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}

/** `2026-10-15 14:03:22` in the time zone of this machine; a text that is no time is returned as it is. */
export function localTime(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  const date = [String(time.getFullYear()).padStart(4, '0'), twoDigits(time.getMonth() + 1), twoDigits(time.getDate())];
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(twoDigits);
  return `${date.join('-')} ${clock.join(':')}`;
}

function twoDigits(part: number): string {
  return String(part).padStart(2, '0');
}

const statusWords: Readonly<Record<Snapshot['status'], string>> = {
  complete: 'complete',
  completeWithExceptions: 'complete with exceptions',
  partial: 'partial',
  pending: 'pending',
  unknown: 'unknown',
};

export function statusWord(status: Snapshot['status']): string {
  return statusWords[status];
}

export function consistencyWord(consistency: Consistency): string {
  return consistency === 'application' ? 'application-consistent' : 'crash-consistent';
}

/** `1 file`, `2 files`. */
export function plural(count: string | number, noun: string, nouns = `${noun}s`): string {
  return `${count} ${String(count) === '1' ? noun : nouns}`;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;
const ZERO_WIDTH = /^[\p{M}\p{Cf}]$/u;

/** Columns of a terminal that the text takes. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += characterColumns(character);
  return columns;
}

function characterColumns(character: string): number {
  if (character < '\u0300') return 1;
  if (ZERO_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** The end of the text behind `…` where it is wider than that many columns: of a path, the file name matters most. */
export function shorten(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  if (columns < 1) return '';
  const characters = Array.from(text);
  let start = characters.length;
  let room = columns - 1;
  while (start > 0) {
    room -= characterColumns(characters[start - 1] ?? '');
    if (room < 0) break;
    start -= 1;
  }
  return `…${characters.slice(start).join('')}`;
}
