/** A line of a file from outside, as text to look at: tabs and spaces stay, what hides or turns text is spelled out. Pure. */
import { visibleParts, type TextPart } from './visible-text.ts';

const most = 2_000;

export type CodeLine = {
  /** `start`: how many characters stand before it. */
  readonly parts: readonly (TextPart & { readonly start: number })[];
  /** Characters that are not shown, because the line is that long. */
  readonly cut: number;
};

export function codeLine(text: string): CodeLine {
  const line = text.replace(/\r$/, '');
  const shown = line.slice(0, most);
  // Spaces at the borders and tabs are what code is made of: they are kept away from the rule for names.
  const parts = shown
    .split(/(\t| +)/)
    .flatMap((piece) => (/^[\t ]+$/.test(piece) ? [plain(piece)] : visibleParts(piece)));
  return { parts: placed(joined(parts)), cut: line.length - shown.length };
}

export function linesOfText(text: string): readonly string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** The same as one string, for what is short: a message of a commit. */
export function visibleLine(text: string): string {
  return codeLine(text)
    .parts.map((part) => part.text)
    .join('');
}

function plain(text: string): TextPart {
  return { text: text.replaceAll('\t', '    '), odd: false };
}

function joined(parts: readonly TextPart[]): readonly TextPart[] {
  const whole: TextPart[] = [];
  for (const part of parts) {
    const last = whole.at(-1);
    if (last !== undefined && last.odd === part.odd && !part.odd)
      whole[whole.length - 1] = { text: last.text + part.text, odd: false };
    else whole.push(part);
  }
  return whole;
}

function placed(parts: readonly TextPart[]): CodeLine['parts'] {
  const starts = parts.map((_, index) => parts.slice(0, index).reduce((sum, { text }) => sum + text.length, 0));
  return parts.map((part, index) => ({ ...part, start: starts[index] ?? 0 }));
}
