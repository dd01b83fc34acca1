/** Commands as pages write them, held against the commands there are: names and options, and where nothing is left open, all of it. */
import type { Command } from 'commander';
import { commandProgram } from '../../../electron/cli/program.ts';
import type { Page } from './markdown.ts';

const silent = { failure: null, write: () => true } as never;

function documentedProgram(): Promise<Command> {
  return commandProgram({ version: '', stdout: silent, stderr: silent }, async () => undefined);
}

/** Only looked at, so one does for all. */
const names = await documentedProgram();

export type Written = {
  readonly text: string;
  /** Stands in a block, to be typed as it is. */ readonly typed: boolean;
};

/** Each command of Holdfast on the page, from `holdfast` on, without what is not part of it. */
export function commandsOn({ blocks, spans }: Pick<Page, 'blocks' | 'spans'>): Written[] {
  const lines = blocks
    .filter(({ language }) => ['', 'sh', 'bash'].includes(language))
    .flatMap(({ lines: all }) => joined(all));
  return [
    ...lines.flatMap((line) => commandsIn(line).map((text) => ({ text, typed: true }))),
    ...spans.flatMap((span) => commandsIn(span).map((text) => ({ text, typed: false }))),
  ];
}

/** Lines that end in a backslash go on in the next one. */
function joined(lines: readonly string[]): string[] {
  return lines
    .join('\n')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n');
}

function commandsIn(line: string): string[] {
  return line
    .split(/\s+#\s|\s{2,}|;|&&|\|\||\$\(|\)$/)
    .map((part) => part.trim().replace(/^(?:\$ |sudo (?:-u \w+ )?|exec |[A-Z_]+=\S* )+/, ''))
    .map((part) => part.replace(/^(?:npm run -s holdfast --|\/usr\/bin\/holdfast|npx holdfast)(?= |$)/, 'holdfast'))
    .filter((part) => part === 'holdfast' || part.startsWith('holdfast '));
}

/** What is wrong with the command, in sentences; empty where nothing is. */
export async function problemsOf({ text, typed }: Written): Promise<string[]> {
  const [first = '', ...others] = text.split(/ \| /);
  const { problems, group } = namesIn(wordsOf(first).slice(1), names);
  for (const other of others) {
    const words = wordsOf(other);
    // `plan list | show <name>` names a sibling; `| grep x` is another program.
    if (isSibling(group, words[0])) problems.push(...namesIn(words, group).problems);
  }
  if (problems.length > 0 || !typed || /[<>[\]…]|\|/.test(text)) return problems;
  return parsed(wordsOf(text).slice(1));
}

function isSibling(group: Command, word: string | undefined): boolean {
  return group.commands.some((command) => command.name() === word || command.aliases().includes(word ?? ''));
}

/** Walks down the names, then looks each option up. `group` is what the last name was looked for in. */
function namesIn(words: readonly string[], from: Command): { problems: string[]; group: Command } {
  let at = from;
  let group = from;
  let rest = words;
  const problems: string[] = [];
  for (;;) {
    const [given = '', ...after] = rest;
    const word = given.replace(/[.,:)]+$/, '');
    if (at.commands.length === 0 || word === '' || word === '…') break;
    if (word.startsWith('-')) {
      // Options of all commands may stand before the name.
      const option = optionOf(at, word);
      if (option === undefined) break;
      rest = after.slice(option.required && !word.includes('=') ? 1 : 0);
      continue;
    }
    if (/^[<[]/.test(word)) return { problems, group };
    const alternatives = word.split('|');
    const found = alternatives.map((name) =>
      at.commands.find((command) => [command.name(), ...command.aliases()].includes(name)),
    );
    const unknown = alternatives.filter((_, position) => found[position] === undefined);
    if (unknown.length > 0) {
      // A group that is a command too takes arguments of its own.
      if (at.registeredArguments.length === 0)
        problems.push(`\`${at.name()}\` has no command \`${unknown.join('`, `')}\``);
      break;
    }
    group = at;
    at = found[0] as Command;
    rest = after;
  }
  for (const word of rest) {
    for (const [flag] of word.matchAll(/(?<![\w-])--?[a-zA-Z][\w-]*/g)) {
      if (/^-\w./.test(flag) || word.includes("'") || word.includes('"')) continue;
      if (optionOf(at, flag) === undefined) problems.push(`\`${at.name()}\` has no option \`${flag}\``);
    }
  }
  return { problems, group };
}

function optionOf(command: Command, word: string): { readonly required: boolean } | undefined {
  const flag = word.replace(/=.*/, '');
  if (['-h', '--help'].includes(flag)) return { required: false };
  for (let at: Command | null = command; at !== null; at = at.parent) {
    const option = at.options.find(({ short, long }) => short === flag || long === flag);
    if (option !== undefined) return option;
  }
  return undefined;
}

/** By Commander itself: how many arguments, what options take. */
async function parsed(words: readonly string[]): Promise<string[]> {
  const program = await documentedProgram();
  try {
    await program.parseAsync(words, { from: 'user' });
    return [];
  } catch (error) {
    const { message, exitCode } = error as Error & { exitCode?: number };
    return exitCode === 0 ? [] : [message];
  }
}

/** As a shell takes them apart, without what it would put in. */
export function wordsOf(text: string): string[] {
  return [...text.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'),
  );
}
