import type { Command } from 'commander';
import { badUsage, type ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { saveFile } from './save-file.ts';
import { withRepository, type Cli } from './session.ts';

type KitOptions = { html?: string; text?: boolean };

export function registerRecoveryKit(program: Command, run: RunCommand): void {
  program
    .command('recovery-kit')
    .description('a page to print that lets a stranger recover with stock tools; the password is not on it')
    .option('--html <file>', 'write it as a page for a browser')
    .option('--text', 'print it as text, as without an option')
    .action((options: KitOptions) => run((cli) => recoveryKit(cli, options)));
}

function recoveryKit(cli: Cli, { html, text }: KitOptions): Promise<ExitCode> {
  if (html === '') throw badUsage('The name of the file is empty.');
  if (html !== undefined && text === true) throw badUsage('Give either --html or --text.');
  return withRepository(cli, async ({ client, signal, repository }) => {
    const kit = await client.recoveryKit.make({ repository, kept: true }, { signal });
    await cli.output.document(kit);
    if (html === undefined) await cli.output.lines(kit.text.trimEnd().split('\n'));
    else {
      const path = await saveFile(cli.world, html, kit.html);
      await cli.output.summary([`The recovery kit lies at ${path}. Print it, and keep the password elsewhere.`]);
    }
    return 0;
  });
}
