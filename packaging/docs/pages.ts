/** The pages of docs/ that are made from the program, and how. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandProgram } from '../../electron/cli/program.ts';
import { cliReference } from './cli-reference.ts';
import { indexWithAll } from './further-pages.ts';
import { troubleshooting } from './troubleshooting.ts';

const docs = join(import.meta.dirname, '..', '..', 'docs');

export type MadePage = { readonly path: string; readonly text: string };

export async function madePages(): Promise<MadePage[]> {
  const silent = { failure: null, write: () => true, isTTY: false } as never;
  const program = await commandProgram({ version: '', stdout: silent, stderr: silent }, async () => undefined);
  const index = join(docs, 'README.md');
  const codes = join(docs, 'TROUBLESHOOTING.md');
  return [
    { path: join(docs, 'CLI.md'), text: cliReference(program) },
    { path: codes, text: troubleshooting(readFileSync(codes, 'utf8')) },
    { path: index, text: indexWithAll(readFileSync(index, 'utf8'), docs, globSync('**/*.md', { cwd: docs })) },
  ];
}
