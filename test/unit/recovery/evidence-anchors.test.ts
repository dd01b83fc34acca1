import { expect, it } from 'vitest';
import { judgeAnchors, type Anchor } from '../../../electron/engine/recovery/evidence/anchors.ts';
import { formatLine, noHash, type ChainEntry } from '../../../electron/engine/recovery/evidence/chain-line.ts';
import { ChainVerifier } from '../../../electron/engine/recovery/evidence/verify-chain.ts';

const chain = 'c0ffee0000000001';

/** Unsigned lines are enough: heads are compared by their hashes. */
function chainOf(...notes: readonly string[]): { verifier: ChainVerifier; hashes: string[] } {
  const verifier = new ChainVerifier();
  const hashes: string[] = [];
  for (const [seq, note] of notes.entries()) {
    const entry: ChainEntry = {
      chain,
      log: 'evidence',
      seq,
      at: '2026-05-01T10:00:00.000Z',
      prev: hashes.at(-1) ?? noHash,
      key: '',
      type: seq === 0 ? 'begin' : 'record',
      body: { note },
    };
    const { line, hash } = formatLine(entry, null);
    verifier.addFile(Buffer.from(line));
    hashes.push(hash);
  }
  return { verifier, hashes };
}

const anchor = (seq: number, hash: string, day: number, of = chain): Anchor => ({
  head: { chain: of, log: 'evidence', seq, hash },
  savedAt: `2026-05-0${day}T00:00:00.000Z`,
});

it('finds anchors that fit, and names the newest', () => {
  const { verifier, hashes } = chainOf('begin', 'a', 'b');
  const judged = judgeAnchors([anchor(1, hashes[1] ?? '', 1), anchor(2, hashes[2] ?? '', 2)], [verifier]);
  expect(judged).toEqual({
    anchors: 2,
    newest: { log: 'evidence', seq: 2, savedAt: '2026-05-02T00:00:00.000Z' },
    diverged: [],
  });
});

it('names where a chain was written anew', () => {
  const before = chainOf('begin', 'a', 'b', 'c').hashes;
  const { verifier } = chainOf('begin', 'a', 'forged', 'c', 'd');
  const anchors = [anchor(1, before[1] ?? '', 1), anchor(2, before[2] ?? '', 2), anchor(3, before[3] ?? '', 3)];
  expect(judgeAnchors(anchors, [verifier]).diverged).toEqual([
    { log: 'evidence', chain, after: 1, at: 2, savedAt: '2026-05-02T00:00:00.000Z' },
  ]);
});

it('misses what was cut off, and a chain that is gone altogether', () => {
  const { hashes } = chainOf('begin', 'a', 'b');
  const { verifier } = chainOf('begin', 'a');
  expect(judgeAnchors([anchor(2, hashes[2] ?? '', 1)], [verifier]).diverged).toMatchObject([{ after: null, at: 2 }]);
  const gone = anchor(0, hashes[0] ?? '', 1, 'dead000000000000');
  expect(judgeAnchors([gone], [verifier]).diverged).toMatchObject([{ chain: 'dead000000000000', at: 0 }]);
});
