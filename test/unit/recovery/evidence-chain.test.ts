import { execFile } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { Chain, type ChainOptions } from '../../../electron/engine/recovery/evidence/chain.ts';
import { listSegments, readSegment } from '../../../electron/engine/recovery/evidence/chain-files.ts';
import { openSigningKey, type SigningKey } from '../../../electron/engine/recovery/evidence/signing-key.ts';
import { ChainVerifier, type ChainVerdict } from '../../../electron/engine/recovery/evidence/verify-chain.ts';

const place = mkdtempSync(join(tmpdir(), 'holdfast-chain-'));
afterAll(() => rmSync(place, { recursive: true }));

const atMs = Date.parse('2026-05-01T10:00:00Z');
let count = 0;

async function home(): Promise<{ folder: string; key: SigningKey; options: ChainOptions }> {
  const folder = mkdtempSync(join(place, `${(count += 1)}-`));
  const key = await openSigningKey({ folder, secrets: null, stays: false }, atMs);
  return { folder, key, options: optionsOf(folder, key) };
}

function optionsOf(folder: string, key: SigningKey, more: Partial<ChainOptions> = {}): ChainOptions {
  return {
    folder: join(folder, 'chains'),
    formerFolder: join(folder, 'chains', 'former'),
    log: 'evidence',
    key,
    nowMs: () => atMs,
    about: { tenant: 'default' },
    former: () => Promise.resolve(null),
    maximumSegments: null,
    ...more,
  };
}

async function write(options: ChainOptions, bodies: readonly Record<string, unknown>[]): Promise<void> {
  const chain = await Chain.open(options);
  await Promise.all(bodies.map((body) => chain.append('record', body)));
  await chain.close();
}

function judge(files: readonly Buffer[], known: readonly string[] = []): ChainVerdict {
  const verifier = new ChainVerifier(known);
  for (const file of files) verifier.addFile(file);
  return verifier.verdict();
}

async function filesOf({ folder, log }: ChainOptions): Promise<Buffer[]> {
  return Promise.all((await listSegments(folder, log)).map((segment) => readSegment(segment)));
}

async function nextTurns(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await setImmediate();
}

function pathOf({ folder }: ChainOptions): string {
  return join(folder, readdirSync(folder).find((name) => name.endsWith('000001.jsonl')) ?? '');
}

it('goes on with a chain that was closed, and finds it sound', async () => {
  const { options, key } = await home();
  await write(options, [{ a: 1 }, { b: 'ü' }]);
  await write(options, [{ c: null }]);
  const verdict = judge(await filesOf(options));
  expect(verdict).toMatchObject({ from: 0, to: 3, problems: [], unsigned: 0, keys: [key.about.fingerprint] });
});

it('has what came while others were being written', async () => {
  const { options } = await home();
  const chain = await Chain.open(options);
  // Each begins one turn of the event loop after the one before, so that writes are under way when the next ones come.
  const entries = Array.from({ length: 200 }, (_, number) =>
    nextTurns(number).then(() => chain.append('record', { number })),
  );
  const heads = await Promise.all(entries);
  await chain.close();
  expect(judge(await filesOf(options))).toMatchObject({ from: 0, to: 200, problems: [] });
  expect(heads.at(-1)?.seq).toBe(200);
});

it(
  'is found changed by a flip of any bit, here and by the ten lines of the documentation',
  { timeout: 120_000 },
  async () => {
    const { folder, options, key } = await home();
    await write(options, [{ what: 'é' }]);
    const [whole] = await filesOf(options);
    const bytes = whole ?? Buffer.alloc(0);
    const changed = [...bytes.keys()].map((at) => {
      const copy = Buffer.from(bytes);
      copy[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      return copy;
    });
    expect(judge([bytes]).problems).toEqual([]);
    expect(changed.flatMap((copy, at) => (judge([copy]).problemCount === 0 ? [at] : []))).toEqual([]);

    const documentation = readFileSync(join(import.meta.dirname, '../../../docs/EVIDENCE.md'), 'utf8');
    const [, script = ''] = /```js\n(.*?)```/s.exec(documentation) ?? [];
    // Two imports, and ten.
    expect(script.trim().split('\n').length).toBe(12);
    writeFileSync(join(folder, 'verify.mjs'), script);
    writeFileSync(join(folder, 'chain'), bytes);
    for (const [at, copy] of changed.entries()) writeFileSync(join(folder, `changed-${at}`), copy);
    writeFileSync(
      join(folder, 'all.mjs'),
      `process.argv[3] = ${JSON.stringify(key.about.publicKey)};
     process.argv[2] = ${JSON.stringify(join(folder, 'chain'))};
     await import('./verify.mjs?whole');
     for (let at = 0; at < ${changed.length}; at += 1) {
       process.argv[2] = ${JSON.stringify(join(folder, 'changed-'))} + at;
       const missed = await import('./verify.mjs?' + at).then(() => true, () => false);
       if (missed) console.log('missed', at);
     }`,
    );
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'all.mjs')]);
    expect(stdout).toMatch(/^2 entries, 0 of them not signed yet\. The last hash is [0-9a-f]{64}\.\n$/);
  },
);

it('finds entries that were taken out, put in another order, or doubled', async () => {
  const { options } = await home();
  await write(options, [{ n: 1 }, { n: 2 }, { n: 3 }]);
  const lines = readFileSync(pathOf(options), 'utf8').split(/(?<=\n)/);
  const judged = (order: readonly number[]) => judge([Buffer.from(order.map((at) => lines[at]).join(''))]).problemCount;
  expect(judged([0, 1, 2, 3])).toBe(0);
  expect(judged([0, 1, 3])).toBeGreaterThan(0);
  expect(judged([0, 2, 1, 3])).toBeGreaterThan(0);
  expect(judged([0, 1, 1, 2, 3])).toBeGreaterThan(0);
  expect(judged([1, 2, 3])).toBeGreaterThan(0);
});

it('knows a forgery that fits in itself but was signed by another key', async () => {
  const { folder, key, options } = await home();
  await write(options, [{ n: 1 }]);
  const forger = await openSigningKey({ folder: mkdtempSync(join(folder, 'forger-')), secrets: null, stays: false }, 0);
  const forged = optionsOf(mkdtempSync(join(folder, 'forged-')), { about: key.about, sign: forger.sign });
  await write(forged, [{ n: 2 }]);
  expect(judge(await filesOf(forged)).problems[0]?.problem).toContain('signature');
});

it('cuts off an end that a crash has torn, and says so', async () => {
  const { options } = await home();
  await write(options, [{ n: 1 }, { n: 2 }]);
  const path = pathOf(options);
  truncateSync(path, readFileSync(path).length - 40);
  expect(judge(await filesOf(options)).problemCount).toBe(1);
  await write(options, [{ n: 3 }]);
  expect(judge(await filesOf(options)).problems).toEqual([]);
  const entries = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { entry: { type: string; body: object } });
  expect(entries.map(({ entry }) => entry.type)).toEqual(['begin', 'record', 'mended', 'record']);
  expect(entries[2]?.entry.body).toEqual({ bytes: expect.any(Number) as number });
});

it('begins a new chain that names the former one where the end of that was changed', async () => {
  const { options } = await home();
  await write(options, [{ n: 1 }]);
  appendFileSync(pathOf(options), 'not a line of a chain\n');
  const [former] = await listSegments(options.folder, 'evidence');
  await write(options, [{ n: 2 }]);
  const verdict = judge(await filesOf(options));
  expect(verdict).toMatchObject({ to: 1, problems: [], continues: { chain: former?.chain, seq: null, hash: null } });
  expect(await listSegments(options.formerFolder, 'evidence')).toHaveLength(1);
});

it('begins a new chain where the private key was lost', async () => {
  const { folder, options } = await home();
  await write(options, [{ n: 1 }]);
  const before = judge(await filesOf(options));
  rmSync(join(folder, 'private-key.pem'));
  const key = await openSigningKey({ folder, secrets: null, stays: false }, atMs);
  await write(optionsOf(folder, key), [{ n: 2 }]);
  const verdict = judge(await filesOf(options));
  expect(verdict.continues).toEqual({ chain: before.chain, seq: before.to, hash: before.head });
  expect(verdict.problems).toEqual([]);
});

it('leaves entries unsigned while the key cannot be reached, and covers them by the next signature', async () => {
  const { folder, key, options } = await home();
  await write(options, [{ n: 1 }]);
  const locked = optionsOf(folder, { about: key.about, sign: null });
  await write(locked, [{ n: 2 }, { n: 3 }]);
  expect(judge(await filesOf(options))).toMatchObject({ to: 3, unsigned: 2, problems: [] });
  await write(options, [{ n: 4 }]);
  expect(judge(await filesOf(options))).toMatchObject({ to: 4, unsigned: 0, problems: [] });
});

it('goes on in another file, and states that the oldest were dropped', async () => {
  const { key, options } = await home();
  const bounded = { ...options, maximumSegments: 2 };
  for (let round = 0; round < 4; round += 1) await write(bounded, [{ text: 'x'.repeat(1024 * 1024) }, { round }]);
  const files = await filesOf(options);
  expect(files).toHaveLength(2);
  const verdict = judge(files, [key.about.publicKey]);
  expect(verdict.problems).toEqual([]);
  expect(verdict.from).toBeGreaterThan(0);
  expect(files.map((file) => file.toString('utf8')).join('')).toContain('"type":"dropped"');
  expect(judge(files).problems[0]?.problem).toContain('not known');
});
