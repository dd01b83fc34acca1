/**
 * Files with several names. The first name restored brings the content; the others become links to it as soon as it is
 * there. Names whose stored content differs from the first one's are no links at all, whatever the tree claims.
 */
import { hash } from 'node:crypto';
import { linkSync } from 'node:fs';
import { fsPath, type RawPath } from '../platform/raw-path.ts';
import type { TreeNode } from '../repository/format/tree-node.ts';
import type { FileOutcome } from './restore-protocol.ts';
import type { TargetFolder } from './target-folder.ts';

type Place = { readonly folder: TargetFolder; readonly node: TreeNode; readonly path: RawPath };
type Done = (outcome: FileOutcome) => void;
type Submit = () => Promise<void> | null;

type First = {
  readonly content: string;
  readonly name: RawPath;
  /** Prefix of its folder: held open, or a plain path where too many are held already. */
  readonly base: RawPath;
  state: 'coming' | 'there' | 'failed';
  readonly waiting: (() => void)[];
};

/** Folders held open only because a first name lies in them. */
const maximumHeld = 512;

export class HardLinks {
  readonly #firsts = new Map<string, First>();
  readonly #held: TargetFolder[] = [];

  /**
   * `submitWith` restores the content with its callback wrapped, `submit` plainly; `done` is told when a link was made.
   */
  restore(
    place: Place,
    submit: Submit,
    submitWith: (wrap: (done: Done) => Done) => Promise<void> | null,
    done: Done,
  ): Promise<void> | null {
    const { node } = place;
    const key = `${node.deviceId}/${node.inode}`;
    const content = hash('sha256', (node.content ?? []).join(''), 'hex');
    const first = this.#firsts.get(key);
    if (first === undefined) {
      const added = this.#remember(key, place, content);
      return submitWith((wrapped) => (outcome) => {
        wrapped(outcome);
        added.state = outcome.outcome === 'written' || isTaken(outcome) ? 'there' : 'failed';
        for (const resume of added.waiting.splice(0)) resume();
      });
    }
    if (first.content !== content) return submit();
    const proceed = (): void => {
      if (first.state !== 'there' || !tryLink(first, place, done)) void submit();
    };
    if (first.state === 'coming') first.waiting.push(proceed);
    else proceed();
    return null;
  }

  close(): void {
    for (const folder of this.#held.splice(0)) folder.release();
  }

  #remember(key: string, { folder, node, path }: Place, content: string): First {
    const holds = this.#held.length < maximumHeld;
    if (holds) {
      folder.hold();
      this.#held.push(folder);
    }
    const base = holds ? folder.base : path.slice(0, path.length - node.name.length);
    const first: First = { content, name: node.name, base, state: 'coming', waiting: [] };
    this.#firsts.set(key, first);
    return first;
  }
}

function isTaken({ outcome }: FileOutcome): boolean {
  return outcome === 'taken' || outcome === 'unchanged';
}

/** False where the file system makes no links (or no more of them): then the content is restored once more. */
function tryLink(first: First, { folder, node }: Place, done: Done): boolean {
  try {
    linkSync(fsPath(first.base + first.name), fsPath(folder.base + node.name));
  } catch {
    return false;
  }
  done({ outcome: 'unchanged', bytes: 0, notes: [] });
  return true;
}
