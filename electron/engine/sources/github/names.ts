/** Names from GitHub that may become names on this disk, and nothing that any other name could be taken for. */

/** No repository of GitHub is called `….git` or `….wiki`; what lies beside a mirror is. */
export function isRepositoryName(name: string): boolean {
  return /^[\w.-]{1,100}$/.test(name) && !/^\.{1,2}$|\.git$|\.wiki$/i.test(name);
}

export function isLogin(login: string): boolean {
  return /^[a-z\d][a-z\d_-]{0,99}$/i.test(login);
}

/** What belongs to one repository, each with this after the repository's name. */
export const partSuffixes = ['.git', '.wiki.git', '.meta'] as const;

/** Of the work and not of the source; excluded from what is captured. */
export const workFolder = '.holdfast';
