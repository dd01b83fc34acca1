/** Another program rewrote the index since it was read: what was planned may not be true any more. */
export class RepositoryChanged extends Error {
  override readonly name = 'RepositoryChanged';
}
