/**
 * How long the engine's main thread ever keeps others waiting while it protects, lists and checks: the longest delays of
 * its event loop, as Node.js measures them. A delay has two sides: what the main thread itself worked on meanwhile
 * (`own work`, its CPU time between two looks), and the time it did not get a core because threads had them all. No task
 * of the main thread may take more than 50 ms. `npm run bench:delay [-- <folder to work in>]`.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openEngine, serveEngine, type ContractClient } from '../../electron/engine/engine.ts';
import { writeRandomFile } from './data/random-file.ts';
import { writeSmallFiles } from './data/small-files.ts';
import { watchOwnWork } from './measure/own-work.ts';

const limitMs = 50;
const nsPerMs = 1e6;
const lookEveryMs = 5;
const { signal } = new AbortController();

const root = await mkdtemp(join(process.argv[2] ?? tmpdir(), 'holdfast-delay-'));
try {
  await measure();
} finally {
  await rm(root, { recursive: true });
}

async function measure(): Promise<void> {
  const source = join(root, 'source');
  await mkdir(source);
  await writeSmallFiles(source, { folders: 400, filesPerFolder: 250, seed: 'delay', signal });
  await writeRandomFile(join(source, 'large'), 2 * 1024 ** 3, 'delay', signal);
  const options = {
    home: join(root, 'home'),
    caller: { tenant: 'default', actor: 'bench' },
    version: 'bench',
    onNotice: (text: string) => console.error(text),
  };
  const served = await serveEngine(options);
  // The engine of this process, through its socket: what it sends counts as well.
  const engine = await openEngine(options);
  const { client } = engine;
  const repository = { location: join(root, 'repository'), password: 'delay' };
  await client.repository.init({ repository });
  console.log(`${'operation'.padEnd(44)}  ${'time'.padStart(8)}  median   99.9 %  longest  own work  (ms)`);
  await under('protect 100,000 files and 2 GiB', () =>
    drain(client.protection.protect({ repository, paths: [source] })),
  );
  await under('protect them again, unchanged', () => drain(client.protection.protect({ repository, paths: [source] })));
  await under('list all entries', () =>
    drain(client.snapshots.ls({ repository, snapshot: 'latest', recursive: true })),
  );
  await under('check all data', () => drain(client.repository.check({ repository, readDataPercent: 100 })));
  await under('restore all', () => restore(client, repository));
  await engine.close();
  await served.close();
}

function restore(client: ContractClient, repository: { location: string; password: string }): Promise<void> {
  return drain(client.recovery.restore({ repository, selections: ['latest'], target: join(root, 'target') }));
}

async function drain(events: Promise<AsyncIterable<unknown>>): Promise<void> {
  for await (const _ of await events);
}

async function under(name: string, work: () => Promise<void>): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: lookEveryMs });
  const startedAt = performance.now();
  const own = watchOwnWork();
  delay.enable();
  await work();
  delay.disable();
  const ownMs = own.longestMs();
  const ms = (ns: number): string => (ns / nsPerMs).toFixed(1).padStart(7);
  const verdict = ownMs > limitMs ? `  above ${limitMs}` : '';
  const seconds = `${((performance.now() - startedAt) / 1000).toFixed(1)} s`.padStart(8);
  const figures = [
    ms(delay.percentile(50)),
    ms(delay.percentile(99.9)),
    ms(delay.max),
    ms(ownMs * nsPerMs).padStart(8),
  ].join('  ');
  console.log(`${name.padEnd(44)}  ${seconds}  ${figures}${verdict}`);
}
