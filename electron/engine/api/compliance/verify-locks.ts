/** Asks a store whether files are really locked, and tries to remove one that was stored for that. */
import { createHash, randomBytes } from 'node:crypto';
import type { LockProof } from '../../../../shared/contract/compliance.ts';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import type { FileHandle } from '../../repository/backend/backend.ts';
import { BlobCodec } from '../../repository/blob-codec.ts';
import { PackBuilder, type FinishedPack } from '../../repository/pack-builder.ts';
import type { Repository } from '../../repository/repository.ts';

export type VerifiedLocks = Omit<LockProof, 'at' | 'by' | 'record'> & {
  /** The pack that was stored to be removed; null where it went. */
  readonly probe: string | null;
};

const askedOfEachKind = 20;
const askedAtOnce = 8;

/** `before` is the pack that an earlier call has stored. REPOSITORY_DECLINED where nothing but the console keeps files there. */
export async function verifyLocks(repository: Repository, before: string | null): Promise<VerifiedLocks> {
  const { backend } = repository;
  if (backend.retention === undefined && !backend.location.startsWith('rest:'))
    throw new HoldfastError(
      'REPOSITORY_DECLINED',
      `Nothing keeps files at ${backend.location} but this console: there is no lock to try out.`,
    );
  const asked = await askStore(repository);
  const probe = await storedProbe(repository, before);
  const removal = await tryRemoving(repository, probe);
  const words = [...asked.words, ...removalWords(repository, removal)];
  const holds = removal === 'refused' && asked.asked === asked.locked;
  return { ...asked, removal, words, holds, probe: removal === 'refused' ? probe.name : null };
}

type Asked = Pick<LockProof, 'asked' | 'locked' | 'firstEndAt' | 'modes' | 'words'>;

/** Some of each kind: all would be a call for each of perhaps a million. */
async function askStore({ backend }: Repository): Promise<Asked> {
  const { retention } = backend;
  const modes = { governance: 0, compliance: 0 };
  if (retention === undefined)
    return {
      asked: 0,
      locked: 0,
      firstEndAt: null,
      modes,
      words: ['The protocol does not say which files are locked.'],
    };
  const handles: FileHandle[] = [];
  for (const type of ['config', 'keys', 'snapshots', 'index', 'data'] as const) {
    const names = (await backend.list(type)).map(({ name }) => name);
    handles.push(...chosen(names).map((name) => ({ type, name })));
  }
  const unlocked: string[] = [];
  let firstEndMs = Infinity;
  const waiting = handles.values();
  const work = async (): Promise<void> => {
    for (const handle of waiting) {
      const lock = await retention.lockOn(handle);
      if (lock === null || lock.untilMs <= Date.now()) unlocked.push(`${handle.type}/${handle.name}`);
      else {
        modes[lock.mode] += 1;
        firstEndMs = Math.min(firstEndMs, lock.untilMs);
      }
    }
  };
  await Promise.all(Array.from({ length: askedAtOnce }, work));
  const locked = handles.length - unlocked.length;
  return {
    asked: handles.length,
    locked,
    modes,
    firstEndAt: firstEndMs === Infinity ? null : new Date(firstEndMs).toISOString(),
    words: [
      `The store says that ${locked} of ${handles.length} files that it was asked about are locked.`,
      ...(unlocked.length === 0
        ? []
        : [`Not locked: ${unlocked.slice(0, 3).join(', ')}${unlocked.length > 3 ? ', …' : ''}`]),
    ],
  };
}

/** Evenly spread over the names, which are random by themselves. */
function chosen(names: readonly string[]): readonly string[] {
  const step = Math.max(1, names.length / askedOfEachKind);
  const sorted = names.toSorted();
  return Array.from(
    { length: Math.min(askedOfEachKind, names.length) },
    (_, index) => sorted[Math.floor(index * step)] ?? '',
  );
}

/** A sound pack of one small blob that no index lists, so a prune takes it away once that is allowed. */
async function storedProbe(repository: Repository, before: string | null): Promise<FileHandle> {
  const { backend } = repository;
  const known: FileHandle | null = before === null ? null : { type: 'data', name: before };
  if (known !== null) {
    const lock = backend.retention === undefined ? null : await backend.retention.lockOn(known);
    const isThere =
      backend.retention === undefined ? await isStored(backend, known) : (lock?.untilMs ?? 0) > Date.now();
    if (isThere) return known;
  }
  const pack = probePack(repository);
  const handle: FileHandle = { type: 'data', name: pack.id };
  await backend.save(handle, pack.data);
  return handle;
}

async function isStored(backend: Repository['backend'], handle: FileHandle): Promise<boolean> {
  return backend.load(handle, { offset: 0, length: 1 }).then(
    () => true,
    () => false,
  );
}

function probePack(repository: Repository): FinishedPack {
  const packs: FinishedPack[] = [];
  const plain = Buffer.from(
    `Stored by Holdfast to see whether it can be removed: ${randomBytes(16).toString('hex')}\n`,
  );
  const builder = new PackBuilder(new BlobCodec(repository.key, repository.config.version), 'data', 1, {
    deliver: (pack) => packs.push(pack),
    reclaim: () => undefined,
  });
  builder.add(createHash('sha256').update(plain).digest(), plain);
  builder.flush();
  const [pack] = packs;
  if (pack === undefined) throw new HoldfastError('INTERNAL', 'No pack came of what was stored to be removed.');
  return pack;
}

async function tryRemoving({ backend }: Repository, probe: FileHandle): Promise<LockProof['removal']> {
  const { retention } = backend;
  if (retention !== undefined) {
    if ((await retention.tryRemoving(probe, false)) === 'removed') return 'removed';
    if (retention.mode === 'compliance') return 'refused';
    return (await retention.tryRemoving(probe, true)) === 'removed' ? 'bypassed' : 'refused';
  }
  try {
    await backend.remove(probe);
    return 'removed';
  } catch (error) {
    if (toHoldfastError(error).code === 'APPEND_ONLY') return 'refused';
    throw error;
  }
}

function removalWords({ backend: { retention } }: Repository, removal: LockProof['removal']): string[] {
  switch (removal) {
    case 'refused':
      return [
        retention === undefined
          ? 'The server refused to remove a file that was stored for this. Whoever runs it still can.'
          : retention.mode === 'compliance'
            ? 'The store refused to remove a file that was stored for this. Nobody can, before its time.'
            : 'The store refused to remove a file that was stored for this, also with a bypass. A key with s3:BypassGovernanceRetention still can.',
      ];
    case 'bypassed':
      return [
        'The store let this console remove a locked file by a bypass: its key has s3:BypassGovernanceRetention, which it should not have.',
      ];
    case 'removed':
      return ['A file that was stored for this could be removed: nothing is enforced there.'];
    case 'untried':
      return [];
  }
}
