import type { Command } from 'commander';
import type { ExitCode } from './failure.ts';
import { holdfastHome } from './repository-location.ts';
import type { RunCommand } from './run-command.ts';
import { engineOptions, watchInterrupts, type Cli } from './session.ts';

export function registerServe(program: Command, run: RunCommand): void {
  program
    .command('serve')
    .description('keep an engine running that does the work of all other commands, until it is told to end')
    .action(() => run(serve));
}

/** The first Ctrl-C or SIGTERM ends the engine in order, the second at once. */
async function serve(cli: Cli): Promise<ExitCode> {
  const { world, output } = cli;
  const stopped = Promise.withResolvers<void>();
  const interrupt = watchInterrupts(cli, {
    onFirst: () => {
      output.note('Ending; what is being written is brought to an end. Once more ends it at once.');
      stopped.resolve();
    },
  });
  try {
    const engine = await world.serveEngine(engineOptions(cli));
    await output.lines([`Serving ${holdfastHome(world)} on ${engine.socket}`]);
    if (output.style.json) await output.documentPart(`${JSON.stringify({ socket: engine.socket })}\n`);
    await stopped.promise;
    await engine.close();
    return 0;
  } finally {
    interrupt.stop();
  }
}
