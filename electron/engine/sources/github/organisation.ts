/** What was listed of an owner and what became of each repository, as a file that goes into the snapshot. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { keepFile } from './kept-files.ts';
import { type Owner } from './listing.ts';
import { isRepositoryName } from './names.ts';
import { notCaptured } from './not-captured.ts';
import { stableText } from './stable-json.ts';
import { type RepositoryRecord, type SourceState } from './state.ts';

const organisationFile = 'organisation.json';

const nameSchema = z.string().refine(isRepositoryName);
const organisationSchema = z.looseObject({
  owner: z.looseObject({ id: z.number().int() }),
  repositories: z.array(
    z.looseObject({
      id: z.number().int().positive(),
      name: nameSchema,
      formerNames: z.array(nameSchema),
      folder: z
        .string()
        .regex(/^[\w.~-]{1,140}$/)
        .nullable(),
      selected: z.boolean(),
      state: z.enum(['ok', 'missing', 'blocked', 'failed']),
    }),
  ),
});

export async function saveOrganisation(folder: string, owner: Owner, state: SourceState): Promise<void> {
  const repositories = [...state.repositories.values()].sort((a, b) => a.id - b.id).map((record) => describe(record));
  const { id, login, kind } = owner;
  const text = stableText({ version: 1, owner: { id, login, kind }, repositories, notCaptured: [...notCaptured] });
  await keepFile(join(folder, organisationFile), text);
}

/** Which repositories were there, for who has lost the state; none where nothing can be read of it. */
export async function recordsOf(folder: string, ownerId: number): Promise<ReadonlyMap<number, RepositoryRecord>> {
  try {
    const text = await readFile(join(folder, organisationFile), 'utf8');
    const { owner, repositories } = organisationSchema.parse(JSON.parse(text));
    if (owner.id !== ownerId) return new Map();
    return new Map(
      repositories.map(({ id, name, formerNames, folder: own, selected, state }) => {
        const isListed = state === 'ok' || state === 'failed';
        return [id, newRecord({ id, name, formerNames, folder: own, selected, isListed })];
      }),
    );
  } catch {
    return new Map();
  }
}

/** Of a repository of which nothing was fetched yet, as far as this state knows. */
export function newRecord(known: Pick<RepositoryRecord, 'id' | 'name'> & Partial<RepositoryRecord>): RepositoryRecord {
  return {
    formerNames: [],
    folder: null,
    facts: { topics: [], isPrivate: true, isFork: false, isArchived: false, pushedAt: null, sizeBytes: 0 },
    isListed: true,
    selected: true,
    lost: null,
    seenAtMs: null,
    failed: null,
    mirrored: null,
    settingsOf: null,
    wiki: null,
    slowPartsAtMs: null,
    cursors: {},
    pending: { comments: false, pulls: false, reviews: [] },
    ...known,
  };
}

function describe({ id, name, formerNames, folder, selected, lost, failed, isListed }: RepositoryRecord) {
  const unknown = { state: 'missing', reason: 'It was not listed.', since: null } as const;
  const trouble = lost ?? (failed === null ? (isListed ? null : unknown) : { state: 'failed', ...failed });
  const state = trouble ?? { state: 'ok', reason: null, since: null };
  return { id, name, formerNames, folder, selected, state: state.state, reason: state.reason, since: state.since };
}
