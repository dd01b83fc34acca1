/** Hooks as somebody types and reads them: words of a program, and lines. */
/** Where a shell would do more with a line than cut it into words. */
const meant = /[|&;<>()$`*?[\]{}!#~\n\r\0]/;

/**
 * A line cut into words as a POSIX shell cuts it; null where a shell would do more than that (variables, pipes,
 * patterns), or where a quote is not closed.
 */
export function splitWords(line: string): string[] | null {
  const parts = /\s+|'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^\n])|([^\s'"\\]+)/y;
  const words: string[] = [];
  let word: string | null = null;
  while (parts.lastIndex < line.length) {
    const at = parts.lastIndex;
    const found = parts.exec(line);
    if (found === null) return null;
    const [, single, double, escaped, plain] = found;
    if (plain !== undefined && meant.test(plain)) return null;
    if (double !== undefined && /[$`]/.test(double.replaceAll(/\\[$`"\\]/g, ''))) return null;
    const text = single ?? double?.replaceAll(/\\([$`"\\])/g, '$1') ?? escaped ?? plain;
    if (text !== undefined) word = (word ?? '') + text;
    else if (/[\n\r]/.test(line.slice(at, parts.lastIndex))) return null;
    else if (word !== null) {
      words.push(word);
      word = null;
    }
  }
  if (word !== null) words.push(word);
  const [program] = words;
  return program === undefined || /^\w+=/.test(program) ? null : words;
}

const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** As one would type it into a shell; what cannot be seen stands in `$'…'`. */
export function quotedWord(word: string): string {
  if (/^[\w./:@%+,-][\w./:=@%+,-]*$/.test(word)) return word;
  if (!hidden.test(word)) return `'${word.replaceAll("'", String.raw`'\''`)}'`;
  const escaped = word.replaceAll(/['\\]/g, String.raw`\$&`).replaceAll(new RegExp(hidden, 'gu'), escapeOf);
  return `$'${escaped}'`;
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code === 0x0a) return String.raw`\n`;
  if (code === 0x09) return String.raw`\t`;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}
