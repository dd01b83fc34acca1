import type { Command } from 'commander';
import { badUsage, type ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { saveFile } from './save-file.ts';
import { withRepository, type Cli } from './session.ts';

type KitOptions = { html?: string; file?: string; text?: boolean };

export function registerRecoveryKit(program: Command, run: RunCommand): void {
  program
    .command('recovery-kit')
    .description('a page to print that lets a stranger recover with stock tools; the password is not on it')
    .option('--html <file>', 'write it as a page for a browser')
    .option('--file <file>', 'write it as a file that Holdfast opens; call it so that it ends in .holdfast-kit')
    .option('--text', 'print it as text, as without an option')
    .action((options: KitOptions) => run((cli) => recoveryKit(cli, options)));
}

function recoveryKit(cli: Cli, { html, file, text }: KitOptions): Promise<ExitCode> {
  if (html === '' || file === '') throw badUsage('The name of the file is empty.');
  if ((html !== undefined || file !== undefined) && text === true)
    throw badUsage('Give either --text, or --html and --file.');
  return withRepository(cli, async ({ client, signal, repository }) => {
    const kit = await client.recoveryKit.make({ repository, kept: true }, { signal });
    await cli.output.document(kit);
    if (html === undefined && file === undefined) await cli.output.lines(kit.text.trimEnd().split('\n'));
    const saved: string[] = [];
    if (html !== undefined) {
      const path = await saveFile(cli.world, html, kit.html);
      saved.push(`The recovery kit lies at ${path}. Print it, and keep the password elsewhere.`);
    }
    if (file !== undefined) {
      const path = await saveFile(cli.world, file, kit.file);
      saved.push(`The recovery kit lies at ${path}. A new console opens it; keep it away from this machine.`);
    }
    if (saved.length > 0) await cli.output.summary(saved);
    return 0;
  });
}
