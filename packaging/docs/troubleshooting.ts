/** The part of docs/TROUBLESHOOTING.md that lists every code of a failure, made from the table the program itself uses. */
import { errorCatalog } from '../../shared/model/errors.ts';

/** What stands above it is written by hand. */
const mark = '<!-- From here on made by `npm run docs` from shared/model/errors/; changes by hand are lost. -->';

const exitWords = { 1: '1, failed', 2: '2, bad usage', 3: '3, partial' } as const;

/** The whole page: what was written by hand in it, and the codes in alphabetical order. */
export function troubleshooting(page: string): string {
  const [byHand] = page.split(mark);
  if (byHand === undefined || byHand === page) throw new Error('The page has lost the mark of its generated part.');
  const codes = Object.entries(errorCatalog).sort(([one], [other]) => (one < other ? -1 : 1));
  const chapters = codes.map(([code, { meaning, action, exitCode }]) =>
    [`### ${code}`, literal(meaning), `**Do:** ${literal(action)}`, `Exit code ${exitWords[exitCode]}.`].join('\n\n'),
  );
  return `${[`${byHand}${mark}`, ...chapters].join('\n\n')}\n`;
}

/** As it is read on a terminal: outside of `code`, nothing of it is markup. */
function literal(sentence: string): string {
  return sentence
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll(/[\\*<>[\]]/g, String.raw`\$&`)))
    .join('');
}
