/**
 * The commands by the files that hold them, in the order of the help. Whoever asks for one loads that one's file alone: to
 * load all takes longer than most commands.
 */
import type { Command } from 'commander';
import type { ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import type { World } from './world.ts';

/** `run`: for a command that runs others. */
export type Register = (
  program: Command,
  runCommand: RunCommand,
  run: (argv: readonly string[], world: World) => Promise<ExitCode>,
) => void;

export type CommandGroup = { readonly words: readonly string[]; readonly load: () => Promise<Register> };

export const commandGroups: readonly CommandGroup[] = [
  { words: ['init'], load: async () => (await import('./init.ts')).registerInit },
  { words: ['protect'], load: async () => (await import('./protect.ts')).registerProtect },
  { words: ['snapshots', 'ls'], load: async () => (await import('./snapshots.ts')).registerSnapshots },
  { words: ['restore'], load: async () => (await import('./restore.ts')).registerRestore },
  { words: ['points'], load: async () => (await import('./points.ts')).registerPoints },
  { words: ['restore-image'], load: async () => (await import('./images.ts')).registerRestoreImage },
  { words: ['clone'], load: async () => (await import('./clones.ts')).registerClones },
  { words: ['drill'], load: async () => (await import('./drill.ts')).registerDrill },
  { words: ['failover'], load: async () => (await import('./failover.ts')).registerFailover },
  { words: ['find', 'versions', 'rebuild-catalog'], load: async () => (await import('./find.ts')).registerFind },
  { words: ['diff'], load: async () => (await import('./diff.ts')).registerDiff },
  { words: ['git'], load: async () => (await import('./git.ts')).registerGit },
  { words: ['check', 'stats', 'unlock'], load: async () => (await import('./repository.ts')).registerRepository },
  { words: ['forget'], load: async () => (await import('./forget.ts')).registerForget },
  { words: ['prune', 'repair-index'], load: async () => (await import('./prune.ts')).registerPrune },
  { words: ['scrub', 'repair'], load: async () => (await import('./integrity.ts')).registerIntegrity },
  { words: ['key'], load: async () => (await import('./keys.ts')).registerKeys },
  { words: ['source'], load: async () => (await import('./sources.ts')).registerSources },
  { words: ['aws'], load: async () => (await import('./aws.ts')).registerAws },
  { words: ['system'], load: async () => (await import('./systems.ts')).registerSystems },
  { words: ['peers'], load: async () => (await import('./peers.ts')).registerPeers },
  { words: ['plan'], load: async () => (await import('./plans.ts')).registerPlans },
  { words: ['profile'], load: async () => (await import('./profiles.ts')).registerProfiles },
  { words: ['retention'], load: async () => (await import('./retention.ts')).registerRetention },
  { words: ['site'], load: async () => (await import('./sites.ts')).registerSites },
  { words: ['sync'], load: async () => (await import('./sync.ts')).registerSync },
  { words: ['standby'], load: async () => (await import('./standby.ts')).registerStandby },
  { words: ['unprotected'], load: async () => (await import('./unprotected.ts')).registerUnprotected },
  { words: ['storage'], load: async () => (await import('./storage.ts')).registerStorage },
  {
    words: ['status', 'run', 'runs', 'pause', 'resume', 'clock'],
    load: async () => (await import('./schedule.ts')).registerSchedule,
  },
  { words: ['trends'], load: async () => (await import('./trends.ts')).registerTrends },
  { words: ['alerts'], load: async () => (await import('./alerts.ts')).registerAlerts },
  { words: ['routes'], load: async () => (await import('./routes.ts')).registerRoutes },
  { words: ['report'], load: async () => (await import('./reports.ts')).registerReports },
  { words: ['subscription'], load: async () => (await import('./subscriptions.ts')).registerSubscriptions },
  { words: ['hold', 'release'], load: async () => (await import('./holds.ts')).registerHolds },
  { words: ['case'], load: async () => (await import('./cases.ts')).registerCases },
  { words: ['compliance', 'immutability'], load: async () => (await import('./compliance.ts')).registerCompliance },
  { words: ['incident'], load: async () => (await import('./incident.ts')).registerIncident },
  { words: ['setting'], load: async () => (await import('./settings.ts')).registerSettings },
  {
    words: ['credential', 'recovery-passphrase'],
    load: async () => (await import('./credentials.ts')).registerCredentials,
  },
  { words: ['recover'], load: async () => (await import('./recover.ts')).registerRecover },
  { words: ['recovery-kit'], load: async () => (await import('./recovery-kit.ts')).registerRecoveryKit },
  { words: ['evidence'], load: async () => (await import('./evidence.ts')).registerEvidence },
  { words: ['audit'], load: async () => (await import('./audit.ts')).registerAudit },
  { words: ['jobs', 'cancel'], load: async () => (await import('./jobs.ts')).registerJobs },
  { words: ['serve'], load: async () => (await import('./serve.ts')).registerServe },
  { words: ['site'], load: async () => (await import('./site-server.ts')).registerSiteServer },
  { words: ['metrics'], load: async () => (await import('./metrics.ts')).registerMetrics },
  { words: ['diagnostics'], load: async () => (await import('./diagnostics.ts')).registerDiagnostics },
  { words: ['demo'], load: async () => (await import('./demo/demo.ts')).registerDemo },
  { words: ['token', 'console-link'], load: async () => (await import('./tokens.ts')).registerTokens },
  { words: ['session'], load: async () => (await import('./sessions.ts')).registerSessions },
  { words: ['tenant'], load: async () => (await import('./tenants.ts')).registerTenants },
  { words: ['offer'], load: async () => (await import('./offers.ts')).registerOffers },
];

/** Those of a word; all, where there is none or nobody knows it: the help names them, and what it may have meant. */
export async function loadGroups(word: string | null): Promise<Register[]> {
  const asked = commandGroups.filter(({ words }) => word !== null && words.includes(word));
  return Promise.all((asked.length > 0 ? asked : commandGroups).map(({ load }) => load()));
}

const withValue: ReadonlySet<string> = new Set(['--repository', '--tenant']);

/** The first that is no option, and no value of one. */
export function wordOf(argv: readonly string[]): string | null {
  return argv.find((word, at) => !word.startsWith('-') && !withValue.has(argv[at - 1] ?? '')) ?? null;
}
