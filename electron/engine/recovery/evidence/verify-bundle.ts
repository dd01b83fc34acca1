/** Verifies what was exported, without a home: a folder with files of chains, one such file, or a record as JSON. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../../../../shared/model/canonical-json.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { parseLine } from './chain-line.ts';
import { parseSegmentName } from './chain-files.ts';
import { fingerprintOf, isSigned } from './signing-key.ts';
import { ChainVerifier, type ChainVerdict } from './verify-chain.ts';

export type BundleVerdict = {
  readonly ok: boolean;
  /** Fingerprints of the keys that signed: to be compared with the recovery kit. */
  readonly keys: readonly string[];
  readonly chains: readonly ChainVerdict[];
  /** What else is wrong, in sentences. */
  readonly problems: readonly string[];
};

const recordSchema = z.object({ record: z.json(), line: z.string(), publicKey: z.string().nullable() });
export const publicKeyFile = 'public-key.txt';

/** `trusted`: the fingerprint that has to have signed; null: any, and somebody compares. BAD_USAGE. */
export async function verifyBundle(path: string, trusted: string | null): Promise<BundleVerdict> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new HoldfastError('BAD_USAGE', `There is nothing at ${path}.`);
  const verdict = found.isDirectory()
    ? await verifyFolder(path)
    : path.endsWith('.jsonl')
      ? judged([await verifyFiles([path], [])])
      : verifyRecord(await readFile(path, 'utf8'));
  const isOther = trusted !== null && (verdict.keys.length === 0 || verdict.keys[0] !== trusted);
  if (!isOther) return verdict;
  return { ...verdict, ok: false, problems: [...verdict.problems, `It was signed by another key than ${trusted}.`] };
}

async function verifyFolder(folder: string): Promise<BundleVerdict> {
  const names = await readdir(folder);
  const segments = names.flatMap((name) => parseSegmentName(folder, name) ?? []);
  if (segments.length === 0) throw new HoldfastError('BAD_USAGE', `No files of chains lie in ${folder}.`);
  const known = names.includes(publicKeyFile) ? [(await readFile(join(folder, publicKeyFile), 'utf8')).trim()] : [];
  const chains = Map.groupBy(segments, ({ log, chain }) => `${log} ${chain}`).values();
  const verdicts: ChainVerdict[] = [];
  for (const own of chains) {
    const paths = own.toSorted((a, b) => a.number - b.number).map(({ path }) => path);
    verdicts.push(await verifyFiles(paths, known));
  }
  return judged(verdicts);
}

async function verifyFiles(paths: readonly string[], known: readonly string[]): Promise<ChainVerdict> {
  const verifier = new ChainVerifier(known);
  for (const path of paths) verifier.addFile(await readFile(path));
  return verifier.verdict();
}

function judged(chains: readonly ChainVerdict[]): BundleVerdict {
  const empty = chains.filter(({ chain }) => chain === null).map(() => 'A file holds no entry of a chain.');
  return {
    ok: empty.length === 0 && chains.every(({ problemCount }) => problemCount === 0),
    keys: [...new Set(chains.flatMap(({ keys }) => keys))],
    chains,
    problems: empty,
  };
}

/** One line by itself: that it is what was signed. What came before and after, its chain alone can tell. */
function verifyRecord(text: string): BundleVerdict {
  const given = recordSchema.safeParse(parseJson(text));
  if (!given.success) throw new HoldfastError('BAD_USAGE', 'That is no record that Holdfast has exported.');
  const { record, line: raw, publicKey } = given.data;
  const line = parseLine(Buffer.from(raw, 'utf8'));
  const wrong = (problem: string): BundleVerdict => ({ ok: false, keys: [], chains: [], problems: [problem] });
  if (line === null) return wrong('The record was changed: its hash does not fit.');
  if (canonicalJson(line.entry.body) !== canonicalJson(record))
    return wrong('What it says in words is not what was signed.');
  if (publicKey === null || fingerprintOf(publicKey) !== line.entry.key)
    return wrong('The public key beside it is not the one that signed.');
  if (line.signature === '') return wrong('It has no signature of its own: verify its chain.');
  if (!isSigned(publicKey, line.hash, line.signature)) return wrong('Its signature does not fit.');
  return { ok: true, keys: [line.entry.key], chains: [], problems: [] };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
