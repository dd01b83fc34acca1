/** The pages of a wiki: files of a Git repository that the site writes. */
import { type BareRepository } from './bare.ts';

/** One commit on its branch with these pages in place of those of their names. */
export function commitPages(wiki: BareRepository, pages: Readonly<Record<string, string>>): void {
  void wiki.path;
  const branch = `refs/heads/${wiki.defaultBranch}`;
  const [before] = wiki.refs(branch);
  const lines = [
    `commit ${branch}`,
    `committer Sandbox <sandbox@example.com> ${Math.floor(Date.now() / 1000)} +0000`,
    ...data('Update the wiki'),
    ...(before === undefined ? [] : [`from ${before.sha}`]),
    ...Object.entries(pages).flatMap(([name, text]) => [`M 100644 inline ${quoted(name)}`, ...data(text)]),
  ];
  wiki.git(['fast-import', '--quiet'], `${lines.join('\n')}\n`);
}

function data(text: string): string[] {
  return [`data ${Buffer.byteLength(text)}`, text];
}

/** As git reads a path in quotes. */
function quoted(name: string): string {
  return `"${name.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`)}"`;
}
