/** How a list of the Git repositories in a snapshot may be sorted. */

/** `state`: the worst first. What has no value comes last, in either direction. */
export const repositoryOrders = ['name', 'state', 'bytes', 'lfs', 'pushed', 'since'] as const;
export type RepositoryOrder = (typeof repositoryOrders)[number];
