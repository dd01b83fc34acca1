/**
 * What is known of a source from run to run: repositories by their numbers, what was fetched of them, and where each list
 * was left off. It says less than lies on the disk, never more: without it everything is looked at again and nothing lost.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readSmallFile, writeFileAtomically } from '../../platform/atomic-file.ts';
import { isRepositoryName, workFolder } from './names.ts';

const nameSchema = z.string().refine(isRepositoryName);

const cursorSchema = z.object({
  /** Of the first page of what was asked; good for that address alone. */
  etag: z.string().max(500).nullable(),
  /** ISO-8601, by GitHub's clock: what was changed before was seen. */
  since: z.string().max(40).nullable(),
});
export type Cursor = z.infer<typeof cursorSchema>;

const lostSchema = z.object({
  state: z.enum(['missing', 'blocked']),
  reason: z.string(),
  since: z.string(),
});

/** Of one that is listed. */
const troubleSchema = z.object({
  reason: z.string(),
  since: z.string(),
  /** GitHub gives nobody access to it. */
  isBlocked: z.boolean().default(false),
});

const recordSchema = z.object({
  id: z.number().int().positive(),
  name: nameSchema,
  formerNames: z.array(nameSchema),
  /** What its folders are called before the suffix; null before there are any. */
  folder: z
    .string()
    .regex(/^[\w.~-]{1,140}$/)
    .nullable(),
  facts: z.object({
    topics: z.array(z.string()),
    isPrivate: z.boolean(),
    isFork: z.boolean(),
    isArchived: z.boolean(),
    pushedAt: z.string().nullable(),
    sizeBytes: z.number(),
  }),
  /** Whether it was in the list when that was taken last. */
  isListed: z.boolean(),
  selected: z.boolean(),
  lost: lostSchema.nullable(),
  /** When it was last fetched without a failure; epoch milliseconds. */
  seenAtMs: z.number().nullable().default(null),
  failed: troubleSchema.nullable(),
  /** Fetched, and yet not all of it was had. */
  partial: troubleSchema.nullable().default(null),
  /** When the newest run began that had all of it, ISO-8601; null: none ever had. */
  wholeAt: z.string().nullable().default(null),
  /** Of its Git objects, as they lie in the mirror; null before that was looked at. */
  bytes: z.number().nullable().default(null),
  /** Its objects of Git LFS, as they lie in the mirror; null where it has shown none. */
  lfs: z.object({ complete: z.boolean(), objects: z.number(), bytes: z.number() }).nullable().default(null),
  /** How GitHub described it when its refs were fetched last. */
  mirrored: z
    .object({
      pushedAt: z.string().nullable(),
      updatedAt: z.string().nullable(),
      defaultBranch: z.string().nullable(),
      /** Whether pull requests and LFS were fetched too. */
      parts: z.string(),
      /** False where a push may have come in the same second as the one that was seen. */
      settled: z.boolean(),
      atMs: z.number(),
    })
    .nullable(),
  /** As its row was when the settings were fetched. */
  settingsOf: z.string().nullable(),
  wiki: z.object({ updatedAt: z.string().nullable(), pushedAt: z.string().nullable(), atMs: z.number() }).nullable(),
  /** When those parts were looked at that nothing tells the change of. */
  slowPartsAtMs: z.number().nullable(),
  cursors: z.record(z.string(), cursorSchema),
  /** What has to be looked at although no list tells of it any more: a run was cut off before. */
  pending: z.object({
    comments: z.boolean(),
    pulls: z.boolean(),
    /** Pull requests, by number. */
    reviews: z.array(z.number().int()),
  }),
});
export type RepositoryRecord = z.infer<typeof recordSchema>;

const stateSchema = z.object({
  version: z.literal(1),
  api: z.string(),
  owner: z.object({ id: z.number().int(), login: z.string() }),
  repositories: z.array(recordSchema),
});

export type SourceState = {
  readonly api: string;
  readonly owner: { readonly id: number; readonly login: string };
  readonly repositories: Map<number, RepositoryRecord>;
};

const stateFile = 'state.json';
const largestBytes = 256 * 1024 * 1024;
const savedEveryMs = 2_000;

/** `damaged`: there is a file, and it is not to be believed. Null: there is none. */
export async function readState(folder: string): Promise<SourceState | 'damaged' | null> {
  try {
    const text = await readSmallFile(join(folder, workFolder, stateFile), largestBytes);
    if (text === null) return null;
    const { api, owner, repositories } = stateSchema.parse(JSON.parse(text));
    return { api, owner, repositories: new Map(repositories.map((record) => [record.id, record])) };
  } catch {
    return 'damaged';
  }
}

/** Saves a state while it changes: not each time, for that of an owner with thousands of repositories is large. */
export class StateKeeper {
  readonly #folder: string;
  readonly #state: SourceState;
  #savedMs = 0;
  #saving: Promise<void> = Promise.resolve();

  constructor(folder: string, state: SourceState) {
    this.#folder = folder;
    this.#state = state;
  }

  /** Whenever something has changed; what was not saved when the process is killed is looked at again. */
  async changed(): Promise<void> {
    if (performance.now() - this.#savedMs < savedEveryMs) return;
    await this.save();
  }

  save(): Promise<void> {
    this.#savedMs = performance.now();
    const saved = this.#saving.then(() => this.#write());
    this.#saving = saved.catch(() => undefined);
    return saved;
  }

  async #write(): Promise<void> {
    const { api, owner, repositories } = this.#state;
    const sorted = [...repositories.values()].sort((a, b) => a.id - b.id);
    await mkdir(join(this.#folder, workFolder), { recursive: true });
    const text = JSON.stringify({ version: 1, api, owner, repositories: sorted });
    await writeFileAtomically(join(this.#folder, workFolder, stateFile), text);
  }
}
