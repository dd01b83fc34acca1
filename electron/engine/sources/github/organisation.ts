/** What was listed of an owner and what became of each repository, as a file that goes into the snapshot. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { organisationFile, repositoryStates, type RepositoryState } from '../../../../shared/model/organisation.ts';
import { keepFile } from './kept-files.ts';
import { type Owner } from './listing.ts';
import { isRepositoryName } from './names.ts';
import { notCaptured } from './not-captured.ts';
import { stableText } from './stable-json.ts';
import { type RepositoryRecord, type SourceState } from './state.ts';

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
      state: z.enum(repositoryStates),
      wholeAt: z.string().nullish(),
    }),
  ),
});

/** `mayNotSee`: what the credential did not show, each in words for people. */
export async function saveOrganisation(
  folder: string,
  owner: Owner,
  state: SourceState,
  mayNotSee: readonly string[],
): Promise<void> {
  const repositories = [...state.repositories.values()].sort((a, b) => a.id - b.id).map((record) => describe(record));
  const { id, login, kind } = owner;
  const told = { owner: { id, login, kind }, repositories, mayNotSee: [...mayNotSee], notCaptured: [...notCaptured] };
  await keepFile(join(folder, organisationFile), stableText({ version: 1, ...told }));
}

/** Which repositories were there, for who has lost the state; none where nothing can be read of it. */
export async function recordsOf(folder: string, ownerId: number): Promise<ReadonlyMap<number, RepositoryRecord>> {
  try {
    const text = await readFile(join(folder, organisationFile), 'utf8');
    const { owner, repositories } = organisationSchema.parse(JSON.parse(text));
    if (owner.id !== ownerId) return new Map();
    return new Map(
      repositories.map(({ id, name, formerNames, folder: own, selected, state, wholeAt }) => {
        const isListed = state !== 'missing' && state !== 'blocked';
        const known = { id, name, formerNames, folder: own, selected, isListed, wholeAt: wholeAt ?? null };
        return [id, newRecord(known)];
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
    partial: null,
    wholeAt: null,
    bytes: null,
    lfs: null,
    mirrored: null,
    settingsOf: null,
    wiki: null,
    slowPartsAtMs: null,
    cursors: {},
    pending: { comments: false, pulls: false, reviews: [] },
    ...known,
  };
}

/** Nothing of one that is well changes from run to run: an unchanged owner adds nothing to a repository. */
function describe(record: RepositoryRecord) {
  const { id, name, formerNames, folder, selected, facts, bytes, lfs } = record;
  const trouble = troubleOf(record);
  return {
    id,
    name,
    formerNames,
    folder,
    selected,
    private: facts.isPrivate,
    fork: facts.isFork,
    archived: facts.isArchived,
    pushedAt: facts.pushedAt,
    bytes,
    lfs,
    ...(trouble ?? { state: 'ok', reason: null, since: null }),
    // Of one that is well, the snapshot itself is the last good one.
    wholeAt: trouble === null ? null : record.wholeAt,
  };
}

type Trouble = { readonly state: RepositoryState; readonly reason: string; readonly since: string | null };

function troubleOf({ lost, failed, partial, isListed }: RepositoryRecord): Trouble | null {
  if (lost !== null) return lost;
  if (!isListed) return { state: 'missing', reason: 'It was not listed.', since: null };
  if (failed !== null) return listedTrouble('failed', failed);
  return partial === null ? null : listedTrouble('partial', partial);
}

function listedTrouble(
  state: 'failed' | 'partial',
  { reason, since, isBlocked }: NonNullable<RepositoryRecord['failed']>,
): Trouble {
  return { state: isBlocked ? 'blocked' : state, reason, since };
}
