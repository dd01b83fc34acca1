/**
 * The command line in the test's own process, with the real engine behind it: for what prepares a test and for what looks
 * at what is left after it. What a test is about runs as an operator runs it, in a process of its own (`holdfast.ts`).
 */
import { readFileSync } from 'node:fs';
import { run } from '../../electron/cli/program.ts';
import type { TextStream } from '../../electron/cli/text-stream.ts';
import { processWorld } from '../../electron/cli/world.ts';
import { answers, type HoldfastResult } from './holdfast.ts';
import type { RunOptions } from './processes.ts';

export type HereOptions = Pick<RunOptions, 'env' | 'cwd'>;

/** Once: it listens to the streams of this process. */
const world = processWorld(ownVersion());

/** Runs `holdfast <args>` to its end, whatever its exit code. Commands that start processes of Holdfast do not belong here. */
export async function runHere(args: readonly string[], { env, cwd }: HereOptions): Promise<HoldfastResult> {
  if (env?.['HOLDFAST_TEST_CLOCK_DAYS'] !== undefined) throw new Error('The clock of this process stays as it is.');
  const streams = { stdout: new Kept(), stderr: new Kept() };
  const surroundings = { ...process.env, NO_COLOR: '1', ...env };
  const code = await run(args, {
    ...world,
    ...streams,
    env: surroundings,
    folder: cwd ?? world.folder,
    userHome: env?.['HOME'] ?? world.userHome,
    askSecret: null,
    // Ctrl-C is for the tests.
    onInterrupt: () => () => undefined,
  });
  const finished = {
    command: ['holdfast', ...args].join(' '),
    code,
    signal: null,
    stdout: streams.stdout.text,
    stderr: streams.stderr.text,
  };
  return { ...finished, ...answers(finished), peakBytes: null };
}

class Kept implements TextStream {
  readonly isTerminal = false;
  readonly columns = 80;
  readonly closed = false;
  readonly failure = null;
  text = '';

  write(text: string): Promise<void> {
    this.text += text;
    return Promise.resolve();
  }
}

function ownVersion(): string {
  const packageFile = new URL('../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
  return version;
}
