/** The kit as plain text. Nothing in it can drive a terminal or a printer: names come from outside. */
import { harmless } from '../../../../shared/model/safe-text.ts';
import type { Page, Section } from './page.ts';

const columns = 78;

export function pageAsText({ title, lead, sections }: Page): string {
  const lines = [title.toUpperCase(), '', ...wrap(lead), ...sections.flatMap(sectionLines)];
  return `${lines.join('\n')}\n`;
}

function sectionLines({ title, paragraphs, facts, commands }: Section): string[] {
  return [
    '',
    '',
    title,
    '-'.repeat(title.length),
    ...paragraphs.flatMap((paragraph) => ['', ...wrap(paragraph)]),
    ...(facts.length === 0 ? [] : ['', ...facts.map(([name, value]) => `  ${harmless(name)}: ${harmless(value)}`)]),
    // Commands are not broken: they are to be copied.
    ...commands.flatMap(({ purpose, command }) => ['', `  ${purpose}:`, `    ${harmless(command)}`]),
  ];
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of harmless(text).split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
