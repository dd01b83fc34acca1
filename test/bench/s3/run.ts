/**
 * Buckets: how fast large objects come in beside what AWS's own kit reaches in the same minutes, and the memory of a run over
 * very many keys. `npm run bench:s3 -- [keys] [GiB] [rounds]`; what it found so far stands in docs/BENCHMARKS-AWS.md.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { protectResultSchema } from '../../../shared/contract/protection.ts';
import { mustRun } from '../../support/processes.ts';
import { makeWorkspace, type Workspace } from '../../support/workspace.ts';

const mib = 1024 * 1024;
const largeBytes = 64 * mib;
/** In GiB: an MD5 of each object has to be there before. */
const mostByMd5 = 2;
const longestMs = 3_600_000;
const [keys = 1_000_000, gib = 10, rounds = 3] = process.argv.slice(2).map(Number);
const storeScript = fileURLToPath(new URL('./store.ts', import.meta.url));
const downloadScript = fileURLToPath(new URL('./download.ts', import.meta.url));
const megabytes = (bytes: number | null): string => `${Math.round((bytes ?? 0) / mib)} MiB`;

type Checksums = 'crc32' | 'etag';

async function startStore(count: number, bytes: number, checksums: Checksums): Promise<[ChildProcess, string]> {
  const words = [storeScript, String(count), String(bytes), checksums];
  const store = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: store.stdout });
  const [port] = (await once(lines, 'line')) as [string];
  return [store, `http://127.0.0.1:${port}`];
}

type Spent = { readonly seconds: number; readonly cpuSeconds: number };

async function timed<Result>(work: () => Promise<Result>): Promise<readonly [Result, Spent]> {
  const [began, before] = [performance.now(), childrenCpu()];
  const result = await work();
  return [result, { seconds: (performance.now() - began) / 1000, cpuSeconds: childrenCpu() - before }];
}

/** Of processes that have ended (proc_pid_stat(5): cutime, cstime). */
function childrenCpu(): number {
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const [user = '0', system = '0'] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(13, 15);
  return (Number(user) + Number(system)) / 100;
}

async function prepare(workspace: Workspace, endpoint: string, name: string): Promise<void> {
  workspace.init();
  const properties = ['bucket=bench', `endpoint=${endpoint}`].flatMap((one) => ['--set', one]);
  await protectWith(workspace, ['source', 'add', 's3-bucket', '--name', name, ...properties]);
}

async function protectWith(workspace: Workspace, args: readonly string[]) {
  const env = { AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench', AWS_REGION: 'eu-central-1' };
  const result = await workspace.holdfast(['--json', ...args], { env, timeoutMs: longestMs });
  if (result.code !== 0) throw new Error(result.stderr + result.stdout);
  return result;
}

async function measureMemory(): Promise<void> {
  const [store, endpoint] = await startStore(keys, 32, 'etag');
  await using workspace = await makeWorkspace();
  await prepare(workspace, endpoint, 'many');
  for (const which of ['first', 'unchanged']) {
    const [result, { seconds, cpuSeconds }] = await timed(() => protectWith(workspace, ['protect', 'many']));
    const { files } = result.json(protectResultSchema);
    const peak = megabytes(result.peakBytes);
    console.log(`${keys} keys, ${which}: ${peak} at most, ${seconds.toFixed(1)} s (${cpuSeconds.toFixed(1)} s)`, files);
  }
  store.kill();
}

async function measureSpeed(size: number, checksums: Checksums): Promise<void> {
  const [store, endpoint] = await startStore((size * 1024 * mib) / largeBytes, largeBytes, checksums);
  for (let round = 1; round <= rounds; round++) {
    await using workspace = await makeWorkspace();
    const folder = await workspace.folder('download');
    const download = () => mustRun(process.execPath, [downloadScript, endpoint, folder], { timeoutMs: longestMs });
    const [, bare] = await timed(download);
    await rm(folder, { recursive: true });
    await prepare(workspace, endpoint, 'large');
    const [result, ours] = await timed(() => protectWith(workspace, ['protect', 'large']));
    const told = ({ seconds, cpuSeconds }: Spent): string =>
      `${Math.round((size * 1024) / seconds)} MiB/s (${cpuSeconds.toFixed(1)} s)`;
    const ratio = Math.round((100 * bare.seconds) / ours.seconds);
    const peak = megabytes(result.peakBytes);
    console.log(`${size} GiB, ${checksums}: kit ${told(bare)}, Holdfast ${told(ours)}, ${ratio} %, ${peak}`);
  }
  store.kill();
}

function sayLoad(): void {
  const loads = loadavg().map((load) => load.toFixed(1));
  console.log(`load ${loads.join(' ')}`);
}

console.log('In parentheses: processor time.');
sayLoad();
await measureSpeed(gib, 'crc32');
await measureSpeed(Math.min(gib, mostByMd5), 'etag');
sayLoad();
await measureMemory();
sayLoad();
