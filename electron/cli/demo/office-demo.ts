import { noHooks } from '../../../shared/model/hooks.ts';
import { presets } from '../../../shared/model/profile-presets.ts';
import type { ExitCode } from '../failure.ts';
import { serveUntilStopped } from '../serve.ts';
import type { Cli } from '../session.ts';
import type { ContractClient } from '../world.ts';

const password = 'demo';
const seed = 20;
const sources = ['documents', 'photos', 'ledger', 'odd-names'] as const;
/** How many days lie between two rounds of protection, and which sources take part. */
const rounds: readonly { readonly days: number; readonly sources: readonly string[] }[] = [
  { days: 0, sources },
  { days: 9, sources: ['documents', 'ledger'] },
  { days: 5, sources: ['documents', 'photos'] },
  { days: 5, sources: ['documents', 'ledger'] },
  { days: 3, sources: ['documents'] },
  { days: 2, sources: ['documents', 'photos', 'ledger'] },
  { days: 1, sources: ['documents', 'odd-names'] },
];
const dayMs = 24 * 3_600_000;

/** An office and weeks of its snapshots, served until it is stopped. */
export async function officeDemo(cli: Cli, keep: boolean, open: boolean): Promise<ExitCode> {
  const { world, output } = cli;
  const { SandboxFolder } = await import('../../sandbox/sandbox-folder.ts');
  const { Office } = await import('../../sandbox/office.ts');
  const folder = SandboxFolder.make();
  try {
    const days = rounds.reduce((sum, round) => sum + round.days, 0);
    const office = new Office(folder, seed, world.nowMs() - days * dayMs);
    const home = folder.folder('home');
    const location = folder.path('repository');
    let isPlayed = false;
    let dayBeganMs = world.nowMs();
    return await serveUntilStopped(cli, {
      home,
      http: { host: '127.0.0.1', port: 0, tls: null },
      open,
      // Its weeks are over in a minute; then its clock is that of the machine. Within a day it goes on as that does.
      takenAtMs: () => (isPlayed ? world.nowMs() : office.nowMs + world.nowMs() - dayBeganMs),
      prepare: async ({ client }, signal) => {
        await client.repositories.create({ location, password, name: 'Demo' }, { signal });
        for (const name of sources) await register(client, signal, location, name, folder.path('sources', name));
        for (const round of rounds) {
          office.playDays(round.days);
          dayBeganMs = world.nowMs();
          output.note(`Protecting the office as it was on ${new Date(office.nowMs).toISOString().slice(0, 10)} …`);
          for (const source of round.sources) {
            await protect(client, signal, location, source);
          }
        }
        isPlayed = true;
        await everyNight(client, signal, location);
        await output.lines([
          `The demo lies in ${folder.root}; what it protects, in sources.`,
          `Try it: export HOLDFAST_HOME=${home} HOLDFAST_REPOSITORY=${location} HOLDFAST_PASSWORD=${password}`,
        ]);
      },
    });
  } finally {
    if (keep) output.note(`Left in place: ${folder.root}`);
    else folder.remove();
  }
}

async function register(
  client: ContractClient,
  signal: AbortSignal,
  location: string,
  name: string,
  path: string,
): Promise<void> {
  const options = { excludes: [], excludeCaches: false, excludeLargerThanBytes: null, oneFileSystem: false };
  const source = { kind: 'folder' as const, name, paths: [path], ...options, commands: noHooks, tags: [], rpoMs: null };
  await client.sources.add({ repository: { location, password }, source }, { signal });
}

/** From now on, not of the weeks before: nothing of those is missed. */
async function everyNight(client: ContractClient, signal: AbortSignal, location: string): Promise<void> {
  const repository = { location, password };
  const { profile } = await client.profiles.add({ repository, profile: presets.standard }, { signal });
  await client.profiles.assign({ repository, scope: 'tenant', subject: '', profile: profile.id }, { signal });
}

async function protect(client: ContractClient, signal: AbortSignal, location: string, source: string): Promise<void> {
  const repository = { location, password };
  const events = await client.protection.protect({ repository, registered: source }, { signal });
  // Its result is in the snapshot.
  for await (const event of events) if (event.type === 'done') return;
}
