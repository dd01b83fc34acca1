/** What the store of snapshots refuses: opening, locks, what is kept, what is damaged in it. */
import { failed, misused, type ErrorEntry } from './entry.ts';

export const repositoryErrors = {
  NO_REPOSITORY: misused(
    'Holdfast does not know where to keep snapshots; nothing was changed.',
    'Set HOLDFAST_REPOSITORY to a folder that `holdfast init` has prepared.',
  ),
  NO_PASSWORD: misused(
    'The repository is encrypted and cannot be opened without its password; nothing was changed.',
    'Set HOLDFAST_PASSWORD or HOLDFAST_PASSWORD_FILE, or run the command on a terminal.',
  ),
  WRONG_PASSWORD: failed(
    'No key of this repository opens with that password; nothing was changed.',
    'Type it again, or check HOLDFAST_PASSWORD and HOLDFAST_PASSWORD_FILE. If it is lost: a console that has the repository open can add another (`holdfast key add --connection`), and what is at a site opens with that one’s own password (`holdfast restore --from`). Without any of its passwords nobody can open a repository.',
  ),
  NOT_A_REPOSITORY: failed(
    'There is no repository at that place; nothing was changed.',
    'Check the path (is the disk mounted?), or create one with `holdfast init`.',
  ),
  REPOSITORY_KIND_UNSUPPORTED: misused(
    'Holdfast keeps a repository in a folder (a mounted share too), in a bucket (s3:), on a REST server (rest:) or over SSH (sftp:); nothing was changed.',
    'Use one of those. If a folder is really called so, put ./ before its name.',
  ),
  LOCATION_INVALID: misused(
    'Holdfast does not understand where the repository is meant to be; nothing was changed.',
    'Write it as s3:https://host/bucket/prefix, rest:https://host:port/path/ or sftp:user@host:/path. If a folder is really called so, put ./ before its name.',
  ),
  REPOSITORY_EXISTS: failed('A repository is there already; it was left as it is.', 'Use it, or choose another place.'),
  REPOSITORY_DAMAGED: failed(
    'A file that the repository needs to be opened is missing or damaged; nothing was changed. The snapshots in it may well be intact.',
    'Run `holdfast repair` on the machine that used the repository: its home has copies of these files. A copy of the whole folder or bucket has them too; a site has not, but its snapshots can be restored (`holdfast restore --from`).',
  ),
  REPOSITORY_VERSION_UNSUPPORTED: failed(
    'The repository was made by a newer program; nothing was changed.',
    'Update Holdfast.',
  ),
  REPOSITORY_LOCKED: failed(
    'Another program works on the repository in a way that allows no second one; nothing was changed.',
    'Wait for it to end. If it is gone for good, run `holdfast unlock`.',
  ),
  LOCK_LOST: failed(
    'The lock on the repository could not be kept alive, or somebody removed it, so the run was stopped; what was stored can be reused.',
    'Run the command again.',
  ),
  REPOSITORY_UNREACHABLE: failed(
    'The repository did not answer; what was stored before is unharmed.',
    'Check the disk or the network, then run the command again.',
  ),
  REPOSITORY_PLACE_MISSING: failed(
    'The bucket or folder in which the repository is meant to lie is not there; nothing was changed.',
    'Check its name, or make it first: Holdfast makes repositories, but no buckets and no servers.',
  ),
  REPOSITORY_DECLINED: failed(
    'The place where the repository lies understood what it was asked, and declined; what was stored before is unharmed.',
    'See what it says. It may speak another protocol, or an older form of it.',
  ),
  ACCESS_INVALID: misused(
    'What was given to reach the repository does not fit together; nothing was changed.',
    'See `holdfast init --help`.',
  ),
  HOST_KEY_UNKNOWN: failed(
    'Nobody has said yet that this server is the one that is meant, so nothing was sent to it.',
    'Compare the key with what the administrator of the server says (`ssh-keygen -lf` shows it there), and confirm it: `--set fingerprint=SHA256:…`.',
  ),
  HOST_KEY_WRONG: failed(
    'Another server than the one that is meant may have answered, so nothing was sent to it.',
    'Ask who runs the server whether its key was changed. Only if it was, confirm the new one: `--set fingerprint=SHA256:…`.',
  ),
  STORED_FILE_HELD: failed(
    'The place keeps that file until its time has come, whoever asks; it was left as it is.',
    'Nothing needs to be done: it goes with a later prune. The time is that of the connection’s Object Lock.',
  ),
  ACCESS_REFUSED: failed(
    'The place where the repository lies does not let Holdfast in, or not do this; nothing was changed.',
    'Check user and password or key, and what they may do there.',
  ),
  APPEND_ONLY: failed(
    'The server takes what is new and lets nothing be removed or replaced; nothing was changed.',
    'Snapshots there are removed by who runs the server.',
  ),
  QUOTA_REACHED: failed(
    'The server has no more room for this user; what was complete before is unharmed.',
    'Ask who runs the server for more room, or to remove what is old there.',
  ),
  STORED_FILE_MISSING: failed(
    'A file of the repository is gone; what depends on it cannot be read.',
    'Run `holdfast check` to see what is affected.',
  ),
  STORED_FILE_DAMAGED: failed(
    'A file of the repository does not hold what was written to it; what depends on it cannot be read.',
    'Run `holdfast check --read-data` to see what is affected.',
  ),
  BLOB_MISSING: failed(
    'A piece of the snapshot is not in the repository; files without that piece are intact.',
    'Run `holdfast check` to see what is affected, then protect the source again to store the piece anew.',
  ),
  BLOB_DAMAGED: failed(
    'A piece of the snapshot is damaged in the repository; files without that piece are intact.',
    'Run `holdfast check --read-data` to see what is affected.',
  ),
  TREE_INVALID: failed(
    'The repository describes a folder in a way that no honest program writes; that folder was not used.',
    'Find out who can write to this repository. Other folders and snapshots are not affected.',
  ),
  KEY_NOT_FOUND: failed('The repository has no such key; nothing was changed.', 'See `holdfast key list`.'),
  PASSWORD_KNOWN: misused(
    'A password that two keys have could not be taken away with one of them; nothing was changed.',
    'Choose another password, or see `holdfast key list` for the key that has this one.',
  ),
  KEY_IN_USE: failed(
    'Removing the key that opened the repository could lock you out; nothing was changed.',
    'Open it with another password first.',
  ),
  CONNECTION_UNKNOWN: failed(
    'The console works with no such repository; nothing was changed.',
    'Choose one of those in Settings, or connect it there.',
  ),
  CONNECTION_EXISTS: failed('The console works with that repository already; nothing was changed.', 'Use it as it is.'),
  CONNECTIONS_DAMAGED: failed(
    'The console does not know which repositories it worked with. The repositories are not affected.',
    'Bring the file back from a copy, or remove it and connect the repositories again.',
  ),
  PASSWORD_NEEDED: failed(
    'The repository is encrypted, and this engine has not been told its password since it was started.',
    'Unlock the repository in the console, then try again.',
  ),
  REPOSITORY_REPLACED: failed(
    'What lies there is a repository, but not the one whose snapshots are expected; nothing was changed.',
    'Check that the right disk is mounted. If the change was meant, disconnect the old one and connect this one.',
  ),
  CERTIFICATE_WRONG: failed(
    'The server shows another certificate than the one that was agreed on: it may be another server. Nothing was sent to it.',
    'Compare the fingerprint with what is shown there. If the certificate was changed on purpose, enter the new fingerprint.',
  ),
} as const satisfies Record<string, ErrorEntry>;
