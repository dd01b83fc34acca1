import type { Command } from 'commander';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { formatDuration } from '../../../shared/model/units.ts';
import { badUsage, type ExitCode } from '../failure.ts';
import type { RunCommand } from '../run-command.ts';
import { serveUntilStopped } from '../serve.ts';
import { engineOptions, watchInterrupts, type Cli } from '../session.ts';
import { DemoCommands, type RunCli } from './commands.ts';
import { officeDemo } from './office-demo.ts';
import { Tour } from './tour.ts';

type DemoOptions = { keep?: boolean; open?: boolean; office?: boolean };

const seed = 20;

export function registerDemo(program: Command, run: RunCommand, cli: RunCli): void {
  program
    .command('demo')
    .description('protect, damage, repair, lose and bring back what it makes itself; it touches nothing else')
    .option('--open', 'leave the console open in a browser on the result')
    .option('--office', 'instead, an engine with sample data and weeks of snapshots, until it is stopped')
    .option('--keep', 'leave its folder in place at the end')
    .action(({ keep = false, open = false, office = false }: DemoOptions) =>
      run((own) => (office ? officeDemo(own, keep, open) : tour(own, cli, { keep, open }))),
    );
}

/** Nothing of the operator's own home, repository or password is looked at. */
async function tour(
  cli: Cli,
  run: RunCli,
  { keep, open }: { readonly keep: boolean; readonly open: boolean },
): Promise<ExitCode> {
  const { world, output } = cli;
  if (output.style.json) throw badUsage('The demo is there to be watched: leave --json out.');
  const { SandboxFolder } = await import('../../sandbox/sandbox-folder.ts');
  const { Office } = await import('../../sandbox/office.ts');
  const { Company } = await import('../../sandbox/company.ts');
  const beganMs = world.monotonicMs();
  const stop = new AbortController();
  const interrupt = watchInterrupts(cli, {
    onFirst: () => {
      output.note('Ending after this step.');
      stop.abort(new HoldfastError('CANCELLED', 'The demo was told to end.'));
    },
  });
  const folder = SandboxFolder.make();
  try {
    output.note('A GitHub and an AWS of its own begin on this machine …');
    await using company = await Company.found(folder, seed);
    const office = new Office(folder, seed, world.nowMs());
    const home = folder.folder('home');
    const env = {
      HOLDFAST_HOME: home,
      HOLDFAST_REPOSITORY: folder.path('repository'),
      HOLDFAST_PASSWORD: 'demo',
      HOLDFAST_PASSPHRASE: 'demo',
    };
    const secrets = {
      AWS_SECRET: company.keys.secretAccessKey,
      GITHUB_TOKEN: company.github.addToken({ scopes: 'read' }),
      GITHUB_GIVE_BACK: company.github.addToken({ scopes: 'write' }),
      VAULT_PASSWORD: 'another',
    };
    const show = (command: string) => output.lines([`   $ ${command}`]);
    const commands = new DemoCommands(run, world, { ...env, ...secrets }, show);
    const path = (...names: string[]) => folder.path(...names);
    const { monotonicMs } = world;
    const parts = { output, commands, company, office, path, monotonicMs, signal: stop.signal };
    const isVerified = await withOneEngine(cli, env, home, () => new Tour(parts).run());
    await output.lines([
      '',
      `${isVerified ? 'All of it was verified' : 'Not all of it could be verified'}, ${formatDuration(monotonicMs() - beganMs)}.`,
    ]);
    // From here on Ctrl-C is for the engine that is looked at.
    interrupt.stop();
    if (open) await look(cli, env, home);
    return isVerified ? 0 : 1;
  } finally {
    interrupt.stop();
    if (keep) output.note(`Left in place: ${folder.root}`);
    else folder.remove();
  }
}

/** One engine does the work of all commands, as `holdfast serve` does: each of them would start and end one of its own. */
async function withOneEngine<Result>(
  cli: Cli,
  env: { readonly HOLDFAST_PASSPHRASE: string },
  home: string,
  body: () => Promise<Result>,
): Promise<Result> {
  const passphrase = env.HOLDFAST_PASSPHRASE;
  const engine = await cli.world.serveEngine({ ...engineOptions(cli), home, secrets: { passphrase } });
  try {
    return await body();
  } finally {
    await engine.close();
  }
}

/** The console on what has become of it, until somebody has seen enough. */
async function look(cli: Cli, env: Readonly<Record<string, string>>, home: string): Promise<void> {
  const world = { ...cli.world, env: { ...cli.world.env, ...env } };
  await serveUntilStopped(
    { ...cli, world },
    {
      home,
      http: { host: '127.0.0.1', port: 0, tls: null },
      open: true,
      prepare: async ({ client }, signal) => {
        const { HOLDFAST_REPOSITORY: location = '', HOLDFAST_PASSWORD: password = '' } = env;
        const { repositories } = await client.repositories.list({}, { signal });
        const own = repositories.find((one) => one.location === location);
        if (own === undefined) await client.repositories.connect({ location, password, name: 'Demo' }, { signal });
        else await client.repositories.unlock({ id: own.id, password }, { signal });
      },
    },
  );
}
