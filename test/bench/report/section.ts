/** A document that several measurements write: each replaces its own section and leaves the others. */
import { readFile, writeFile } from 'node:fs/promises';

/** The section with this heading (`## …`), without what follows it; empty where there is none. */
export async function readSection(file: string, heading: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return (text.split(/^(?=## )/m).find((part) => part.startsWith(`${heading}\n`)) ?? '').trim();
}

/** `section` begins with its heading, which begins with `## `. */
export async function writeSection(file: string, title: string, section: string): Promise<void> {
  const before = await readFile(file, 'utf8').catch(() => `# ${title}\n`);
  const heading = section.slice(0, section.indexOf('\n'));
  const parts = before.split(/^(?=## )/m);
  const at = parts.findIndex((part) => part.startsWith(`${heading}\n`));
  if (at === -1) parts.push(section);
  else parts[at] = section;
  await writeFile(file, `${parts.map((part) => part.trim()).join('\n\n')}\n`);
}
