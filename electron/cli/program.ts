import { Command, CommanderError } from 'commander';
import { registerAlerts } from './alerts.ts';
import { registerAws } from './aws.ts';
import { registerCases } from './cases.ts';
import { registerCompliance } from './compliance.ts';
import { registerCredentials } from './credentials.ts';
import { registerDemo } from './demo/demo.ts';
import { registerDiagnostics } from './diagnostics.ts';
import { registerDiff } from './diff.ts';
import { badUsage, printFailure, understand, type ExitCode } from './failure.ts';
import { registerClones } from './clones.ts';
import { registerDrill } from './drill.ts';
import { registerFailover } from './failover.ts';
import { registerFind } from './find.ts';
import { registerForget } from './forget.ts';
import { registerGit } from './git.ts';
import { registerHolds } from './holds.ts';
import { registerRestoreImage } from './images.ts';
import { registerAudit } from './audit.ts';
import { registerEvidence } from './evidence.ts';
import { registerIncident } from './incident.ts';
import { registerInit } from './init.ts';
import { registerJobs } from './jobs.ts';
import { registerKeys } from './keys.ts';
import { registerMetrics } from './metrics.ts';
import { Output, OutputClosed } from './output.ts';
import { registerPeers } from './peers.ts';
import { registerPlans } from './plans.ts';
import { registerPoints } from './points.ts';
import { registerProfiles } from './profiles.ts';
import { registerProtect } from './protect.ts';
import { registerIntegrity } from './integrity.ts';
import { registerPrune } from './prune.ts';
import { registerRecover } from './recover.ts';
import { registerRecoveryKit } from './recovery-kit.ts';
import { registerReports } from './reports.ts';
import { registerRepository } from './repository.ts';
import { registerRestore } from './restore.ts';
import type { RunCommand } from './run-command.ts';
import { registerRetention } from './retention.ts';
import { registerRoutes } from './routes.ts';
import { registerSchedule } from './schedule.ts';
import { registerServe } from './serve.ts';
import { registerSiteServer } from './site-server.ts';
import { registerSettings } from './settings.ts';
import { registerSites } from './sites.ts';
import { registerSnapshots } from './snapshots.ts';
import { registerSources } from './sources.ts';
import { registerStorage } from './storage.ts';
import { registerUnprotected } from './unprotected.ts';
import { registerStandby } from './standby.ts';
import { registerSubscriptions } from './subscriptions.ts';
import { registerSync } from './sync.ts';
import { registerSystems } from './systems.ts';
import { registerSessions } from './sessions.ts';
import { registerOffers } from './offers.ts';
import { registerTenants } from './tenants.ts';
import { registerTrends } from './trends.ts';
import { registerTokens } from './tokens.ts';
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

  const program: Command = commandProgram(world, async (body) => {
    const options = program.opts<GlobalOptions>();
    if (options.repository === '') throw badUsage('The name of the repository is empty.');
    output = outputOf(options);
    const { tenant: tenantOption } = options;
    if (tenantOption !== undefined && !tenantIdPattern.test(tenantOption))
      throw badUsage('A tenant is named by small letters, digits and hyphens, as in `holdfast tenant list`.');
    exitCode = await body({ world, output, repositoryOption: options.repository, tenantOption });
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    output ??= outputOf({ ...program.opts<GlobalOptions>(), json: argv.includes('--json') });
    exitCode = await failed(error, output, world, nameOfCommand(program, argv));
  }
  if (world.stdout.failure === null) return exitCode;
  return failed(world.stdout.failure, new Output(world, { json: false, quiet: false }), world);
}

/** All commands with their options. What `runCommand` is given, is what a command would do. */
export function commandProgram(world: Pick<World, 'version' | 'stdout' | 'stderr'>, runCommand: RunCommand): Command {
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
  registerInit(program, runCommand);
  registerProtect(program, runCommand);
  registerSnapshots(program, runCommand);
  registerRestore(program, runCommand);
  registerPoints(program, runCommand);
  registerRestoreImage(program, runCommand);
  registerClones(program, runCommand);
  registerDrill(program, runCommand);
  registerFailover(program, runCommand);
  registerFind(program, runCommand);
  registerDiff(program, runCommand);
  registerGit(program, runCommand);
  registerRepository(program, runCommand);
  registerForget(program, runCommand);
  registerPrune(program, runCommand);
  registerIntegrity(program, runCommand);
  registerKeys(program, runCommand);
  registerSources(program, runCommand);
  registerAws(program, runCommand);
  registerSystems(program, runCommand);
  registerPeers(program, runCommand);
  registerPlans(program, runCommand);
  registerProfiles(program, runCommand);
  registerRetention(program, runCommand);
  registerSites(program, runCommand);
  registerSync(program, runCommand);
  registerStandby(program, runCommand);
  registerUnprotected(program, runCommand);
  registerStorage(program, runCommand);
  registerSchedule(program, runCommand);
  registerTrends(program, runCommand);
  registerAlerts(program, runCommand);
  registerRoutes(program, runCommand);
  registerReports(program, runCommand);
  registerSubscriptions(program, runCommand);
  registerHolds(program, runCommand);
  registerCases(program, runCommand);
  registerCompliance(program, runCommand);
  registerIncident(program, runCommand);
  registerSettings(program, runCommand);
  registerCredentials(program, runCommand);
  registerRecover(program, runCommand);
  registerRecoveryKit(program, runCommand);
  registerEvidence(program, runCommand);
  registerAudit(program, runCommand);
  registerJobs(program, runCommand);
  registerServe(program, runCommand);
  registerSiteServer(program, runCommand);
  registerMetrics(program, runCommand);
  registerDiagnostics(program, runCommand);
  registerDemo(program, runCommand, run);
  registerTokens(program, runCommand);
  registerSessions(program, runCommand);
  registerTenants(program, runCommand);
  registerOffers(program, runCommand);
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
