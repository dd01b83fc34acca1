/** Holdfast as an operator runs it: the command line in a child process, and its answers checked against the contract. */
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';
import { errorReportSchema } from '../../shared/contract/common.ts';
import { launcher } from './launcher.ts';
import { describeFailure, start, type Finished, type Running, type RunOptions } from './processes.ts';

const peakReporter = pathToFileURL(fileURLToPath(new URL('report-peak.mjs', import.meta.url))).href;

const clockShifter = new URL('shift-clock.ts', import.meta.url).href;

export type HoldfastOptions = RunOptions;

export type HoldfastResult = Finished & {
  /** Standard output as JSON, checked against a schema of the contract. */
  json<Schema extends z.ZodType>(schema: Schema): z.infer<Schema>;
  /** The failure that `--json` printed. */
  error(): z.infer<typeof errorReportSchema>;
  /** Peak memory in bytes of the largest process; null when none ended by itself. */
  readonly peakBytes: number | null;
};

/** Runs `holdfast <args>` to its end, whatever its exit code. */
export async function runHoldfast(args: readonly string[], options: HoldfastOptions = {}): Promise<HoldfastResult> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-peak-'));
  const peakFile = join(folder, 'peak');
  await chmod(folder, 0o777);
  try {
    const env = { ...options.env, HOLDFAST_TEST_PEAK_FILE: peakFile };
    const finished = await startHoldfast(args, { ...options, env }).finished;
    return { ...finished, ...answers(finished), peakBytes: await readPeak(peakFile) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Starts `holdfast <args>`, to be signalled while it runs. */
export function startHoldfast(args: readonly string[], options: HoldfastOptions = {}): Running {
  const isShifted = options.env?.['HOLDFAST_TEST_CLOCK_DAYS'] !== undefined;
  const preloaded = [peakReporter, ...(isShifted ? [clockShifter] : [])].map((script) => `--import=${script}`);
  const env = { NO_COLOR: '1', ...options.env, NODE_OPTIONS: preloaded.join(' ') };
  return start(process.execPath, [launcher(), ...args], { ...options, env });
}

/** What was printed, checked against the contract. */
export function answers(finished: Finished): Pick<HoldfastResult, 'json' | 'error'> {
  const parse = (): unknown => {
    try {
      return JSON.parse(finished.stdout);
    } catch (cause) {
      throw new Error(`not JSON: ${describeFailure(finished)}`, { cause });
    }
  };
  const checked = <Schema extends z.ZodType>(schema: Schema): z.infer<Schema> => {
    const result = schema.safeParse(parse());
    if (!result.success) throw new Error(`${z.prettifyError(result.error)}\n${describeFailure(finished)}`);
    return result.data;
  };
  return { json: checked, error: () => checked(z.object({ error: errorReportSchema })).error };
}

/** The peak memory noted in a file by `report-peak.mjs`: bytes, of the largest process; null when none ended by itself. */
async function readPeak(file: string): Promise<number | null> {
  const lines = await readFile(file, 'utf8').catch(() => '');
  const peaks = lines.split('\n').filter(Boolean).map(Number);
  return peaks.length === 0 ? null : Math.max(...peaks);
}
