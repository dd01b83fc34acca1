/** docs/CLI.md: every command as `--help` shows it, so that what is printed and what is read cannot differ. */
import type { Command } from 'commander';

/** Columns of what stands in the page; those of a narrow window. */
const helpWidth = 110;

/** The text of the page. Commands stand in the order of `holdfast --help`. */
export function cliReference(program: Command): string {
  const commands = leaves(program);
  const contents = commands.map(({ name }) => `- [\`${name}\`](#${name.replaceAll(' ', '-')})`);
  const chapters = commands.map(({ name, command }) => `## ${name}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\``);
  return `${[head(program), contents.join('\n'), ...chapters].join('\n\n')}\n`;
}

type Named = { readonly name: string; readonly command: Command };

/** Groups are not listed: what they hold is. A group that does something by itself stands before what it holds. */
function leaves(command: Command, above = ''): Named[] {
  const name = `${above}${command.name()}`;
  const below = command.commands
    .filter((child) => child.name() !== 'help')
    .flatMap((child) => leaves(child, `${name} `));
  const isGroup = command.commands.length > 0 && !hasAction(command);
  return above === '' || isGroup ? below : [{ name, command }, ...below];
}

/** Commander keeps what a command does to itself; a group of commands has none of its own. */
function hasAction(command: Command): boolean {
  return (command as unknown as { _actionHandler: unknown })._actionHandler !== null;
}

function head(program: Command): string {
  return [
    '# Command line',
    '<!-- Made by `npm run docs` from the commands themselves; changes by hand are lost. -->',
    'What every command takes, as `holdfast <command> --help` says it on a terminal. In a checkout, `holdfast` is written ' +
      '`npm run -s holdfast --`.',
    `\`\`\`text\n${helpOf(program)}\n\`\`\``,
  ].join('\n\n');
}

/** With what is added behind it, which Commander prints but does not return. */
function helpOf(command: Command): string {
  const printed: string[] = [];
  command.configureHelp({ helpWidth, showGlobalOptions: false });
  command.configureOutput({ writeOut: (text) => void printed.push(text) });
  command.outputHelp();
  return printed
    .join('')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim();
}
