/** Holds a chain against itself: every hash, every link, every signature. It needs nothing but the bytes of its files. */
import type { ChainLog } from '../../../../shared/model/evidence.ts';
import type { FormerChain } from './chain.ts';
import { linesOf, noHash, parseLine, type ChainEntry, type ChainLine } from './chain-line.ts';
import { fingerprintOf, isSigned } from './signing-key.ts';

/** `seq` of what cannot be read is the one that should be there. */
export type ChainProblem = { readonly seq: number; readonly problem: string };

export type ChainVerdict = {
  /** Null where nothing could be read. */
  readonly chain: string | null;
  readonly log: ChainLog | null;
  /** The first and last that are there; the first is above 0 where the oldest were dropped. */
  readonly from: number | null;
  readonly to: number | null;
  /** Hash of the last. */
  readonly head: string | null;
  /** ISO-8601, as the first and last entry state. */
  readonly firstAt: string | null;
  readonly lastAt: string | null;
  /** Fingerprints of the keys that signed, in their order. */
  readonly keys: readonly string[];
  readonly continues: FormerChain | null;
  /** Entries at the end that no signature covers yet. */
  readonly unsigned: number;
  readonly problems: readonly ChainProblem[];
  /** Also those beyond the first that `problems` names. */
  readonly problemCount: number;
};

const namedProblems = 20;

/** `known`: public keys from elsewhere, for a chain whose first entries were dropped. */
export class ChainVerifier {
  readonly #known: ReadonlyMap<string, string>;
  readonly #hashes = new Map<number, string>();
  readonly #keys: string[] = [];
  readonly #problems: ChainProblem[] = [];
  #problemCount = 0;
  #first: ChainEntry | null = null;
  #last: ChainLine | null = null;
  #next = 0;
  #publicKey: string | null = null;
  #unsigned = 0;
  #continues: FormerChain | null = null;

  constructor(known: readonly string[] = []) {
    this.#known = new Map(known.map((key) => [fingerprintOf(key), key]));
  }

  /** Files in their order, each as it lies there. */
  addFile(bytes: Buffer): void {
    const { lines, rest } = linesOf(bytes);
    for (const line of lines) this.#addLine(line);
    if (rest.length > 0) this.#found('The last line is not whole: a crash has torn it, or something was cut off.');
  }

  /** Of an entry that was read; null: it is not there. */
  hashOf(seq: number): string | null {
    return this.#hashes.get(seq) ?? null;
  }

  verdict(): ChainVerdict {
    const first = this.#first;
    const last = this.#last;
    return {
      chain: first?.chain ?? null,
      log: first?.log ?? null,
      from: first?.seq ?? null,
      to: last?.entry.seq ?? null,
      head: last?.hash ?? null,
      firstAt: first?.at ?? null,
      lastAt: last?.entry.at ?? null,
      keys: this.#keys,
      continues: this.#continues,
      unsigned: this.#unsigned,
      problems: this.#problems,
      problemCount: this.#problemCount,
    };
  }

  #addLine(bytes: Buffer): void {
    const line = parseLine(bytes);
    if (line === null) {
      this.#found('This line was changed, or is none of a chain: its hash does not fit.');
      this.#next += 1;
      return;
    }
    const isFirst = this.#first === null;
    this.#judgePlace(line.entry);
    this.#first ??= line.entry;
    this.#judgeKey(line, isFirst);
    this.#hashes.set(line.entry.seq, line.hash);
    this.#last = line;
    this.#next = line.entry.seq + 1;
    if (line.entry.type === 'key') this.#take(line.entry.body['publicKey']);
  }

  #judgePlace({ seq, prev, chain, log, type }: ChainEntry): void {
    const first = this.#first;
    const before = this.#last;
    if (first !== null && (first.chain !== chain || first.log !== log))
      this.#found('This entry is of another chain.', seq);
    if (before === null) {
      // Of a chain whose oldest were dropped, what came before the first cannot be looked at.
      if (seq === 0 && prev !== noHash) this.#found('The first entry names one before it.', seq);
      if (seq === 0 && type !== 'begin') this.#found('The first entry does not begin a chain.', seq);
      return;
    }
    if (seq !== this.#next) this.#found(`Entry ${this.#next} is missing, or out of its place.`, seq);
    else if (prev !== before.hash)
      this.#found('It does not follow from the entry before it: one of the two was changed.', seq);
    if (type === 'begin') this.#found('A chain begins in the middle of another.', seq);
  }

  #judgeKey({ entry, hash, signature }: ChainLine, isFirst: boolean): void {
    const { seq, type, key, body } = entry;
    if (type === 'begin') {
      this.#take(body['publicKey']);
      this.#continues = (body['continues'] ?? null) as FormerChain | null;
    } else if (isFirst) this.#take(this.#known.get(key));
    const signer = this.#publicKey;
    if (signer === null) this.#found('The key that should have signed is not known.', seq);
    else if (fingerprintOf(signer) !== key) this.#found('Another key has signed than the chain says.', seq);
    else if (signature === '') {
      this.#unsigned += 1;
      return;
    } else if (!isSigned(signer, hash, signature)) this.#found('The signature is not that of the key.', seq);
    this.#unsigned = 0;
  }

  #take(publicKey: unknown): void {
    this.#publicKey = typeof publicKey === 'string' && /^[0-9a-f]{64}$/.test(publicKey) ? publicKey : null;
    if (this.#publicKey !== null) this.#keys.push(fingerprintOf(this.#publicKey));
  }

  #found(problem: string, seq = this.#next): void {
    this.#problemCount += 1;
    if (this.#problems.length < namedProblems) this.#problems.push({ seq, problem });
  }
}
