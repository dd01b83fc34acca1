import type { Command } from 'commander';
import { settingCatalog } from '../../shared/model/configuration.ts';
import { badUsage, type ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { tellSaved } from './saved.ts';
import { withEngine, withRepository, type Cli } from './session.ts';
import { factLines } from './table.ts';

export function registerSettings(program: Command, run: RunCommand): void {
  const setting = program.command('setting').description('see and change the settings of this console');
  setting
    .command('list')
    .description('list what is set')
    .action(() => run(list));
  setting
    .command('set')
    .description('change a setting')
    .argument('<key>', 'one of those below')
    .argument('<value>', 'text, a number, or yes or no; empty takes the setting back')
    .addHelpText('after', ['\nSettings:', ...factLines(describeAll())].join('\n'))
    .action((key: string, value: string) => run((cli) => set(cli, key, value)));
}

function describeAll(): (readonly [string, string])[] {
  return Object.entries(settingCatalog).map(([key, { type, description }]) => [key, `${description} (${type})`]);
}

function list(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { settings } = await client.settings.list({}, { signal });
    await cli.output.document(settings);
    const facts = settings.map(({ key, value }) => [key, String(value)] as const);
    await cli.output.lines(facts.length === 0 ? ['Nothing is set.'] : factLines(facts));
    return 0;
  });
}

function set(cli: Cli, key: string, text: string): Promise<ExitCode> {
  const value = text === '' ? null : parseValue(key, text);
  return withRepository(cli, async ({ client, signal, repository }) => {
    const saved = await client.settings.set({ repository, key, value }, { signal });
    await cli.output.document(saved);
    await cli.output.summary([value === null ? `${key} is not set any more.` : `${key} is ${String(value)}.`]);
    tellSaved(cli.output, saved);
    return 0;
  });
}

function parseValue(key: string, text: string): string | number | boolean {
  const type = Object.hasOwn(settingCatalog, key) ? settingCatalog[key]?.type : undefined;
  if (type === undefined) throw badUsage(`There is no setting ${key}; see \`holdfast setting set --help\`.`);
  if (type === 'text') return text;
  if (type === 'boolean') {
    if (/^(?:yes|true|no|false)$/.test(text)) return text === 'yes' || text === 'true';
    throw badUsage(`${key} is yes or no.`);
  }
  const number = Number(text);
  if (!Number.isFinite(number)) throw badUsage(`${key} is a number.`);
  return number;
}
