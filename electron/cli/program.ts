import { Command, CommanderError } from 'commander';
import { badUsage, printFailure, understand, type ExitCode } from './failure.ts';
import { Output, OutputClosed } from './output.ts';
import { loadGroups, wordOf } from './command-groups.ts';
import type { RunCommand } from './run-command.ts';
import { tenantIdPattern } from '../../shared/model/tenants.ts';
import type { World } from './world.ts';

type GlobalOptions = { json?: boolean; quiet?: boolean; repository?: string; tenant?: string };

const HELP = `
Environment:
  HOLDFAST_REPOSITORY      the repository, unless --repository names one
  HOLDFAST_PASSWORD        its password, or
  HOLDFAST_PASSWORD_FILE   a file that holds it; otherwise it is asked on the terminal
  HOLDFAST_PASSPHRASE_FILE a file with the passphrase of the credentials on this machine
  HOLDFAST_HOME            catalog, logs and the default repository (~/.holdfast)
  HOLDFAST_DEBUG=1         show where in the program an error arose

With --json, standard output holds one JSON document: the result, or {"error": {"code", "message", "meaning",
"action"}}. Words for people go to standard error. A list that breaks off is not closed.

Exit codes: 0 done, 1 failed, 2 bad usage, 3 partial.`;

/** Runs one command. `argv` begins with the name of the command. Never rejects. */
export async function run(argv: readonly string[], world: World): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const outputOf = ({ json, quiet }: GlobalOptions): Output =>
    new Output(world, { json: json === true, quiet: quiet === true });
  let output: Output | null = null;

  const giveToOne: RunCommand = async (body) => {
    const options = program.opts<GlobalOptions>();
    if (options.repository === '') throw badUsage('The name of the repository is empty.');
    output = outputOf(options);
    const { tenant: tenantOption } = options;
    if (tenantOption !== undefined && !tenantIdPattern.test(tenantOption))
      throw badUsage('A tenant is named by small letters, digits and hyphens, as in `holdfast tenant list`.');
    exitCode = await body({ world, output, repositoryOption: options.repository, tenantOption });
  };
  const program: Command = await commandProgram(world, giveToOne, wordOf(argv));
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    output ??= outputOf({ ...program.opts<GlobalOptions>(), json: argv.includes('--json') });
    exitCode = await failed(error, output, world, nameOfCommand(program, argv));
  }
  if (world.stdout.failure === null) return exitCode;
  return failed(world.stdout.failure, new Output(world, { json: false, quiet: false }), world);
}

/**
 * All commands with their options; with the word of one, that one and its like. What `runCommand` is given, is what a
 * command would do.
 */
export async function commandProgram(
  world: Pick<World, 'version' | 'stdout' | 'stderr'>,
  runCommand: RunCommand,
  word: string | null = null,
): Promise<Command> {
  const program = new Command('holdfast')
    .description('Backup and disaster recovery: protect folders, and bring them back.')
    .version(world.version)
    .option('--repository <location>', 'where snapshots are stored')
    .option('--tenant <tenant>', 'for a tenant of this home, in place of its owner')
    .option('--json', 'print the result as JSON')
    .option('-q, --quiet', 'no progress, no notes, no summary of what went well')
    .addHelpText('after', HELP)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void world.stdout.write(text),
      writeErr: (text) => void world.stderr.write(text),
      // Usage errors are printed like all others.
      outputError: () => {},
    })
    .exitOverride();
  for (const register of await loadGroups(word)) register(program, runCommand, run);
  return program;
}

/** As one types it: `holdfast source add`. */
function nameOfCommand(program: Command, argv: readonly string[]): string {
  const names = [program.name()];
  for (let at = program, left = argv; ;) {
    const position = left.findIndex((word) => at.commands.some((command) => command.name() === word));
    const next = at.commands.find((command) => command.name() === left[position]);
    if (next === undefined) return names.join(' ');
    names.push(next.name());
    left = left.slice(position + 1);
    at = next;
  }
}

async function failed(error: unknown, output: Output, world: World, command?: string): Promise<ExitCode> {
  if (error instanceof OutputClosed) return 0;
  // Commander has printed the help already: asked for, or in place of a command that is missing.
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  if (error instanceof CommanderError && error.code === 'commander.help') return 2;
  const failure = understand(error instanceof CommanderError ? usageError(error) : error, command);
  output.live(null);
  await printFailure(output, failure);
  if (world.env['HOLDFAST_DEBUG'] === '1') {
    for (let cause = error; cause instanceof Error; cause = cause.cause) {
      for (const line of (cause.stack ?? String(cause)).split('\n')) output.say(line);
    }
  }
  return failure.exitCode;
}

/** `error: unknown option '--x'\n(Did you mean --y?)` as one sentence. */
function usageError(error: CommanderError): Error {
  const text = error.message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ');
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return badUsage(/[.?)]$/.test(sentence) ? sentence : `${sentence}.`);
}
