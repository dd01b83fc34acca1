import type { Command } from 'commander';
import type { Gap } from '../../shared/contract/gaps.ts';
import { formatBytes } from '../../shared/model/units.ts';
import { localTime } from './display.ts';
import type { ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { withEngine, type Cli } from './session.ts';
import { tableLines } from './table.ts';

export function registerUnprotected(program: Command, run: RunCommand): void {
  const unprotected = program
    .command('unprotected')
    .description('what is worth protecting and lies in no source, and sources that are not protected by themselves');
  unprotected
    .command('list', { isDefault: true })
    .description('look through the usual places of this machine; nothing is changed')
    .option('--outside', 'also ask AWS and GitHub, as far as sources lead there')
    .option('--all', 'also show what was put aside')
    .action((options: { readonly outside?: boolean; readonly all?: boolean }) => run((cli) => list(cli, options)));
  unprotected
    .command('dismiss')
    .description('put one aside: it is not worth it, and is named no more')
    .argument('<gap>', 'as the list calls it, such as settings:/etc')
    .option('--reason <text>', 'why')
    .action((gap: string, { reason = '' }: { readonly reason?: string }) => run((cli) => dismiss(cli, gap, reason)));
  unprotected
    .command('restore')
    .description('take one back that was put aside')
    .argument('<gap>', 'as `--all` calls it')
    .action((gap: string) => run((cli) => takeBack(cli, gap)));
}

function dismiss(cli: Cli, gap: string, reason: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    await client.gaps.dismiss({ gap, reason }, { signal });
    await cli.output.document({ gap, reason });
    await cli.output.summary([`${gap} is put aside.`]);
    return 0;
  });
}

function takeBack(cli: Cli, gap: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    await client.gaps.restore({ gap }, { signal });
    await cli.output.document({ gap });
    await cli.output.summary([`${gap} is a gap again.`]);
    return 0;
  });
}

function list(
  cli: Cli,
  { outside = false, all = false }: { readonly outside?: boolean; readonly all?: boolean },
): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const found = await client.gaps.list({ outside }, { signal });
    await cli.output.document(found);
    if (cli.output.style.json) return 0;
    const open = found.gaps.filter(({ dismissed }) => dismissed === null);
    const aside = found.gaps.filter(({ dismissed }) => dismissed !== null);
    if (open.length === 0)
      await cli.output.lines([`Nothing was found. Looked at: ${found.lookedAt.join(', ') || 'nothing'}.`]);
    else {
      const titles = ['GAP', 'WHAT', 'SIZE'].map((title) => ({ title }));
      await cli.output.lines(tableLines(titles, open.map(rowOf)));
      const hints = open.filter(({ hint }) => hint !== null);
      if (hints.length > 0) await cli.output.lines(['', ...hints.map(({ name, hint }) => `${name}: ${hint}`)]);
      await cli.output.lines([
        '',
        'To protect a folder: `holdfast source add folder --name <name> --set path=<folder>`.',
      ]);
    }
    if (all)
      for (const { id, dismissed } of aside)
        await cli.output.lines([
          `put aside: ${id}, by ${dismissed?.by ?? ''} on ${localTime(dismissed?.at ?? '').slice(0, 10)}${dismissed?.reason ? `: ${dismissed.reason}` : ''}`,
        ]);
    else if (aside.length > 0) cli.output.note(`${aside.length} more were put aside: --all shows them.`);
    for (const why of found.notLooked) cli.output.note(why);
    return 0;
  });
}

function rowOf({ id, title, where, bytes, more, inside }: Gap): string[] {
  const size = bytes === null ? 'not counted' : `${more ? 'over ' : ''}${formatBytes(bytes)}`;
  const part = inside.length === 0 ? '' : `; of it ${inside.slice(0, 3).join(', ')} is protected`;
  return [id, `${title}${where === null ? '' : ` (${where})`}${part}`, size];
}
