/** What `git fast-import` reads: commits, tags, notes and refs, each a few lines. See git-fast-import(1). */
import { type Dice } from '../../electron/sandbox/dice.ts';

export type Change =
  | { readonly path: string | Buffer; readonly content: Buffer; readonly mode?: '100644' | '100755' | '120000' }
  | { readonly path: string; readonly submodule: string };

export type CommitText = {
  readonly changes: readonly Change[];
  readonly message?: string | Buffer;
  /** By default the branch goes on. */
  readonly from?: number | string;
  readonly merge?: readonly number[];
};

const startSeconds = Date.parse('2020-01-01T00:00:00Z') / 1000;
const people = ['Ada <ada@example.com>', 'Björn Å <bjorn@example.com>', 'Chidi <chidi@example.com>'] as const;
const zones = ['+0000', '+0530', '-0800', '+1345'] as const;

export class FastImport {
  readonly #dice: Dice;
  readonly #chunks: Buffer[] = [];
  #marks = 0;
  #seconds = startSeconds;
  #lastTag = 0;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  /** Its mark. */
  commit(ref: string, { changes, message = 'Work\n', from, merge = [] }: CommitText): number {
    this.#line(`commit ${ref}`, `mark :${++this.#marks}`);
    this.#line(`author ${this.#who()}`, `committer ${this.#who()}`);
    // Every other message that is no UTF-8 says what it is.
    if (typeof message !== 'string' && this.#dice.below(2) === 0) this.#line('encoding ISO-8859-1');
    this.#data(message);
    if (from !== undefined) this.#line(`from ${nameOf(from)}`);
    for (const mark of merge) this.#line(`merge :${mark}`);
    for (const change of changes) this.#change(change);
    return this.#marks;
  }

  reset(ref: string, to: number): void {
    this.#line(`reset ${ref}`, `from :${to}`, '');
  }

  /** An annotated one, of a commit or another tag. */
  tag(name: string, of: number, message: string): void {
    this.#lastTag = ++this.#marks;
    this.#line(`tag ${name}`, `mark :${this.#lastTag}`, `from :${of}`, `tagger ${this.#who()}`);
    this.#data(message);
  }

  /** The mark of the tag that was made last. */
  get lastTag(): number {
    return this.#lastTag;
  }

  notes(ref: string, commits: readonly number[], text: string): void {
    this.#line(`commit ${ref}`, `mark :${++this.#marks}`, `committer ${this.#who()}`);
    this.#data('Notes\n');
    for (const mark of commits) {
      this.#line(`N inline :${mark}`);
      this.#data(text);
    }
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  #change(change: Change): void {
    if ('submodule' in change) {
      this.#line(`M 160000 ${change.submodule} ${change.path}`);
      return;
    }
    this.#line(`M ${change.mode ?? '100644'} inline ${quoted(Buffer.from(change.path))}`);
    this.#data(change.content);
  }

  #who(): string {
    this.#seconds += 60 + this.#dice.below(3600);
    return `${this.#dice.pick(people)} ${this.#seconds} ${this.#dice.pick(zones)}`;
  }

  #data(content: string | Buffer): void {
    const bytes = Buffer.from(content);
    this.#line(`data ${bytes.length}`);
    this.#chunks.push(bytes, Buffer.from('\n'));
  }

  #line(...lines: readonly string[]): void {
    for (const line of lines) this.#chunks.push(Buffer.from(`${line}\n`));
  }
}

function nameOf(commit: number | string): string {
  return typeof commit === 'number' ? `:${commit}` : commit;
}

/** As git reads a path in quotes: every byte that could mislead it by its number. */
function quoted(path: Buffer): string {
  const spelled = [...path].map((byte) =>
    byte > 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c
      ? String.fromCodePoint(byte)
      : `\\${byte.toString(8).padStart(3, '0')}`,
  );
  return `"${spelled.join('')}"`;
}
