/** What the tests of the documentation read out of a page: blocks, spans of code, links, headings as anchors. */
import { readFileSync } from 'node:fs';

export type Block = { readonly language: string; readonly lines: readonly string[] };

export type Page = {
  readonly path: string;
  readonly blocks: readonly Block[];
  /** What stands between single or double marks, line ends in it made to spaces. */
  readonly spans: readonly string[];
  /** As they are written: addresses, paths, anchors. */
  readonly links: readonly string[];
  /** The anchors that GitHub gives the headings. */
  readonly anchors: ReadonlySet<string>;
};

export function readPage(path: string): Page {
  const blocks: { language: string; lines: string[] }[] = [];
  const prose: string[] = [];
  let open: { mark: string; block: { language: string; lines: string[] } } | null = null;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [, mark, language] = /^\s*(`{3,}|~{3,})\s*(\w*)/.exec(line) ?? [];
    if (open === null && mark !== undefined) {
      open = { mark, block: { language: language ?? '', lines: [] } };
      blocks.push(open.block);
    } else if (open !== null && mark !== undefined && mark.startsWith(open.mark)) open = null;
    else if (open !== null) open.block.lines.push(line);
    else prose.push(line);
  }
  const text = prose.join('\n');
  const spans = [...text.matchAll(/(`+)([^`](?:(?!\n\n)[\s\S])*?)\1(?!`)/g)].map(([, , span = '']) =>
    span.replaceAll(/\s*\n\s*/g, ' ').replaceAll(String.raw`\|`, '|'),
  );
  const bare = text.replaceAll(/(`+)([^`](?:(?!\n\n)[\s\S])*?)\1(?!`)/g, '`code`');
  const links = [...bare.matchAll(/\]\(([^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\)/g)].map(([, link = '']) => link);
  return { path, blocks, spans, links, anchors: anchorsOf(prose) };
}

function anchorsOf(prose: readonly string[]): Set<string> {
  const anchors = new Set<string>();
  for (const line of prose) {
    const [, title] = /^#{1,6}\s+(.*?)\s*#*$/.exec(line) ?? [];
    if (title === undefined) continue;
    const slug = slugOf(title);
    let anchor = slug;
    for (let more = 1; anchors.has(anchor); more += 1) anchor = `${slug}-${more}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** As GitHub makes them: without markup and punctuation, small, with hyphens for spaces. */
export function slugOf(title: string): string {
  return title
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/(?<!\w)[*_]+|[*_]+(?!\w)|`/g, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
    .replaceAll(' ', '-');
}
