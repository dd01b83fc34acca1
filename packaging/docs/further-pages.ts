/** The end of docs/README.md: pages that nobody has put into order yet, so that none is without a way to it. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const mark = '<!-- From here on made by `npm run docs`: pages that are not named above. -->';

/** `page` is the index as it is; `names` are the pages of the folder. */
export function indexWithAll(page: string, folder: string, names: readonly string[]): string {
  const [byHand] = page.split(mark);
  if (byHand === undefined || byHand === page) throw new Error('The index has lost the mark of its generated part.');
  const missing = names.filter((name) => basename(name) !== 'README.md' && !byHand.includes(`](${name}`)).sort();
  if (missing.length === 0) return `${byHand}${mark}\n`;
  const lines = missing.map((name) => `- [${titleOf(join(folder, name))}](${name})`);
  return `${byHand}${mark}\n\n## More\n\n${lines.join('\n')}\n`;
}

function titleOf(path: string): string {
  const [, title] = /^# (.+)$/m.exec(readFileSync(path, 'utf8')) ?? [];
  return title ?? basename(path, '.md');
}
