/**
 * Takes what the contract's comments say of each call, and of the codes it fails with, into a table that the OpenAPI document is
 * made with: comments are gone when the program runs. `npm run note:calls` writes it; a test says when that was forgotten.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { isContractProcedure } from '@orpc/contract';
import { contract } from '../shared/contract/index.ts';
import { errorCatalog } from '../shared/model/errors.ts';

type Note = { readonly text: string; readonly codes: readonly string[] };

const folder = fileURLToPath(new URL('../shared/contract/', import.meta.url));
export const notesFile = fileURLToPath(new URL('../electron/engine/api/http/call-notes.ts', import.meta.url));

/** The content of the table, as it has to be. */
export async function callNotes(): Promise<string> {
  const routers = await noted();
  const notes: Record<string, Note> = {};
  const visit = (router: object, path: readonly string[]): void => {
    const own = routers.get(router);
    for (const [name, part] of Object.entries(router) as [string, object][]) {
      const note = own?.get(name);
      if (!isContractProcedure(part)) visit(part, [...path, name]);
      else if (note !== undefined && (note.text !== '' || note.codes.length > 0))
        notes[[...path, name].join('.')] = note;
    }
  };
  visit(contract, []);
  const rows = Object.entries(notes).map(([call, note]) => `  ${JSON.stringify(call)}: ${JSON.stringify(note)},`);
  const about =
    '/** What the contract says of its calls. Written by `npm run note:calls`: change the comments there instead. */';
  const type = 'Readonly<Record<string, { readonly text: string; readonly codes: readonly string[] }>>';
  return [about, `export const callNotes: ${type} = {`, ...rows, '};', ''].join('\n');
}

/** Notes by the routers that the files of the contract export. */
async function noted(): Promise<Map<object, ReadonlyMap<string, Note>>> {
  const found = new Map<object, ReadonlyMap<string, Note>>();
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.ts'))) {
    const source = await readFile(`${folder}${file}`, 'utf8');
    const exported = (await import(/* @vite-ignore */ `../shared/contract/${file}`)) as Record<string, unknown>;
    for (const [, name = '', body = ''] of source.matchAll(/^export const (\w+Contract) = \{$([\s\S]*?)^\};$/gm)) {
      const router = exported[name];
      if (typeof router === 'object' && router !== null) found.set(router, notesIn(body));
    }
  }
  return found;
}

function notesIn(body: string): ReadonlyMap<string, Note> {
  const notes = new Map<string, Note>();
  let below: readonly string[] = [];
  for (const [, comment = '', name = ''] of body.matchAll(/^(?: {2}\/\*\*([\s\S]*?)\*\/\n)? {2}(\w+):? /gm)) {
    const text = comment
      .replaceAll(/^\s*\* ?/gm, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim();
    const codes = [...text.matchAll(/\b[A-Z][A-Z_]{3,}\b/g)]
      .map(([code]) => code)
      .filter((code) => code in errorCatalog);
    if (text.includes('so all below')) below = codes;
    notes.set(name, { text: withoutCodes(text), codes: [...new Set([...codes, ...below])].toSorted() });
  }
  return notes;
}

/** Sentences that are nothing but a list of codes are for readers of the source. */
function withoutCodes(text: string): string {
  return text
    .replace('; so all below', '')
    .split(/(?<=\.) /)
    .filter((sentence) => !/^(?:[A-Z][A-Z_]{3,}(?:, | and )?)+\.$/.test(sentence))
    .filter((sentence) => !/^(?:GITHUB_…|AWS_…)\.$/.test(sentence))
    .join(' ');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(notesFile, await callNotes());
