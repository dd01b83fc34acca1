/**
 * Buckets: the memory of a run over very many keys, and how fast large objects come in beside what AWS's own kit reaches in
 * the same minutes. `npm run bench:s3 -- [keys] [GiB]`; what it found so far stands in docs/BENCHMARKS-AWS.md.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { protectResultSchema } from '../../../shared/contract/protection.ts';
import { mustRun } from '../../support/processes.ts';
import { makeWorkspace, type Workspace } from '../../support/workspace.ts';

const mib = 1024 * 1024;
const largeBytes = 64 * mib;
const rounds = 3;
const [keys = 1_000_000, gib = 2] = process.argv.slice(2).map(Number);
const scriptOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const megabytes = (bytes: number | null): string => `${Math.round((bytes ?? 0) / mib)} MiB`;

async function startStore(count: number, bytes: number, distinct: number): Promise<[ChildProcess, string]> {
  const words = [scriptOf('store.ts'), String(count), String(bytes), String(distinct)];
  const store = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: store.stdout });
  const [port] = (await once(lines, 'line')) as [string];
  return [store, `http://127.0.0.1:${port}`];
}

async function timed<Result>(work: () => Promise<Result>): Promise<readonly [Result, number]> {
  const began = performance.now();
  const result = await work();
  return [result, (performance.now() - began) / 1000];
}

async function prepare(workspace: Workspace, endpoint: string, name: string): Promise<void> {
  workspace.init();
  const properties = ['bucket=bench', `endpoint=${endpoint}`].flatMap((one) => ['--set', one]);
  await protectWith(workspace, ['source', 'add', 's3-bucket', '--name', name, ...properties]);
}

async function protectWith(workspace: Workspace, args: readonly string[]) {
  const env = { AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench', AWS_REGION: 'eu-central-1' };
  const result = await workspace.holdfast(['--json', ...args], { env, timeoutMs: 3_600_000 });
  if (result.code !== 0) throw new Error(result.stderr + result.stdout);
  return result;
}

async function measureMemory(): Promise<void> {
  const [store, endpoint] = await startStore(keys, 32, 1);
  await using workspace = await makeWorkspace();
  await prepare(workspace, endpoint, 'many');
  for (const which of ['first', 'unchanged']) {
    const [result, seconds] = await timed(() => protectWith(workspace, ['protect', 'many']));
    const { files } = result.json(protectResultSchema);
    console.log(`${keys} keys, ${which}: ${megabytes(result.peakBytes)} at most, ${seconds.toFixed(1)} s`, files);
  }
  store.kill();
}

async function measureSpeed(): Promise<void> {
  const objects = (gib * 1024 * mib) / largeBytes;
  const [store, endpoint] = await startStore(objects, largeBytes, objects);
  for (let round = 1; round <= rounds; round++) {
    await using workspace = await makeWorkspace();
    const folder = await workspace.folder('download');
    const [, bare] = await timed(() => mustRun(process.execPath, [scriptOf('download.ts'), endpoint, folder]));
    await rm(folder, { recursive: true });
    await prepare(workspace, endpoint, 'large');
    const [result, ours] = await timed(() => protectWith(workspace, ['protect', 'large']));
    const speed = (seconds: number): string => `${Math.round((gib * 1024) / seconds)} MiB/s`;
    const ratio = Math.round((100 * bare) / ours);
    console.log(
      `${gib} GiB, round ${round}: kit ${speed(bare)}, Holdfast ${speed(ours)} (${ratio} %), ${megabytes(result.peakBytes)}`,
    );
  }
  store.kill();
}

console.log(
  `load ${loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')}`,
);
await measureSpeed();
await measureMemory();
console.log(
  `load ${loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')}`,
);
