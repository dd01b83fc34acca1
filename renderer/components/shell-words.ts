/** Arguments as somebody would type them into a POSIX shell. */

/** `holdfast protect '/srv/a b' --exclude '*.tmp'`. Single quotes keep everything as it is but the single quote. */
export function shellCommand(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}

/** Control characters go into `$'…'`, which bash, zsh and ksh know: a paste of a raw newline would run half a command. */
export function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(word)) return `$'${word.replaceAll(/[\\'\u0000-\u001f\u007f]/g, ansiEscape)}'`;
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function ansiEscape(character: string): string {
  if (character === '\\' || character === "'") return `\\${character}`;
  return `\\x${(character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`;
}
