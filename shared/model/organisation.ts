/**
 * What a run writes beside the mirrors of an owner on GitHub about each of its repositories: what became of it, and since
 * when. It goes into the snapshot, and is read again from there.
 */

/** In the folder that the mirrors lie in. */
export const organisationFile = 'organisation.json';

/**
 * `partial`: fetched, and not all of it was had. `failed`: not fetched. `missing`: there before, and neither listed nor
 * found now. `blocked`: there, and GitHub gives nobody access.
 */
export const repositoryStates = ['ok', 'partial', 'failed', 'missing', 'blocked'] as const;
export type RepositoryState = (typeof repositoryStates)[number];
