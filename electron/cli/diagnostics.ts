import type { Command } from 'commander';
import type { Diagnostics } from '../../shared/contract/engine.ts';
import { badUsage, type ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { saveFile } from './save-file.ts';
import { withEngine, type Cli } from './session.ts';
import { factLines } from './table.ts';

export function registerDiagnostics(program: Command, run: RunCommand): void {
  program
    .command('diagnostics')
    .description('what a stranger may see of this engine to help: no secrets, no paths, no names')
    .option('--output <file>', 'write it there, as JSON')
    .action(({ output }: { output?: string }) => run((cli) => diagnostics(cli, output)));
}

function diagnostics(cli: Cli, file: string | undefined): Promise<ExitCode> {
  if (file === '') throw badUsage('The name of the file is empty.');
  return withEngine(cli, async ({ client, signal }) => {
    const found = await client.engine.diagnostics({}, { signal });
    await cli.output.document(found);
    if (file === undefined) await cli.output.lines(diagnosticsLines(found));
    else {
      const path = await saveFile(cli.world, file, `${JSON.stringify(found, null, 2)}\n`);
      await cli.output.summary([`Written to ${path}. Read it before you pass it on.`]);
    }
    return 0;
  });
}

function diagnosticsLines({ versions, machine, selfTest, counts, jobs, log, crashes, missing }: Diagnostics): string[] {
  const facts = [
    ...Object.entries(versions),
    ['platform', `${machine.platform}, ${machine.release}`],
    ...selfTest.map(({ id, ok, detail, meaning }) => [id, ok ? detail : `MISSING: ${detail}. ${meaning ?? ''}`]),
    ...Object.entries(counts).map(([name, count]) => [name, String(count)]),
    ['not found out', missing.length === 0 ? 'nothing' : missing.join(', ')],
  ].map(([name = '', value = '']): [string, string] => [name, value]);
  const ended = jobs.map(({ kind, state, queuedAt, error }) =>
    `${queuedAt}  ${kind}  ${state}  ${error ?? ''}`.trimEnd(),
  );
  return [
    ...factLines(facts),
    '',
    'Jobs',
    ...ended,
    '',
    'Log',
    ...log,
    ...(crashes.length === 0 ? [] : ['', 'Crashes', ...crashes]),
  ];
}
