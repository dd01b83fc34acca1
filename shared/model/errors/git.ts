/** What Git and GitHub refuse, and what is wrong with mirrors and with repositories in snapshots. */
import { failed, misused, type ErrorEntry } from './entry.ts';

export const gitErrors = {
  GITHUB_REFUSED: failed(
    'GitHub does not know the credential, or it has expired; what was fetched before is kept.',
    'Give the source a new one: `holdfast source set <name> --secret token=env:NAME`.',
  ),
  GITHUB_FORBIDDEN: failed(
    'The credential lacks a right that this takes; what was fetched before is kept.',
    'Give the credential the permission that is named, or authorize it for single sign-on.',
  ),
  GITHUB_NOT_FOUND: failed(
    'GitHub knows nothing by that name, or hides it from this credential; what was fetched before is kept.',
    'Check the name, and that the credential may see it.',
  ),
  GITHUB_BLOCKED: failed(
    'GitHub has blocked access to it; what was fetched before is kept.',
    'See the notice on its page on GitHub.',
  ),
  GITHUB_LIMITED: failed(
    'GitHub takes no more requests for longer than a run waits; what was fetched before is kept.',
    'Run it again later, or use a GitHub App, which has a higher limit.',
  ),
  GITHUB_UNREACHABLE: failed(
    'GitHub did not answer; what was fetched before is kept.',
    'Check the network and the address of the API, then run it again.',
  ),
  GITHUB_DECLINED: failed(
    'GitHub understood what it was asked to change, and declined; nothing of that request was changed.',
    'See what it names.',
  ),
  GITHUB_ARCHIVED: failed(
    'The repository is archived at the target, so that nothing in it can be changed; nothing was.',
    'Unarchive it in its settings on GitHub, then run the command again: it is archived at the end, as in the snapshot.',
  ),
  GITHUB_HELD_BACK: failed(
    'The target has something else there already, so it was left as it is.',
    'Look at what the target has. If it may be replaced, run the command again with --overwrite.',
  ),
  GITHUB_WIKI_NOT_THERE: failed(
    'GitHub makes the repository of a wiki when its first page is saved, and not before: the wiki was not given back.',
    'Open the wiki of the repository on GitHub and save a first page with any text, then run the command again: that page is replaced.',
  ),
  GITHUB_TAG_MISSING: failed(
    'The target does not have the tag of the release, and GitHub would make it somewhere else: the release was not made.',
    'See what became of the tag, then run the command again.',
  ),
  GITHUB_ASSET_MISSING: failed(
    'The snapshot names a file of a release that it does not hold; the release was given back without it.',
    'An earlier or a later snapshot may hold it.',
  ),
  GITHUB_UNFINISHED: failed(
    'A part of the repository waits for something else that did not go as asked.',
    'Mend what is named, then run the command again: what is done already is not done twice.',
  ),
  GITHUB_ANSWER_INVALID: failed(
    'What answers at that address does not answer as GitHub does; nothing of the answer was used.',
    'Check the address of the API: https://api.github.com, or https://HOST/api/v3 for Enterprise.',
  ),
  MIRRORS_TAKEN: failed(
    'Another source keeps its mirrors in that folder; nothing was changed.',
    'Choose another folder for mirrors, or another name.',
  ),
  GIT_REPOSITORY_UNKNOWN: failed(
    'The snapshot holds no such Git repository; nothing was changed.',
    'See `holdfast git repositories <snapshot>`.',
  ),
  GIT_REPOSITORY_AMBIGUOUS: misused(
    'The snapshot holds more than one Git repository whose path ends so; nothing was changed.',
    'Give more of the path.',
  ),
  GIT_REPOSITORY_INVALID: failed(
    'What the snapshot holds there is not a plain bare repository that can be trusted, so Git was not run on it.',
    'Its files can be restored with `holdfast restore`, to be looked at by somebody who knows Git.',
  ),
  GIT_REF_UNKNOWN: failed(
    'The Git repository has no such ref or commit in that snapshot; nothing was changed.',
    'See `holdfast git refs <snapshot> <repository>`.',
  ),
  GIT_REF_HELD_BACK: failed(
    'The target has history of its own there that would be lost, so the ref was left as it is.',
    'Look at what the target has. If it may be lost, run the command again with --overwrite.',
  ),
  GIT_COMMAND_FAILED: failed(
    'Git could not do its part; what the snapshot holds is unharmed.',
    'See what Git says, mend it, and run the command again: what is done already is not done twice.',
  ),
  GIT_TARGET_REFUSED: failed(
    'The target did not take what was to be given to it; the snapshot is unharmed.',
    'Check its address, and that the token may write there, then run the command again: what is done is not done twice.',
  ),
  GIT_NOT_VERIFIED: failed(
    'What the target has now is not known to be what the snapshot holds.',
    'Look at what is named, then run the command again.',
  ),
  GIT_LFS_LEFT_OUT: failed(
    'Some large files (Git LFS) of the repository are not at the target; the rest of it is.',
    'Check that git-lfs is installed, and what is named, then run the command again.',
  ),
  GIT_MISSING: failed(
    'Git repositories are read with Git, which is not there or too old; no mirror was changed.',
    'Install Git 2.34 or newer on the machine that runs the engine.',
  ),
  GIT_URL_REFUSED: misused(
    'Only addresses that lead to a server, without a password in them, are taken; nothing was changed.',
    'Use https://, http://, ssh:// or user@host:path. A token belongs into the credentials of the source.',
  ),
  GIT_UNREACHABLE: failed(
    'The Git server did not answer, or not to the end; what was fetched before is unharmed.',
    'Check the address and the network. The next run tries again.',
  ),
  GIT_REFUSED: failed(
    'The Git server does not let this account read the repository; what was fetched before is unharmed.',
    'Check whether the token or key is valid, has not expired, and may read this repository.',
  ),
  GIT_HOST_UNKNOWN: failed(
    'The key of the SSH server is not known on this machine, or another one than before: it may be another server that answers. Nothing was sent to it.',
    'Compare the key with what the administrator of the server says, and put it into known_hosts of the account that the engine runs under.',
  ),
  GIT_NOT_FOUND: failed(
    'The Git server knows no such repository, or hides it from this account: that does not mean that it was deleted. What was fetched before is kept.',
    'Check the address, and whether the token or key may see the repository.',
  ),
  GIT_REDIRECTED: failed(
    'The Git server named another address. It was not followed, so that no token reaches another host; what was fetched before is unharmed.',
    'Check the new address, and enter it in the source if it is the right one.',
  ),
  GIT_REPOSITORY_DAMAGED: failed(
    'What the Git server sent is damaged, or made to do harm; it was not taken, and what was fetched before is unharmed.',
    'Have the repository checked on its server with `git fsck --full`.',
  ),
  GIT_MIRROR_DAMAGED: failed(
    'The mirror of the repository on this machine is damaged. Snapshots taken before are not affected.',
    'Neither the server nor a snapshot could give another one. Check the disk; the next run tries again.',
  ),
  GIT_MIRROR_BUSY: failed(
    'A Git command of an earlier run still works on the mirror; nothing was changed.',
    'The next run tries again.',
  ),
  GIT_TOO_MANY_REFS: failed(
    'The repository has more branches and tags than any honest one; it was not fetched.',
    'Have the repository looked at on its server, or leave pull requests out.',
  ),
  GIT_REF_SKIPPED: failed(
    'A branch or tag has a name that cannot be kept on this machine; all others are.',
    'Rename it on the server.',
  ),
  GIT_LFS_MISSING: failed(
    'The repository keeps large files with Git LFS, which is not installed here: those files are not in the mirror, all else is.',
    'Install git-lfs on the machine that runs the engine.',
  ),
  GIT_LFS_INCOMPLETE: failed(
    'Not all large files of the repository could be fetched; all else is in the mirror.',
    'Check on the server whether these files are there, and whether the token may read them.',
  ),
  GIT_FAILED: failed(
    'Git ended with an error; what was fetched before is unharmed.',
    'See what Git said. The next run tries again.',
  ),
} as const satisfies Record<string, ErrorEntry>;
