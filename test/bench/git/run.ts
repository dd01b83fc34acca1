/**
 * `npm run bench:git`: an organisation's first mirror beside a loop of `git clone --mirror` with as many at a time, from
 * one server and in the same run; the first snapshot; an unchanged refresh; memory. Writes docs/BENCHMARKS-GIT.md.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { builtLauncher } from '../measure/launcher.ts';
import { machineFacts, requireTools } from '../machine.ts';
import { mustRunChild, type Command } from '../measure/child.ts';
import { folderBytes } from '../measure/folder-bytes.ts';
import { runTimed, type Sample } from '../measure/timed.ts';
import { renderGit, type GitSamples } from './report.ts';

const documentFile = fileURLToPath(new URL('../../../docs/BENCHMARKS-GIT.md', import.meta.url));
const launcher = builtLauncher();
const serverFile = fileURLToPath(new URL('server.ts', import.meta.url));
const mirrorFile = fileURLToPath(new URL('mirror-only.ts', import.meta.url));
/** As a command has it too. */
const compileCache = fileURLToPath(new URL('../../../node_modules/.cache/holdfast-tests', import.meta.url));
/** As many as a run fetches at a time. */
const atOnce = 4;
/** What `git clone --mirror` does not fetch either. */
const gitAlone = ['wiki', 'issues', 'releases'].flatMap((part) => ['--set', `${part}=no`]);

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    repositories: { type: 'string', default: '200' },
    commits: { type: 'string', default: '200' },
    folder: { type: 'string', default: '/dev/shm' },
    out: { type: 'string' },
  },
});
const controller = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.on(name, () => controller.abort(new Error(`Interrupted by ${name}.`)));
let bytesOfMirrors = 0;
const root = await mkdtemp(join(values.folder, 'holdfast-bench-git-'));
try {
  await measure(controller.signal);
} finally {
  await rm(root, { recursive: true, force: true });
}

type Server = { readonly api: string; readonly web: string; readonly token: string };

async function measure(signal: AbortSignal): Promise<void> {
  const versions = await requireTools(signal);
  const count = Number(values.repositories);
  const samples: GitSamples = { clone: [], mirror: [], protect: [], whole: [], refresh: [], refreshProcesses: [] };
  await withServer('whole', count, async (server) => {
    for (let round = 0; round < Number(values.rounds); round++) {
      const steps = [
        async () => void samples.clone.push(await cloneAll(server, count, signal)),
        async () => void samples.mirror.push(await mirrorAll(server, signal)),
        async () => await protectAll(server, samples, signal),
      ];
      // Whoever goes first changes every round.
      for (const step of [...steps.slice(round % 3), ...steps.slice(0, round % 3)]) await step();
    }
  });
  const quarter: Sample[] = [];
  await withServer(
    'quarter',
    Math.ceil(count / 4),
    async (server) => void quarter.push(await mirrorAll(server, signal)),
  );
  const facts = { count, commits: Number(values.commits), atOnce, bytes: bytesOfMirrors, quarter };
  const text = renderGit({ machine: machineFacts(), versions, rounds: Number(values.rounds), facts, samples });
  const out = values.out ?? (count === 200 ? documentFile : null);
  if (out === null) console.log(text);
  else {
    await writeFile(out, text);
    console.log(`Written: ${out}`);
  }
}

async function withServer(name: string, count: number, work: (server: Server) => Promise<void>): Promise<void> {
  const args = [serverFile, '--folder', join(root, name), '--repositories', String(count), '--commits', values.commits];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    await work(JSON.parse(line) as Server);
  } finally {
    child.stdin.end();
    await once(child, 'exit');
  }
}

async function cloneAll({ web, token }: Server, count: number, signal: AbortSignal): Promise<Sample> {
  const folder = join(root, 'clones');
  await mkdir(folder);
  const names = Array.from({ length: count }, (_, at) => `service-${String(at).padStart(4, '0')}`);
  await writeFile(join(folder, 'names'), names.join('\n'));
  const script = `xargs -P ${atOnce} -I NAME git clone -q --mirror ${web}/acme/NAME.git NAME.git < names`;
  const header = `Authorization: Basic ${Buffer.from(`x:${token}`).toString('base64')}`;
  const config = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: `http.${web}/.extraHeader`, GIT_CONFIG_VALUE_0: header };
  return timed(
    'git clone --mirror',
    { program: 'sh', args: ['-c', script], env: env(folder, config), cwd: folder },
    signal,
  );
}

/** Fetching alone, by the same code that a run calls. */
async function mirrorAll({ api, token }: Server, signal: AbortSignal): Promise<Sample> {
  const folder = join(root, 'mirrors');
  await mkdir(folder);
  const args = [mirrorFile, folder, api];
  return timed(
    'mirror',
    {
      program: process.execPath,
      args,
      env: env(folder, { TOKEN: token, NODE_COMPILE_CACHE: compileCache }),
      cwd: folder,
    },
    signal,
  );
}

async function protectAll(server: Server, samples: GitSamples, signal: AbortSignal): Promise<void> {
  await withHome(server, gitAlone, signal, async (protect) => {
    samples.protect.push(await timed('protect', protect, signal, false));
    bytesOfMirrors = await folderBytes(join(protect.cwd, 'home', 'mirrors'));
  });
  await withHome(server, [], signal, async (protect, takeStarted) => {
    samples.whole.push(await timed('protect all', protect, signal, false));
    await takeStarted();
    samples.refresh.push(await timed('refresh', protect, signal, false));
    samples.refreshProcesses.push(await takeStarted());
  });
}

/** With a source in it. What `takeStarted` gives is how often Git was started since it was asked last. */
async function withHome(
  { api, token }: Server,
  parts: readonly string[],
  signal: AbortSignal,
  work: (protect: Command, takeStarted: () => Promise<number>) => Promise<void>,
): Promise<void> {
  const folder = join(root, 'protected');
  await mkdir(folder);
  const own = await countingGit(folder);
  const more = {
    TOKEN: token,
    PATH: `${own}:${process.env['PATH'] ?? ''}`,
    HOLDFAST_HOME: join(folder, 'home'),
    HOLDFAST_REPOSITORY: join(folder, 'repository'),
    HOLDFAST_PASSWORD: 'correct horse battery staple',
  };
  const holdfast = (...words: string[]): Command => ({
    program: process.execPath,
    args: [launcher, '-q', ...words],
    env: env(folder, more),
    cwd: folder,
  });
  const properties = ['--set', 'owner=acme', '--set', `api=${api}`, '--secret', 'token=env:TOKEN', ...parts];
  try {
    await mustRunChild(holdfast('init'), signal);
    await mustRunChild(holdfast('source', 'add', 'github', '--name', 'acme', ...properties), signal);
    await work(holdfast('protect', 'acme'), async () => {
      const started = await readFile(join(own, 'started'), 'utf8').catch(() => '');
      await rm(join(own, 'started'), { force: true });
      return started.split('\n').filter((line) => line !== '').length;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A `git` that writes down that it was started, and then is the real one. */
async function countingGit(folder: string): Promise<string> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const real = (
    await mustRunChild({ program: 'which', args: ['git'], env: env(folder, {}), cwd: folder }, controller.signal)
  ).stdout.trim();
  await writeFile(join(bin, 'git'), `#!/bin/sh\necho "$*" >> ${join(bin, 'started')}\nexec ${real} "$@"\n`);
  await chmod(join(bin, 'git'), 0o755);
  return bin;
}

async function timed(what: string, command: Command, signal: AbortSignal, removes = true): Promise<Sample> {
  const place = { path: (...parts: string[]) => join(root, ...parts), syncFirst: false };
  try {
    const sample = await runTimed(place, command, signal);
    console.log(
      `  ${what.padEnd(18)} ${sample.wallSeconds.toFixed(2)} s, ${(sample.peakBytes / 2 ** 20).toFixed(0)} MiB`,
    );
    return sample;
  } finally {
    if (removes) await rm(command.cwd, { recursive: true, force: true });
  }
}

function env(folder: string, more: Readonly<Record<string, string>>): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: folder, TMPDIR: folder, LC_ALL: 'C', TZ: 'UTC', ...more };
}
