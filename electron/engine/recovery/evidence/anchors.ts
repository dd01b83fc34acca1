/** Holds chains against their heads as they stood when configurations were saved: pure. */
import type { AnchorVerdict } from '../../../../shared/contract/evidence.ts';
import type { ChainHead } from './chain.ts';
import type { ChainVerifier } from './verify-chain.ts';

export type Anchor = { readonly head: ChainHead; readonly savedAt: string };

type Judged = Pick<AnchorVerdict, 'anchors' | 'newest' | 'diverged'>;

/** Of a chain that is not here at all, every anchor is one that does not fit. */
export function judgeAnchors(anchors: readonly Anchor[], chains: readonly ChainVerifier[]): Judged {
  const byChain = new Map(chains.map((chain) => [chain.verdict().chain, chain]));
  const fits = ({ head }: Anchor): boolean => byChain.get(head.chain)?.hashOf(head.seq) === head.hash;
  const newest = latest(anchors.filter(fits));
  const diverged = [...Map.groupBy(anchors, ({ head }) => head.chain).values()].flatMap((own) => {
    const bad = own.filter((anchor) => !fits(anchor) && !isDropped(byChain.get(anchor.head.chain), anchor));
    const [first] = bad.toSorted((a, b) => a.head.seq - b.head.seq);
    if (first === undefined) return [];
    const good = own.filter((anchor) => fits(anchor) && anchor.head.seq < first.head.seq).map(({ head }) => head.seq);
    const { log, chain, seq } = first.head;
    return [{ log, chain, after: good.length === 0 ? null : Math.max(...good), at: seq, savedAt: first.savedAt }];
  });
  return {
    anchors: anchors.length,
    newest: newest === null ? null : { log: newest.head.log, seq: newest.head.seq, savedAt: newest.savedAt },
    diverged,
  };
}

/** The oldest of an audit log go, and that is stated in it. */
function isDropped(chain: ChainVerifier | undefined, { head }: Anchor): boolean {
  const from = chain?.verdict().from ?? null;
  return from !== null && head.seq < from;
}

function latest(anchors: readonly Anchor[]): Anchor | null {
  return anchors.toSorted((a, b) => (a.savedAt < b.savedAt ? 1 : -1))[0] ?? null;
}
