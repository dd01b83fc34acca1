import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { errorCatalog } from '../../../shared/model/errors.ts';

/** Stands in for the command line: shows what it was given, then ends as it is told. */
const standIn = `
export async function main(argv: string[]): Promise<number> {
  process.stdout.write(JSON.stringify({ argv, node: process.versions.node }) + '\\n');
  if (argv[0] === 'wait') await new Promise((resolve) => setTimeout(resolve, 60_000));
  return Number(argv[0]);
}
`;
/** Makes this Node.js pass for another, older one; the process it starts is itself again. */
const oldNode = `
Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });
process.execPath = import.meta.filename;
process.execArgv = [];
`;

let checkout: string;

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'holdfast-launch-'));
  await mkdir(join(checkout, 'electron'));
  await cp('electron/launch.mjs', join(checkout, 'electron/launch.mjs'));
  await writeFile(join(checkout, 'electron/cli.ts'), standIn);
  await writeFile(join(checkout, 'package.json'), '{"type":"module"}');
  await writeFile(join(checkout, 'old-node.mjs'), oldNode);
});
afterEach(() => rm(checkout, { recursive: true, force: true }));

const withPackages = () => symlink(join(process.cwd(), 'node_modules'), join(checkout, 'node_modules'));

function launch(nodeArguments: readonly string[], args: readonly string[]) {
  const child = spawn(process.execPath, [...nodeArguments, join(checkout, 'electron/launch.mjs'), ...args]);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const ended = new Promise<typeof output & { code: number | null; signal: string | null }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ ...output, code, signal }));
  });
  const speaking = new Promise((resolve) => child.stdout.once('data', resolve));
  return { child, ended, speaking };
}
const onOldNode = () => ['--import', join(checkout, 'old-node.mjs')];

test('arguments and exit code pass through', async () => {
  await withPackages();
  const { stdout, stderr, code } = await launch([], ['3', '--a b']).ended;
  expect(JSON.parse(stdout)).toEqual({ argv: ['3', '--a b'], node: process.versions.node });
  expect({ stderr, code }).toEqual({ stderr: '', code: 3 });
});

test('an older Node.js hands over to the one in the checkout', async () => {
  await withPackages();
  const { stdout, stderr, code } = await launch(onOldNode(), ['3', '--a b']).ended;
  expect(JSON.parse(stdout)).toEqual({ argv: ['3', '--a b'], node: process.versions.node });
  expect({ stderr, code }).toEqual({ stderr: '', code: 3 });
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s reaches the process that was handed over to',
  async (signal) => {
    await withPackages();
    const { child, ended, speaking } = launch(onOldNode(), ['wait']);
    await speaking;
    child.kill(signal);
    expect((await ended).signal).toBe(signal);
  },
);

test('an older Node.js alone is refused with one sentence', async () => {
  const { stdout, stderr, code } = await launch(onOldNode(), ['3']).ended;
  expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
  expect(stderr).toMatch(
    /^Error WRONG_RUNTIME: This version of Node\.js \(20\.20\.2\) cannot run Holdfast, .* run `npm ci` in .*\.\n$/,
  );
  expect(stderr.replace(' (20.20.2)', '')).toContain(errorCatalog.WRONG_RUNTIME.meaning.slice(0, -1));
});

test('a fresh clone says what is missing with one sentence', async () => {
  const { stdout, stderr, code } = await launch([], ['3']).ended;
  expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
  expect(stderr).toMatch(/^Error: The packages Holdfast is made of are missing: run `npm ci` in .*\.\n$/);
});
