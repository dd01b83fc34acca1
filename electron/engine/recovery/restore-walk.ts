/**
 * Walks the selected trees: makes folders, links and devices, hands files to the data threads, and gives each folder its
 * metadata when all in it is done. Runs in a thread of its own. Nothing in a tree is trusted: names were checked when it
 * was read, and everything is made relative to folders held open.
 */
import { HoldfastError, toHoldfastError, type ErrorCode } from '../../../shared/model/errors.ts';
import { baseRaw, dirRaw, displayRaw, joinRaw, type RawPath } from '../platform/raw-path.ts';
import type { TreeNode } from '../repository/format/tree-node.ts';
import { findInPieces, loadTree } from '../repository/tree-lookup.ts';
import type { PlannedFile } from './data-client.ts';
import { HardLinks } from './hard-links.ts';
import { metadataOf, safePermissions } from './metadata.ts';
import { decideFile, likelyAction, measureFile } from './restore-file.ts';
import { openFrame, originIn, settleFrame, type Frame } from './restore-frame.ts';
import type { FileOutcome, FileTask, PlannedSelection, RestoreCounts } from './restore-protocol.ts';
import type { RestoreWalkOptions, RestoreWalkTools } from './restore-walk-tools.ts';
import { makeSpecial, sameSpecial } from './special-nodes.ts';
import { TakeOver } from './take-over.ts';
import { enterTarget, lookAt, type Existing, type TargetFolder } from './target-folder.ts';
import type { Intended } from './runs/ledger.ts';

const isMissing = 'It is not there.';

/** Once the disk is full or read-only, nothing further can succeed. */
const fatal: ReadonlySet<ErrorCode> = new Set(['NO_SPACE', 'READ_ONLY', 'INTERNAL']);

export class RestoreWalk {
  readonly counts: RestoreCounts = {
    files: 0,
    folders: 0,
    others: 0,
    bytes: 0,
    writtenBytes: 0,
    unchangedFiles: 0,
    verifiedFiles: 0,
    verifiedBytes: 0,
  };
  readonly #tools: RestoreWalkTools;
  readonly #options: RestoreWalkOptions;
  readonly #links = new HardLinks();
  readonly #takeOver: TakeOver | null;
  #items = 0;
  #fatal: HoldfastError | null = null;

  constructor(tools: RestoreWalkTools, options: RestoreWalkOptions) {
    this.#tools = tools;
    this.#options = options;
    this.#takeOver = options.basis === null ? null : new TakeOver(options.basis.sealedNs);
  }

  /** Throws what ends the whole run: a full disk, an unusable target. */
  async run(selections: readonly PlannedSelection[]): Promise<void> {
    for (const { tree, path, snapshotId } of selections) {
      const names = path.split('/').filter((name) => name !== '');
      const top = this.#open(this.#options.target, `${snapshotId.slice(0, 8)}:/`, null, null);
      try {
        await this.#descend(top, tree, names);
      } catch (error) {
        this.#fail(path, error);
      }
      this.#settle(top);
    }
    await this.#tools.data.drain();
    this.#links.close();
    if (this.#fatal !== null) throw this.#fatal;
  }

  /** Through the folders above what is selected. */
  async #descend(frame: Frame, tree: string, names: readonly RawPath[]): Promise<void> {
    const [name, ...rest] = names;
    if (name === undefined) {
      await this.#walk(frame, tree);
      return;
    }
    const node = findInPieces(await loadTree(this.#tools.reader, tree), name);
    if (node === null)
      throw new HoldfastError(
        'PATH_NOT_IN_SNAPSHOT',
        `The snapshot holds nothing at ${displayRaw(joinRaw(frame.path, name))}.`,
      );
    if (rest.length === 0) {
      await this.#restoreNode(frame, node);
      return;
    }
    const child = this.#enterFolder(frame, node, false);
    if (child === null || node.subtree === null) return;
    await this.#descend(child, node.subtree, rest);
    this.#settle(child);
  }

  async #walk(frame: Frame, tree: string): Promise<void> {
    const seen = new Set<RawPath>();
    try {
      for (const { nodes, invalid } of await loadTree(this.#tools.reader, tree)) {
        for (const { name, reason } of invalid) {
          const path = name === null ? frame.path : joinRaw(frame.path, name);
          this.#tools.onIssue(path, 'TREE_INVALID', `The entry was not restored: ${reason}.`);
        }
        for (const node of nodes) {
          if (this.#fatal !== null) return;
          if (seen.has(node.name)) this.#nameSecond(joinRaw(frame.path, node.name));
          else await this.#restoreNode(frame, node);
          seen.add(node.name);
        }
      }
      if (this.#options.sealed !== null) this.#nameOthers(frame, seen);
    } catch (error) {
      this.#fail(frame.path, error);
    }
  }

  /** What is there on top of the snapshot. */
  #nameOthers({ folder, path }: Frame, seen: ReadonlySet<RawPath>): void {
    if (folder === null) return;
    for (const name of folder.names())
      if (!seen.has(name)) this.#tools.onIssue(joinRaw(path, name), 'VERIFY_FAILED', 'It is not in the snapshot.');
  }

  #nameSecond(path: RawPath): void {
    const message = 'The folder has a second entry of this name, which was not restored.';
    this.#tools.onIssue(path, 'TREE_INVALID', message);
  }

  async #restoreNode(frame: Frame, node: TreeNode): Promise<void> {
    const path = joinRaw(frame.path, node.name);
    this.#items += 1;
    this.#tools.onItem(this.#items, path);
    const room = this.#tools.room();
    if (room !== null) await room;
    try {
      if (node.type === 'dir') {
        const child = this.#enterFolder(frame, node, true);
        if (child === null || node.subtree === null) return;
        await this.#walk(child, node.subtree);
        this.#settle(child);
      } else if (node.type === 'file') {
        const wait = this.#restoreFile(frame, node, path);
        if (wait !== null) await wait;
      } else this.#restoreSpecial(frame, node, path);
    } catch (error) {
      this.#fail(path, error);
    }
  }

  /** The folder to go on in, or null where something else is in its place and stays there. */
  #enterFolder(frame: Frame, node: TreeNode, selected: boolean): Frame | null {
    const path = joinRaw(frame.path, node.name);
    const from = originIn(frame, node);
    const { overwrite, mode, target } = this.#options;
    if (mode === 'compare' && this.#tools.leftOut.has(path)) return null;
    const metadata = metadataOf(node);
    if (metadata === null) throw new HoldfastError('TREE_INVALID', 'The folder has no readable time.');
    const existing = frame.isNew ? null : lookAt(frame.folder, node.name);
    const followsLink = existing?.kind === 'symlink' && !selected && target === '/' && existing.trusted;
    const inTheWay = existing !== null && existing.kind !== 'dir' && !followsLink;
    if (mode === 'compare') {
      if (selected) this.counts.folders += 1;
      if (existing !== null && !inTheWay && frame.folder !== null) {
        return openFrame(
          this.#enterAllowed(frame.folder, node.name, path, followsLink),
          path,
          from,
          frame,
          null,
          false,
        );
      }
      this.#tools.onIssue(path, 'VERIFY_FAILED', existing === null ? isMissing : 'It is no folder.');
      return null;
    }
    if (inTheWay && (overwrite === 'never' || !selected)) {
      this.#keep(path);
      return null;
    }
    if (mode === 'plan') {
      const action = existing === null ? 'create' : inTheWay ? 'replace' : 'unchanged';
      if (selected) this.#tools.onPlanned({ path: displayRaw(path), from, bytes: 0, action });
      this.counts.folders += 1;
      const folder = existing?.kind === 'dir' ? this.#enterAllowed(frame.folder, node.name, path, false) : null;
      return openFrame(folder, path, from, frame, null, false);
    }
    if (frame.folder === null) return null;
    if (inTheWay) {
      const intended = { size: 0, mtimeNs: metadata.mtimeNs, temporary: null };
      frame.folder.remove(node.name, this.#asideFor(path, existing, intended));
      this.#tools.onConflict(path, 'replaced');
    }
    const isNew = existing === null || inTheWay;
    if (isNew) {
      this.#tools.journal.note(path);
      if (!inTheWay) this.#tools.ledger?.willMakeFolder(path);
      frame.folder.make(node.name);
    }
    const ours = isNew || this.#tools.journal.has(path) || (selected && overwrite !== 'never');
    this.counts.folders += 1;
    return openFrame(
      this.#enterAllowed(frame.folder, node.name, path, followsLink),
      path,
      from,
      frame,
      ours ? node : null,
      isNew,
      frame.basis === null ? null : (this.#takeOver?.enter(frame.basis, node.name, path) ?? null),
    );
  }

  #enterAllowed(...where: Parameters<typeof enterTarget>): TargetFolder {
    const folder = enterTarget(...where);
    if (!this.#options.forbidden.has(folder.identity)) return folder;
    folder.release();
    throw new HoldfastError(
      'TARGET_UNUSABLE',
      'Nothing is restored into the home of Holdfast, nor into its repository.',
    );
  }

  /** Waits for room where there is none. */
  #restoreFile(frame: Frame, node: TreeNode, path: RawPath): Promise<void> | null {
    const metadata = metadataOf(node);
    if (metadata === null) throw new HoldfastError('TREE_INVALID', 'The entry has no readable time.');
    const { mode } = this.#options;
    if (mode === 'compare' && this.#tools.leftOut.has(path)) return null;
    const { size, lengths } = measureFile(this.#tools.index, node);
    this.counts.files += 1;
    this.counts.bytes += size;
    if (size !== node.size) {
      this.#tools.onIssue(
        path,
        'TREE_INVALID',
        `The snapshot says ${node.size} bytes, but the pieces of the file have ${size}; these were used.`,
      );
    }
    const existing = frame.isNew ? null : lookAt(frame.folder, node.name);
    if (mode === 'compare' && (existing?.kind !== 'file' || existing.size !== size)) {
      const fault =
        existing === null ? isMissing : existing.kind === 'file' ? 'Its size is another.' : 'It is no file.';
      this.#tools.onIssue(path, 'VERIFY_FAILED', fault);
      return null;
    }
    if (mode === 'compare' && this.#options.sealed !== null && existing !== null) {
      if ((existing.mode & 0o7777) !== safePermissions(metadata.permissions))
        this.#tools.onIssue(path, 'VERIFY_FAILED', 'Its permissions are others.');
      if (existing.mtimeNs === metadata.mtimeNs && existing.ctimeNs < this.#options.sealed.sealedNs) return null;
    }
    const decision =
      mode === 'compare' ? 'compare-keep' : decideFile(existing, this.#options.overwrite, size, metadata.mtimeNs);
    if (mode === 'plan') {
      const action =
        existing === null
          ? 'create'
          : decision === null
            ? 'keep'
            : likelyAction(existing, this.#options.overwrite, size, metadata.mtimeNs);
      const from = originIn(frame, node);
      this.#tools.onPlanned({ path: displayRaw(path), from, bytes: size, action });
      if (action === 'keep' || action === 'replace')
        this.#tools.onConflict(path, action === 'keep' ? 'kept' : 'replaced');
      if (action === 'create' || action === 'replace') this.counts.writtenBytes += size;
      if (action === 'unchanged') this.counts.unchangedFiles += 1;
      return null;
    }
    if (decision === null) {
      this.#keep(path);
      return null;
    }
    if (frame.folder === null) return null;
    const ids = node.content ?? [];
    const content = Buffer.allocUnsafeSlow(ids.length * 32);
    for (const [position, id] of ids.entries()) content.write(id, position * 32, 'hex');
    const { base } = frame.folder;
    const temporary = this.#tools.journal.temporaryName(node.name, content);
    const intended = { size, mtimeNs: metadata.mtimeNs, temporary };
    if (decision === 'none') this.#tools.ledger?.willCreate(path, intended);
    const replaces = decision === 'replace' || decision === 'compare-replace';
    const task: FileTask = {
      base,
      name: node.name,
      temporaryName: temporary,
      existing: decision,
      content,
      metadata,
      aside: replaces ? this.#asideFor(path, existing, intended) : null,
    };
    const file: PlannedFile = { task, size, blobLength: (position) => lengths[position] ?? 0 };
    frame.pending += 1;
    const done = (outcome: FileOutcome): void => {
      this.#takeOutcome(path, task, outcome);
      const touched = outcome.outcome === 'written' || (outcome.outcome === 'unchanged' && replaces);
      if (touched) this.#noteThere(frame, node, path);
      this.#settle(frame);
    };
    const give = (tell: typeof done): Promise<void> | null => this.#give(frame, node, file, tell);
    if (node.links < 2 || existing !== null) return give(done);
    return this.#links.restore(
      { folder: frame.folder, node, path },
      () => give(done),
      (wrap) => give(wrap(done)),
      done,
    );
  }

  /** From the earlier restore where that has it, else from the repository. */
  #give(
    { folder, basis }: Frame,
    node: TreeNode,
    file: PlannedFile,
    done: (outcome: FileOutcome) => void,
  ): Promise<void> | null {
    const { task, size } = file;
    const isNeeded = task.existing === 'none' && basis !== null && folder !== null;
    const wanted = { name: node.name, size, metadata: task.metadata, isLinked: node.links > 1 };
    const taken = isNeeded ? (this.#takeOver?.take(basis, folder, wanted) ?? null) : null;
    if (taken === null) return this.#tools.data.submit(file, done);
    if (taken === 'doubtful')
      return this.#tools.data.submit({ ...file, task: { ...task, existing: 'compare-replace' } }, done);
    done({ outcome: 'taken', notes: [] });
    return null;
  }

  #takeOutcome(path: RawPath, task: FileTask, outcome: FileOutcome): void {
    switch (outcome.outcome) {
      case 'failed':
        this.#fail(path, new HoldfastError(outcome.code, outcome.message));
        return;
      case 'kept':
        if (this.#options.mode === 'compare') this.#tools.onIssue(path, 'VERIFY_FAILED', 'Its content is another.');
        else this.#keep(path);
        return;
      case 'taken':
        this.counts.unchangedFiles += 1;
        break;
      case 'unchanged':
        this.counts.unchangedFiles += 1;
        this.counts.verifiedFiles += 1;
        this.counts.verifiedBytes += outcome.bytes;
        break;
      case 'written':
        this.counts.writtenBytes += outcome.bytes;
        if (outcome.verified) this.counts.verifiedFiles += 1;
        if (outcome.verified) this.counts.verifiedBytes += outcome.bytes;
        if (task.existing === 'replace' || task.existing === 'compare-replace')
          this.#tools.onConflict(path, 'replaced');
    }
    for (const note of outcome.notes) this.#tools.onIssue(path, 'NO_PERMISSION', note);
  }

  #restoreSpecial(frame: Frame, node: TreeNode, path: RawPath): void {
    const existing = frame.isNew ? null : lookAt(frame.folder, node.name);
    const { overwrite, mode } = this.#options;
    if (mode === 'compare' && this.#tools.leftOut.has(path)) return;
    this.counts.others += 1;
    const same = existing !== null && frame.folder !== null && sameSpecial(frame.folder, node, existing);
    if (mode === 'compare') {
      // Devices are made by root alone; that they are missing was said when they could not be made.
      if (!same) this.#tools.onIssue(path, 'VERIFY_FAILED', existing === null ? isMissing : 'It is another.');
      return;
    }
    const keeps = existing !== null && !same && (overwrite === 'never' || existing.kind === 'dir');
    if (mode === 'plan') {
      const action = same ? 'unchanged' : keeps ? 'keep' : existing === null ? 'create' : 'replace';
      const from = originIn(frame, node);
      this.#tools.onPlanned({ path: displayRaw(path), from, bytes: 0, action });
    }
    if (keeps) this.#keep(path);
    if (keeps || same || mode === 'plan' || frame.folder === null) return;
    const intended = { size: 0, mtimeNs: metadataOf(node)?.mtimeNs ?? 0n, temporary: null };
    if (existing === null) this.#tools.ledger?.willCreate(path, intended);
    else {
      frame.folder.remove(node.name, this.#asideFor(path, existing, intended));
      this.#tools.onConflict(path, 'replaced');
    }
    for (const note of makeSpecial(frame.folder, node)) this.#tools.onIssue(path, 'NO_PERMISSION', note);
    this.#noteThere(frame, node, path);
  }

  #keep(path: RawPath): void {
    this.#tools.ledger?.wasKept(path);
    this.#tools.onConflict(path, 'kept');
  }

  /** The folder that keeps what is replaced, noted; null where nothing needs to be kept. */
  #asideFor(path: RawPath, existing: Existing | null, intended: Intended): RawPath | null {
    const { aside } = this.#options;
    const { ledger } = this.#tools;
    if (aside === null || ledger === null) return null;
    // An earlier attempt of this run made it, and nobody has changed it since.
    const made = ledger.createdBefore(path);
    if (
      made !== null &&
      existing?.kind === 'file' &&
      made.size === existing.size &&
      made.mtimeNs === existing.mtimeNs
    ) {
      return null;
    }
    ledger.willReplace(path, joinRaw(joinRaw(dirRaw(path), aside), baseRaw(path)), intended);
    return aside;
  }

  /** A further name of a file changes its ctime. */
  #noteThere({ folder }: Frame, node: TreeNode, path: RawPath): void {
    if (this.#tools.ledger === null || folder === null) return;
    const found = lookAt(folder, node.name);
    if (found !== null) this.#tools.ledger.isThere(path, found.inode, node.links < 2 ? found.ctimeNs : null);
  }

  #open(path: RawPath, from: string, parent: Frame | null, node: TreeNode | null): Frame {
    const { basis } = this.#options;
    const earlier = basis === null ? null : (this.#takeOver?.enter(null, '', basis.folder) ?? null);
    return openFrame(enterTarget(null, '', path, true), path, from, parent, node, false, earlier);
  }

  #settle(frame: Frame): void {
    settleFrame(
      frame,
      (path, note) => this.#tools.onIssue(path, 'NO_PERMISSION', note),
      (path, error) => this.#fail(path, error),
    );
  }

  #fail(path: RawPath, error: unknown): void {
    const understood = toHoldfastError(error);
    const reason = understood.message.replace(/, [a-z]+(?: '.*')?$/s, '');
    this.#tools.ledger?.hasFailed(path);
    if (!fatal.has(understood.code)) return this.#tools.onIssue(path, understood.code, reason);
    const text = `${displayRaw(path)} could not be restored: ${reason}.`;
    this.#fatal ??= new HoldfastError(understood.code, text, { cause: error });
  }
}
