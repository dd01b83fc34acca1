/** What is typed a line each. Pure. */

/** The lines without spaces around them, empty ones left out, each once. */
export function linesOf(text: string): readonly string[] {
  return [...new Set(text.split('\n').map((line) => line.trim()))].filter((line) => line !== '');
}

/** As `linesOf`, where commas and spaces part them too: for names that hold neither. */
export function wordsOf(text: string): readonly string[] {
  return linesOf(text.replaceAll(/[\s,]+/g, '\n'));
}
