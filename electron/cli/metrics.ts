import type { Command } from 'commander';
import { metricsText } from '../../shared/model/metrics.ts';
import { badUsage, type ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { saveFile } from './save-file.ts';
import { withEngine, type Cli } from './session.ts';

export function registerMetrics(program: Command, run: RunCommand): void {
  program
    .command('metrics')
    .description('figures for Prometheus; `serve` gives the same at /metrics to whoever shows a token')
    .option('--output <file>', 'write them there, whole or not at all, for a collector of text files')
    .action(({ output }: { output?: string }) => run((cli) => metrics(cli, output)));
}

function metrics(cli: Cli, file: string | undefined): Promise<ExitCode> {
  if (file === '') throw badUsage('The name of the file is empty.');
  return withEngine(cli, async ({ client, signal }) => {
    const answer = await client.engine.metrics({}, { signal });
    const text = metricsText(answer.metrics);
    await cli.output.document(answer.metrics);
    if (file === undefined) await cli.output.lines(text.trimEnd().split('\n'));
    else await cli.output.summary([`Written to ${await saveFile(cli.world, file, text)}.`]);
    return 0;
  });
}
