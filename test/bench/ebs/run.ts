/**
 * `npm run bench:ebs`: a volume off the cloud and back, beside AWS's own kit reading the same blocks into a file, in the same
 * run. Writes its section of docs/BENCHMARKS-AWS.md.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { builtLauncher } from '../measure/launcher.ts';
import { machineFacts, requireTools } from '../machine.ts';
import { mustRunChild, type Command } from '../measure/child.ts';
import { runTimed, type Sample } from '../measure/timed.ts';
import { writeSection } from '../report/section.ts';
import { renderEbs, type EbsSamples } from './report.ts';

const documentFile = fileURLToPath(new URL('../../../docs/BENCHMARKS-AWS.md', import.meta.url));
const launcher = builtLauncher();
const serverFile = fileURLToPath(new URL('server.ts', import.meta.url));
const bareFile = fileURLToPath(new URL('bare-read.ts', import.meta.url));
const compileCache = fileURLToPath(new URL('../../../node_modules/.cache/holdfast-tests', import.meta.url));
const fullGib = 8;
const share = 0.03;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    gib: { type: 'string', default: String(fullGib) },
    folder: { type: 'string', default: '/var/tmp' },
    out: { type: 'string' },
  },
});
const controller = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.on(name, () => controller.abort(new Error(`Interrupted by ${name}.`)));
const root = await mkdtemp(join(values.folder, 'holdfast-bench-ebs-'));
try {
  await measure(controller.signal);
} finally {
  await rm(root, { recursive: true, force: true });
}

type Told = { readonly endpoint: string; readonly keys: Keys; readonly volume: string; readonly snapshot: string };
type Keys = { readonly accessKeyId: string; readonly secretAccessKey: string };
type Server = { readonly first: Told; readonly ask: (line: string) => Promise<unknown> };

async function measure(signal: AbortSignal): Promise<void> {
  const versions = await requireTools(signal);
  const gib = Number(values.gib);
  const samples: EbsSamples = { bare: [], first: [], second: [], secondReads: [], upload: [], restore: [] };
  await withServer(gib, async (server) => {
    for (let round = 0; round < Number(values.rounds); round++) {
      const steps = [
        async () => void samples.bare.push(await bareRead(server, signal)),
        async () => await images(server, samples, signal),
      ];
      // Whoever goes first changes every round.
      for (const step of round % 2 === 0 ? steps : steps.toReversed()) await step();
    }
  });
  const facts = { gib, share, rounds: Number(values.rounds) };
  const text = renderEbs({ machine: machineFacts(), versions, facts, samples });
  const out = values.out ?? (gib === fullGib ? documentFile : null);
  if (out === null) console.log(text);
  else {
    await writeSection(out, 'AWS, beside its own kit', text);
    console.log(`Written: ${out}`);
  }
}

async function withServer(gib: number, work: (server: Server) => Promise<void>): Promise<void> {
  const args = [serverFile, '--folder', join(root, 'aws'), '--gib', String(gib), '--share', String(share)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => JSON.parse(String((await lines.next()).value));
  try {
    const first = (await next()) as Told;
    const ask = (line: string): Promise<unknown> => {
      child.stdin.write(`${line}\n`);
      return next();
    };
    await work({ first, ask });
  } finally {
    child.stdin.end();
    await once(child, 'exit');
  }
}

async function bareRead({ first }: Server, signal: AbortSignal): Promise<Sample> {
  const file = join(root, 'bare.img');
  const command = { program: process.execPath, args: [bareFile, first.snapshot, file], env: env(first), cwd: root };
  const sample = await timed('AWS kit', command, signal);
  await rm(file);
  return sample;
}

async function images({ first, ask }: Server, samples: EbsSamples, signal: AbortSignal): Promise<void> {
  const home = join(root, 'home');
  await mkdir(home);
  await mustRunChild(holdfast(first, ['init', join(root, 'repository')]), signal);
  const copy = (snapshot: string): Command => holdfast(first, ['aws', 'image', snapshot, '--name', 'disk']);
  samples.first.push(await timed('first copy', copy(first.snapshot), signal));
  const { snapshot } = (await ask('change')) as Told;
  samples.second.push(await timed('second copy', copy(snapshot), signal));
  const { reads } = (await ask('reads')) as { reads: number };
  samples.secondReads.push(reads);
  const upload = holdfast(first, ['restore-image', 'latest', '--source', 'disk', '--to-region', 'us-east-1']);
  samples.upload.push(await timed('back into AWS', upload, signal));
  const target = join(root, 'restored');
  samples.restore.push(
    await timed('back to disk', holdfast(first, ['restore', 'latest', '--source', 'disk', '--to', target]), signal),
  );
  for (const name of ['home', 'repository', 'restored']) await rm(join(root, name), { recursive: true, force: true });
}

function holdfast(told: Told, args: readonly string[]): Command {
  const own = {
    HOLDFAST_HOME: join(root, 'home'),
    HOLDFAST_REPOSITORY: join(root, 'repository'),
    HOLDFAST_PASSWORD: 'a password of the benchmark',
    NODE_COMPILE_CACHE: compileCache,
  };
  return { program: process.execPath, args: [launcher, ...args], env: { ...env(told), ...own }, cwd: root };
}

function env({ endpoint, keys }: Told): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: root,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
  };
}

async function timed(what: string, command: Command, signal: AbortSignal): Promise<Sample> {
  const place = { path: (name: string) => join(root, name), syncFirst: false };
  const sample = await runTimed(place, command, signal);
  console.log(`${what}: ${sample.wallSeconds.toFixed(2)} s, ${Math.round(sample.peakBytes / 1e6)} MB`);
  return sample;
}
