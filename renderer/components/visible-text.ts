/** Text from outside made safe to look at: what cannot be seen, or turns the direction of others, is spelled out. */

export type TextPart = {
  readonly text: string;
  /** Stands for a character that would not show. */ readonly odd: boolean;
};

/**
 * Controls, marks of direction, spaces that look like none or like another, private use, and halves of surrogate pairs.
 * A plain space and letters of all scripts are left alone.
 */
const oddPattern =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u3164\uffa0\ufffd]|^ +| +$/gu;

export function visibleParts(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(oddPattern)) {
    if (match.index > end) parts.push({ text: text.slice(end, match.index), odd: false });
    parts.push({ text: spelled(match[0]), odd: true });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), odd: false });
  return parts;
}

/** The same as one string, for titles and labels. */
export function visibleText(text: string): string {
  return visibleParts(text)
    .map((part) => part.text)
    .join('');
}

const names: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\0': '\\0' };

function spelled(characters: string): string {
  if (characters.startsWith(' ')) return '␣'.repeat(characters.length);
  return names[characters] ?? `\\u{${(characters.codePointAt(0) ?? 0).toString(16)}}`;
}
