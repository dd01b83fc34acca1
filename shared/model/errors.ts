/**
 * Every failure Holdfast reports has a code from this table. The code is stable (scripts match on it); the sentences
 * tell an operator what it means and what to do. What happened is said by the message of each `HoldfastError`.
 */

type ErrorEntry = {
  /** What it means for the operator's data. */
  readonly meaning: string;
  /** What to do next. */
  readonly action: string;
  /** Exit code of the command line: 1 failed, 2 bad usage, 3 partial. */
  readonly exitCode: 1 | 2 | 3;
};

const failed = (meaning: string, action: string): ErrorEntry => ({ meaning, action, exitCode: 1 });
const misused = (meaning: string, action: string): ErrorEntry => ({ meaning, action, exitCode: 2 });

export const errorCatalog = {
  WRONG_RUNTIME: failed('This version of Node.js cannot run Holdfast.', 'Start it with `npm run -s holdfast --`.'),
  BAD_USAGE: misused('The command was not started; nothing was changed.', 'See `holdfast --help`.'),
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
    'A file that the repository needs to be opened is missing or damaged; nothing was changed.',
    'Bring that file back from a replica of the repository. The snapshots in it may well be intact.',
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
  SNAPSHOT_NOT_FOUND: failed('No snapshot matches; nothing was changed.', 'See `holdfast snapshots`.'),
  SNAPSHOT_AMBIGUOUS: misused('More than one snapshot begins so; nothing was changed.', 'Give more of the id.'),
  LAST_GOOD_SNAPSHOT: failed(
    'Without it the source would have no good snapshot to be restored from; nothing was removed.',
    'Take a new snapshot first. To give it up all the same, name it and add --allow-last.',
  ),
  CLOCK_WRONG: failed(
    'Snapshots from the future mean that this clock or the one they were taken by is wrong; nothing was removed.',
    'Set the clock. If a snapshot has the wrong time, remove it by its id.',
  ),
  PATH_NOT_IN_SNAPSHOT: failed(
    'The snapshot holds nothing under that path; nothing was changed.',
    'See `holdfast ls <snapshot>`.',
  ),
  SOURCE_NOT_FOUND: failed(
    'There is nothing to protect at that path; no snapshot was taken and earlier ones are kept.',
    'Check the path. Is the disk or the share mounted?',
  ),
  SOURCE_UNREADABLE: failed(
    'The source cannot be read; no snapshot was taken and earlier ones are kept.',
    'Give the account Holdfast runs under the right to read it.',
  ),
  ATTRIBUTE_NOT_STORED: failed(
    'An extended attribute is not in the snapshot; all else of the file is.',
    'Give the attribute a name of plain text, or remove it, if it is needed by nobody.',
  ),
  S3_ARCHIVED: failed(
    'The object is archived in S3, where nobody can read it as it is; what was read of it before is kept.',
    'Bring it back for some days (`holdfast aws restore objects s3://bucket/prefix --thaw Standard`; of a repository, `holdfast scrub --thaw Standard`), then run again. Where another repository has the same, connect it: it is read from there.',
  ),
  FILE_CHANGED: failed(
    'The file was written to while it was read, so its content in the snapshot may mix old and new.',
    'Protect it while its program is quiet, for example with a hook that stops the program for the moment.',
  ),
  FILE_TOO_LARGE: failed(
    'One file can have about 8 TiB of data in a snapshot; that file is not in it, everything else is.',
    'Leave it out with --exclude, and protect it in parts or by another way.',
  ),
  SOURCE_EMPTIED: failed(
    'The source is empty, or has lost much of what it held; that looks like an unmounted disk or a lost right, so no snapshot was taken.',
    'Check the source. If it is meant to be empty, run again with --allow-empty.',
  ),
  SOURCE_NOT_MOUNTED: failed(
    'The last snapshot was taken from a file system of its own that is not mounted now, so no snapshot was taken.',
    'Mount it. If the source has moved for good, run again with --allow-unmounted.',
  ),
  AWS_ACCOUNT_UNKNOWN: failed(
    'No AWS account is registered under that name; nothing was changed.',
    'See `holdfast aws account list`.',
  ),
  AWS_ACCOUNT_EXISTS: failed(
    'An AWS account of that name is registered already; it was left as it is.',
    'Choose another name, or change that one with `holdfast aws account set`.',
  ),
  AWS_ACCOUNT_IN_USE: failed(
    'The account was left as it is, so that nothing loses its protection unnoticed.',
    'Give its sources another one with `holdfast source set <name> --set account=…`, or remove them.',
  ),
  AWS_OTHER_ACCOUNT: failed(
    'The credential leads to another AWS account than before; nothing was read there and nothing was changed.',
    'Correct the credential. If the other account is meant: `holdfast aws account set <name> --other-account`.',
  ),
  AWS_NOT_APPROVED: failed(
    'What came from a repository may neither start programs here nor send credentials elsewhere; nothing was asked.',
    'Look at it with `holdfast aws account show` or `holdfast source show`, then approve it there.',
  ),
  AWS_SIGN_IN: failed(
    'The account asks for a person to sign in, so no schedule can use it; nothing was read and nothing was changed.',
    'By hand: HOLDFAST_AWS_MFA_CODE, or `aws sso login`. For a schedule: keys, or a role without an MFA code.',
  ),
  AWS_REGION_MISSING: misused(
    'Nothing says in which region of AWS to look; nothing was changed.',
    'Name it: `--set region=…`, the regions of the account, or AWS_REGION in the environment.',
  ),
  AWS_CREDENTIAL: failed(
    'AWS does not know the credential, or it has expired; what was stored before is kept.',
    'Renew it: `holdfast aws account set <name>`, or the AWS environment and profile that it comes from.',
  ),
  AWS_FORBIDDEN: failed(
    'The identity lacks a right that this takes; nothing of that request was changed.',
    'Give it the right that is named: `holdfast aws policy` shows the smallest policy that is enough.',
  ),
  AWS_NOT_FOUND: failed(
    'AWS knows nothing by that name in this account and region; nothing was changed.',
    'Check the name, the account and the region.',
  ),
  AWS_DECLINED: failed(
    'AWS understood what it was asked, and declined; nothing of that request was changed.',
    'See what it names.',
  ),
  AWS_LIMITED: failed(
    'AWS takes no more requests for longer than a run waits; what was done before is kept.',
    'Run it again later. Other programs share the limits of the account and region.',
  ),
  AWS_UNREACHABLE: failed(
    'AWS did not answer; what was stored before is kept.',
    'Check the network, the region and the endpoint, then run it again.',
  ),
  AWS_ANSWER_INVALID: failed(
    'The answer was none that AWS gives; what it was about was not used.',
    'Check the endpoint: something else may answer there.',
  ),
  NATIVE_SNAPSHOT_UNREADY: failed(
    'Blocks can be read only of completed snapshots that are not archived; nothing of it was stored.',
    'Run it again once it is completed, or has been brought back from the archive.',
  ),
  IMAGE_UNSUITABLE: failed(
    'What was chosen cannot become a volume; nothing was begun in AWS.',
    'See `holdfast ls <snapshot>`, and name the image, or the file that is one.',
  ),
  UPLOAD_DIFFERS: failed(
    'The new snapshot in AWS is not what was put into it; no volume should be made of it.',
    'Remove it in AWS, then run the command again. If it is so again, run `holdfast check --read-data`.',
  ),
  UPLOAD_UNKNOWN: failed(
    'No snapshot of that name was begun from here, or it is complete; nothing was removed.',
    'See `holdfast aws uploads`.',
  ),
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
  HOOK_FAILED: failed(
    'The source asks for its commands to go well before anything is captured; nothing was stored.',
    'See the log of the job. To take a snapshot without them, use --no-hooks.',
  ),
  DESTINATION_INSIDE_SOURCE: misused(
    'A repository that contains itself would grow with every run; nothing was changed.',
    'Keep it elsewhere, or leave its folder out with --exclude.',
  ),
  TARGET_UNUSABLE: misused('Nothing can be restored to that place; nothing was changed.', 'Choose another folder.'),
  TARGET_TOO_SMALL: failed(
    'What is to be restored does not fit on that disk; nothing was restored.',
    'Choose another disk, restore less, or run again with --ignore-free-space.',
  ),
  PLACE_UNUSABLE: misused(
    'That place is not one in which folders can be made; nothing was changed.',
    'Choose another place.',
  ),
  NO_SPACE: failed(
    'The disk is full; what was complete before is unharmed.',
    'Free some space and run the command again: what is there already is not stored a second time.',
  ),
  NO_PERMISSION: failed(
    'The account Holdfast runs under may not do that; what was complete before is unharmed.',
    'Give it the right, or run Holdfast as a user who has it.',
  ),
  READ_ONLY: failed('The disk is mounted read-only; nothing was changed.', 'Mount it for writing.'),
  IO_ERROR: failed(
    'The disk or the network reported an error; what was complete before is unharmed.',
    'Check the device, then run again.',
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
  VERIFY_FAILED: failed(
    'What lies on the disk now is not what the snapshot holds.',
    'Check the disk restored to, then restore the named files again.',
  ),
  HOME_UNSAFE: failed(
    'Others could read or change what Holdfast keeps in its home folder, so it was not used; nothing was changed.',
    'Give the folder to this account alone, or set HOLDFAST_HOME to another one.',
  ),
  HOME_HELD: failed(
    'Another Holdfast owns the home folder and cannot serve this command; nothing was changed.',
    'Wait for it to end, or end it. With another HOLDFAST_HOME, commands run beside it.',
  ),
  ENGINE_STOPPED: failed(
    'The engine was told to end before this was done; what had been stored is reused by the next run.',
    'Start it again.',
  ),
  ENGINE_LOST: failed(
    'The engine that did the work is gone, or no longer answers; what had been stored is reused by the next run.',
    'Run the command again.',
  ),
  ENGINE_BUSY: failed('The engine has as many callers as it can serve; nothing was changed.', 'Try again in a moment.'),
  NO_ENGINE_STAYS: misused(
    'Nothing would go on after this command has ended, so it was not started; nothing was changed.',
    'Start `holdfast serve` first, or leave --detach out.',
  ),
  JOB_NOT_FOUND: failed('No job has that id; nothing was changed.', 'See `holdfast jobs --all`.'),
  JOB_AMBIGUOUS: misused('More than one job begins so; nothing was changed.', 'Give more of the id.'),
  JOB_OVER: failed('The job has ended already; nothing was changed.', 'See `holdfast jobs show <id>`.'),
  RUN_NOT_FOUND: failed('No restore run has that id; nothing was changed.', 'Look at the list of restore runs.'),
  RUN_AMBIGUOUS: misused('More than one restore run begins so; nothing was changed.', 'Give more of the id.'),
  EVIDENCE_NOT_FOUND: failed(
    'No evidence has that name, or its record was changed and cannot be trusted; nothing was changed.',
    'See `holdfast evidence list`, and check the chains with `holdfast evidence verify`.',
  ),
  EVIDENCE_AMBIGUOUS: misused('More than one record begins so; nothing was changed.', 'Give more of the id.'),
  RUN_BUSY: failed(
    'The restore run is at work, and what was asked for cannot be done meanwhile; nothing was changed.',
    'Wait for its end, or pause or stop it.',
  ),
  PLAN_UNKNOWN: failed('There is no such recovery plan; nothing was changed.', 'See `holdfast plan list`.'),
  PLAN_EXISTS: failed(
    'A recovery plan of that name is there already; it was left as it is.',
    'Choose another name, or save it as a new version of that one.',
  ),
  PLAN_INVALID: misused('Such a plan could not be run; nothing was changed.', 'Change what is named.'),
  PLAN_NOT_APPROVED: failed(
    'The commands of the plan came with a configuration from elsewhere, and nobody has allowed them on this machine; nothing was begun.',
    'Read them with `holdfast plan show`, then allow them with `holdfast plan approve`.',
  ),
  PLAN_RUN_NOT_FOUND: failed('No run of a plan has that id; nothing was changed.', 'See `holdfast plan runs`.'),
  PLAN_STEP_STANDS: misused(
    'The step is in no state in which that could be said of it; nothing was changed.',
    'Look at the run again: `holdfast plan runs`.',
  ),
  PLAN_STEP_FAILED: failed(
    'The step did not do what it was to do; what waits for it was not begun.',
    'Look at what it has said, mend that, then try the step again; or skip it with a reason.',
  ),
  PLAN_STEP_TOO_LONG: failed(
    'The step took longer than its time limit and was ended; what waits for it was not begun.',
    'Look why it takes so long, then try the step again, or skip it with a reason.',
  ),
  RUN_OVER: failed(
    'The restore run is at its end and does not go on; nothing was changed.',
    'Create a new run for what else is to be restored.',
  ),
  DRILL_NOT_FOUND: failed(
    'No drill has that id, or several begin so; nothing was changed.',
    'See `holdfast drill list`.',
  ),
  DRILL_NOT_ISOLATED: failed(
    'The rehearsal would have written where something is in use, so it was not begun; nothing was changed.',
    'Choose another place for drills: the settings drills.folder and drills.bucket.',
  ),
  DRILL_NOT_OURS: failed(
    'What lies there does not carry the mark of the drill, so it was left as it is.',
    'Look at it, and remove it by hand if nobody needs it.',
  ),
  DRILL_IMPOSSIBLE: failed(
    'There is nothing to rehearse, or no way to do it; nothing was changed.',
    'See what it names, then run the drill again.',
  ),
  PREFLIGHT_BLOCKED: failed(
    'The restore would not have succeeded, so it was not begun; nothing was changed.',
    'Mend what is named, or choose another place, then start again.',
  ),
  RECOVERY_UNDER_WAY: failed(
    'A restore from this repository has begun and not ended, and nothing may be taken away under it; nothing was changed.',
    'Run the command again when the restore run is done, or close it.',
  ),
  CATALOG_DAMAGED: failed(
    'The catalog, which only helps to find things, is damaged; snapshots are not affected.',
    'Run the command again: the damaged catalog is set aside, and `holdfast rebuild-catalog` fills a new one.',
  ),
  CATALOG_TOO_NEW: failed(
    'The catalog was written by a newer version of Holdfast; it was left as it is.',
    'Update Holdfast, or use another HOLDFAST_HOME.',
  ),
  CATALOG_BUSY: failed(
    'Another process holds the catalog; nothing was changed in it.',
    'Wait for the other process to end, then run the command again.',
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
  SOURCE_UNKNOWN: failed(
    'No source is registered under that name; nothing was changed.',
    'See `holdfast source list`.',
  ),
  SOURCE_EXISTS: failed(
    'A source of that name is registered already; it was left as it is.',
    'Choose another name, or remove the old one with `holdfast source remove`; its snapshots are kept.',
  ),
  PROFILE_UNKNOWN: failed('There is no such profile; nothing was changed.', 'See `holdfast profile list`.'),
  PROFILE_EXISTS: failed(
    'A profile of that name is there already; it was left as it is.',
    'Choose another name, or change that one with `holdfast profile edit`.',
  ),
  PROFILE_INVALID: misused('The profile would not do what it says; nothing was changed.', 'Change what is named.'),
  PROFILE_IN_USE: failed(
    'The profile was left as it is, so that nothing loses its protection unnoticed.',
    'Give another one to what has it, or take it away with `holdfast profile unassign`.',
  ),
  SNAPSHOT_LOCKED: failed(
    'The snapshot is locked, so that nobody removes it before its time; nothing was removed.',
    'It can be unlocked with `holdfast retention unlock`, which takes seven days.',
  ),
  SNAPSHOT_NOT_LOCKED: failed('Nothing was changed.', 'See `holdfast retention show`.'),
  REVIEW_UNKNOWN: failed(
    'There is no such question to decide; nothing was changed.',
    'See `holdfast retention reviews`.',
  ),
  SYSTEM_UNKNOWN: failed('There is no such system snapshot; nothing was changed.', 'See `holdfast system list`.'),
  SYSTEM_AMBIGUOUS: misused('More than one system snapshot begins so; nothing was changed.', 'Give more of the id.'),
  SNAPSHOT_UNSENT: failed(
    'A rule keeps the snapshot here until it is at its site, and it is not there yet; nothing was removed.',
    'Send it with `holdfast sync run`, or name it again with `--unsent` and the reason why it may go.',
  ),
  SNAPSHOT_HELD: failed(
    'Somebody holds the snapshot, so it must not be removed; nothing was changed.',
    'Ask whoever holds it, or take the hold away with `holdfast release`.',
  ),
  RUN_UNDER_WAY: failed('It was not begun a second time.', 'See `holdfast runs` for what becomes of it.'),
  FROZEN: failed(
    'An incident is open: until it is ended, nothing is taken out of the repository.',
    'See `holdfast incident`. When all that is needed has been restored, end it with `holdfast incident end`.',
  ),
  INCIDENT_OPEN: failed('An incident is open; nothing was changed.', 'See `holdfast incident`.'),
  NO_INCIDENT: failed('No incident is open; nothing was changed.', 'See `holdfast incident`.'),
  SNAPSHOT_NOT_SUSPECT: failed('Nothing was changed.', 'See `holdfast incident`.'),
  HOLD_NOT_FOUND: failed('No hold is on such a snapshot; nothing was changed.', 'See `holdfast snapshots`.'),
  HOLD_OF_CASE: failed(
    'It stays held until its case is closed, and for seven days more; nothing was changed.',
    'Close the case, with the reason: `holdfast case close <reference> --reason <text>`.',
  ),
  CASE_EXISTS: misused('A case has one reference; nothing was changed.', 'See `holdfast case list --all`.'),
  CASE_UNKNOWN: misused('Nothing was changed.', 'See `holdfast case list`.'),
  HOLD_AMBIGUOUS: misused('More than one held snapshot begins so; nothing was changed.', 'Give more of the id.'),
  CONFIGURATION_LOST: failed(
    'The catalog with the sources, settings and holds of this console was lost; nothing was changed.',
    'Run `holdfast rebuild-catalog` with the repository they were written to, or `holdfast recover --replace`.',
  ),
  CONFIGURATION_NOT_FOUND: failed(
    'There is nothing to bring sources, settings and holds back from; nothing was changed.',
    'Check that it is the repository the console used. Snapshots in it can be restored in any case.',
  ),
  CONFIGURATION_UNREADABLE: failed(
    'Every configuration that the repository holds is damaged or not to be trusted; nothing was changed.',
    'Try a replica of the repository. Snapshots can be restored in any case; sources have to be added again.',
  ),
  HOME_CONFIGURED: failed(
    'This home has a configuration of its own, which would be replaced; nothing was changed.',
    'Set HOLDFAST_HOME to an empty folder, or run again with --replace.',
  ),
  NO_PASSPHRASE: misused(
    'Credentials are sealed under a passphrase, and none was given; nothing was changed.',
    'Set HOLDFAST_PASSPHRASE_FILE (HOLDFAST_RECOVERY_PASSPHRASE_FILE for recovery), or run the command on a terminal.',
  ),
  WRONG_PASSPHRASE: failed(
    'The credentials of this machine stay closed; nothing was changed.',
    'Check HOLDFAST_PASSPHRASE_FILE. Credentials that no passphrase opens have to be set again in another home.',
  ),
  WRONG_RECOVERY_PASSPHRASE: failed(
    'The credentials in the configuration stay closed; nothing was changed.',
    'Check the recovery passphrase, or run again without one and enter the credentials again.',
  ),
  SECRETS_DAMAGED: failed(
    'The file with the credentials of this machine is damaged; it was left as it is.',
    'Move it away, then set the credentials again, or bring them back with `holdfast recover --replace`.',
  ),
  FORBIDDEN: failed(
    'Whoever asked has not the role for it; nothing was changed.',
    'Ask as somebody who has, or with a token of that role (`holdfast token create`).',
  ),
  OPERATOR_ONLY: failed(
    'It belongs to the machine or to the whole home, which its operator alone looks after; nothing was changed.',
    'Ask the operator of this home.',
  ),
  TENANT_UNKNOWN: failed('There is no such tenant in this home; nothing was changed.', 'See `holdfast tenant list`.'),
  TENANT_EXISTS: failed(
    'A tenant of that name is or was in this home; nothing was changed.',
    'Choose another name: the data of one tenant must never be taken for those of another.',
  ),
  TENANT_CLOSED: failed(
    'The operator has suspended or retired this tenant, so that nothing is done for it; its data are as they were.',
    'Ask the operator of this home: `holdfast tenant resume` lets a suspended one go on.',
  ),
  TENANT_BOUND: failed(
    'A tenant uses of this machine only what the operator has given it; nothing was changed.',
    'Ask the operator of this home for it (`holdfast tenant grant`), or use something of your own.',
  ),
  TENANTS_DAMAGED: failed(
    'The file that says which tenants there are is damaged. Nobody but the operator is let in until it is whole again.',
    'Bring tenants.json of the home back from a backup, or move it away and make the tenants again under the same names.',
  ),
  REPOSITORY_REFUSED: failed(
    'That repository is not one that this tenant can work with; nothing was changed.',
    'Use a repository of your own: `holdfast init` makes one.',
  ),
  OFFER_NOT_FOUND: failed('There is no such offer; nothing was changed.', 'See `holdfast offer list`.'),
  OFFER_OVER: failed(
    'The offer was withdrawn, has expired, or was taken already; nothing was changed.',
    'Ask the operator of this home to offer the snapshot again.',
  ),
  NOT_SIGNED_IN: failed(
    'The engine does not know who asks; nothing was changed.',
    'Open the link that `holdfast console-link` prints, or send a valid API token.',
  ),
  KIT_UNREADABLE: misused(
    'No recovery kit could be read from that; nothing was changed.',
    'Choose the file that ends in .holdfast-kit. A kit on paper names the same place: enter that by hand.',
  ),
  LINK_INVALID: failed(
    'A link to the console opens it once, and only for some minutes; nobody was signed in.',
    'Open the link that `holdfast console-link` prints.',
  ),
  REQUEST_REFUSED: failed(
    'The request seems to come from a foreign page, or was sent under a foreign name; it was not looked at.',
    'Use the address that `holdfast serve` prints.',
  ),
  REQUEST_INVALID: failed(
    'What was sent is no request that the engine takes; nothing was changed.',
    'See /api/v1/openapi.json for the calls there are. What is sent is JSON.',
  ),
  REQUEST_TOO_LARGE: failed('The request is larger than any call needs; it was not looked at.', 'Send less at a time.'),
  TOO_MANY_REQUESTS: failed(
    'There was more asked in a short time than one caller may ask; nothing was changed.',
    'Wait as long as the answer says (Retry-After, else a minute), then try again. An admin may set `api.per-minute`.',
  ),
  SESSION_NOT_FOUND: failed(
    'No browser is signed in by that session (any more); nothing was changed.',
    'List those there are with `holdfast session list`.',
  ),
  IDEMPOTENCY_KEY_USED: misused(
    'The key of that request stands for another call, or for other input; nothing was changed.',
    'Send a new Idempotency-Key with each new request, and the same one with retries alone.',
  ),
  IDEMPOTENCY_UNDER_WAY: failed(
    'A request with that key is still being carried out; it was not begun again.',
    'Ask again with the same key in a moment.',
  ),
  IDEMPOTENCY_DONE: failed(
    'The request with that key was carried out before; its answer holds a secret or is too large, and was not kept.',
    'Look at what is there. If what only the answer told is needed, remove it and ask again with a new key.',
  ),
  IDEMPOTENCY_UNKNOWN: failed(
    'The engine ended while a request with that key was under way: whether it was carried out is not known.',
    'Look whether it was, and ask again with a new key if it was not.',
  ),
  ADDRESS_NOT_FOUND: failed('There is nothing at that address.', 'See /api/v1/openapi.json for the calls there are.'),
  CONSOLE_NOT_SERVED: failed(
    'No engine that stays serves the console for browsers; nothing was changed.',
    'Start `holdfast serve` first, without --no-http.',
  ),
  TLS_REQUIRED: misused(
    'Passwords would cross the network in the clear, so nothing was served.',
    'Give --tls-cert and --tls-key, or leave --host out to serve this machine alone.',
  ),
  TLS_UNUSABLE: failed(
    'Without a certificate and its key nothing can be served there; it was not started.',
    'Check --tls-cert and --tls-key: PEM files that belong together and that this account can read.',
  ),
  LISTEN_FAILED: failed(
    'Nothing can be served at that address; it was not started.',
    'Choose another --port or --host. Without --port the console takes a free one.',
  ),
  SITE_USER_EXISTS: failed(
    'That name is taken at this site server; nothing was changed.',
    'Choose another name, or remove that user or invitation first: `holdfast site user list`.',
  ),
  SITE_USER_UNKNOWN: failed(
    'The site server knows no such user; nothing was changed.',
    'See `holdfast site user list`.',
  ),
  SITE_FOLDER_UNUSABLE: misused(
    'Each user of a site server has a folder that nothing else lies in; nothing was changed.',
    'Name another folder by its whole path, or leave it out.',
  ),
  SITE_INVITATION_UNKNOWN: failed(
    'There is no such invitation (any more); nothing was changed.',
    'See `holdfast site invitations`.',
  ),
  SITE_CODE_INVALID: failed(
    'A registration code is good once and for a limited time; nothing was changed.',
    'Copy the code once more as a whole, or have another one made with `holdfast site invite`.',
  ),
  SITE_SERVER_OFF: failed(
    'No engine serves this home as a site at the moment; nothing was changed.',
    'Start `holdfast serve --site` first.',
  ),
  SITE_USERS_DAMAGED: failed(
    'Holdfast cannot read who may push to this server, so it lets nobody in; the repositories are not affected.',
    'Bring the file back from a copy, or remove it and add or invite the users again.',
  ),
  LEASE_EXISTS: failed(
    'This home keeps a lease of that name already; it was left as it is.',
    'Choose another name, or remove that one first: `holdfast site lease list`.',
  ),
  LEASE_UNKNOWN: failed('This home keeps no such lease; nothing was changed.', 'See `holdfast site lease list`.'),
  SITE_LEASES_DAMAGED: failed(
    'Holdfast cannot read the leases that it keeps for other consoles, so it gives none: nobody is promoted by itself there.',
    'Bring the file back from a copy, or remove it and make the leases again.',
  ),
  WITNESS_UNREACHABLE: failed(
    'The witness of the lease does not answer: nobody is promoted by itself, and after a while only snapshots are taken.',
    'Check whether `holdfast serve --site` runs there, its address, and the network between.',
  ),
  WITNESS_REFUSED: failed(
    'The witness answers, and does not do that; nothing was changed.',
    'Check the name of the lease and of its holder, and the password: `holdfast site lease list` there.',
  ),
  LEASE_NOT_HELD: failed(
    'This console has not got the lease on its sources now: another one may be about to take over. Nothing was written or removed.',
    'Wait until the witness answers (`holdfast failover automatic`), or switch automatic failover off.',
  ),
  AUTOMATIC_OFF: misused(
    'Automatic failover is off at this console; nothing was changed.',
    'See `holdfast failover automatic --help`.',
  ),
  AUTOMATIC_DAMAGED: failed(
    'Holdfast cannot read whether it needs a lease, so it neither protects nor removes anything by itself.',
    'Bring the file back from a copy, or remove it and set automatic failover again.',
  ),
  AUTOMATIC_INVALID: misused(
    'Automatic failover cannot be set that way; nothing was changed.',
    'Change what is named.',
  ),
  TOKEN_EXISTS: failed(
    'A token of that name is there already; it was left as it is.',
    'Choose another name, or revoke the old one with `holdfast token revoke`.',
  ),
  TOKEN_NOT_FOUND: failed('There is no such token; nothing was changed.', 'See `holdfast token list`.'),
  CREDENTIAL_NOT_FOUND: failed('There is no such credential; nothing was changed.', 'See `holdfast credential list`.'),
  CONNECTION_UNKNOWN: failed(
    'The console works with no such repository; nothing was changed.',
    'Choose one of those in Settings, or connect it there.',
  ),
  NOTHING_TO_MOVE: misused(
    'Protection cannot be moved that way; nothing was changed.',
    'Name a site, or a connected repository that is not protected into yet.',
  ),
  SITE_UNKNOWN: failed('No site is known under that name; nothing was changed.', 'See `holdfast site list`.'),
  SITE_EXISTS: failed(
    'A site of that name, or with that repository, is known already; it was left as it is.',
    'Choose another name, or remove the old one with `holdfast site remove`; what it holds is kept.',
  ),
  SITE_IN_USE: failed(
    'The site was left as it is, so that nothing loses its copies unnoticed.',
    'Remove the rules that name it first: `holdfast sync rule list`, `holdfast sync rule remove <id>`.',
  ),
  SITE_DISABLED: failed(
    'Nothing is sent to the site while it is disabled; nothing was changed.',
    'Enable it: `holdfast site set <name> --set enabled=yes`.',
  ),
  SITE_REPLACED: failed(
    'At that place lies another repository than the one of the site; nothing was changed.',
    'Say where its repository is now, or remove the site and add it anew.',
  ),
  STANDBY_UNKNOWN: failed('There is no such standby; nothing was changed.', 'See `holdfast standby list`.'),
  STANDBY_EXISTS: failed(
    'A standby of that name is known already; it was left as it is.',
    'Choose another name, or remove the old one with `holdfast standby remove`; what lies in its target stays.',
  ),
  STANDBY_TARGET_TAKEN: failed(
    'A standby writes only where nothing else is; nothing was changed.',
    'Choose an empty folder, bucket or prefix.',
  ),
  STANDBY_UNCONFIRMED: failed(
    'Nothing is written to a target that nobody has confirmed on this machine.',
    'Look whether it is the right place, then: `holdfast standby confirm <name>`.',
  ),
  STANDBY_STOPPED: failed(
    'Nothing is brought over while something may be wrong with the source, so that the standby keeps what it has.',
    'Settle the alert (`holdfast alerts`) or end the incident first; then it goes on by itself.',
  ),
  STANDBY_INCOMPLETE: failed(
    'The new version is not whole, so the standby shows the one before.',
    'See the log of the job for what could not be brought over; it is tried again by itself.',
  ),
  SYNC_LOOP: failed(
    'Snapshots would come back to where they began; no rule was changed.',
    'Leave out one of the rules of the loop, or let them be of different sources.',
  ),
  SYNC_RULE_UNKNOWN: failed(
    'There is no such rule; nothing was changed.',
    'See `holdfast sync rule list`; the beginning of an id is enough.',
  ),
  SYNC_ITEM_UNKNOWN: failed(
    'The queue knows no such item, or it is over; nothing was changed.',
    'See `holdfast sync queue`.',
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
  NO_SECRET_STORE: misused(
    'What is secret could only be kept until the engine ends; nothing was changed.',
    'Set HOLDFAST_PASSPHRASE_FILE, for `holdfast serve` too; the desktop console has its keychain. A password may also go unremembered.',
  ),
  ALERT_UNKNOWN: failed('There is no such open alert; nothing was changed.', 'See `holdfast alerts`.'),
  ALERT_AMBIGUOUS: misused('More than one alert begins so; nothing was changed.', 'Give more of the id.'),
  ALERT_STANDS: failed(
    'What it says is still so; it was left open.',
    'Acknowledge or snooze it if you see to it; it ends by itself.',
  ),
  ROUTE_UNKNOWN: failed('Alerts are not told by such a route; nothing was changed.', 'See `holdfast routes`.'),
  ROUTE_EXISTS: failed(
    'A route has that name already; nothing was changed.',
    'Change that one, or choose another name.',
  ),
  ROUTE_INVALID: misused('Nothing could be told that way; nothing was changed.', 'Change what is named.'),
  REPORT_INVALID: misused('No such report can be made; nothing was changed.', 'Change what is named.'),
  SUBSCRIPTION_UNKNOWN: failed(
    'There is no such subscription; nothing was changed.',
    'See `holdfast subscription list`.',
  ),
  SUBSCRIPTION_EXISTS: failed(
    'A subscription has that name already; nothing was changed.',
    'Change that one, or choose another name.',
  ),
  SUBSCRIPTION_INVALID: misused('Nothing could be sent that way; nothing was changed.', 'Change what is named.'),
  CONSOLE_PASSIVE: failed(
    'Another console protects these sources now, so this one writes nothing into the repository and removes nothing from it. What is there can be restored.',
    'Leave it to that console; or take the sources back here, which makes that one stand aside: `holdfast recover --replace`.',
  ),
  PEER_UNKNOWN: failed('No other console of that name is watched; nothing was changed.', 'See `holdfast peers`.'),
  PEER_EXISTS: failed(
    'Another console of that name is watched already; nothing was changed.',
    'Choose another name, or remove that one first.',
  ),
  PEER_INVALID: misused('No other console could be watched that way; nothing was changed.', 'Change what is named.'),
  PEER_UNREACHABLE: failed(
    'The other console does not answer: nobody can tell from here how it stands there. Its own work is not affected.',
    'Check whether `holdfast serve` runs there, its address, and the network between.',
  ),
  PEER_REFUSED: failed(
    'The other console answers, and does not let this one do that; nothing was changed there.',
    'Make a token there that may (`holdfast token create`), and add the console here again with it.',
  ),
  PEER_STRANGE: failed(
    'What answers at that address cannot be understood as another console; nothing was changed.',
    'Check the address. If a Holdfast of another version is there, bring both to the same one.',
  ),
  PEERS_DAMAGED: failed(
    'Holdfast cannot read which other consoles it watches; they and all snapshots are not affected.',
    'Bring the file back from a copy, or remove it and add them again.',
  ),
  CERTIFICATE_WRONG: failed(
    'The server shows another certificate than the one that was agreed on: it may be another server. Nothing was sent to it.',
    'Compare the fingerprint with what is shown there. If the certificate was changed on purpose, enter the new fingerprint.',
  ),
  ROUTES_DAMAGED: failed(
    'Holdfast cannot read by which routes alerts are told, so nobody is told of them; snapshots are not affected.',
    'Bring the file back from a copy, or remove it and enter the routes again.',
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
  CANCELLED: failed(
    'It was stopped before its end; what was complete before is unharmed, and what a run had stored is reused.',
    'Run the command again.',
  ),
  INTERNAL: failed('Holdfast has a fault; the operation was stopped.', 'Run it again, and report it if it comes back.'),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorCatalog;

/** A failure in the form that travels through every door. */
export type ErrorReport = {
  readonly code: ErrorCode;
  /** What happened: one sentence, safe to show, without secrets. */
  readonly message: string;
  readonly meaning: string;
  readonly action: string;
};

/** A failure that has been understood: what happened is the message, the rest comes from the table. */
export class HoldfastError extends Error {
  override readonly name = 'HoldfastError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

const systemCodes: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'NO_SPACE',
  EDQUOT: 'NO_SPACE',
  EACCES: 'NO_PERMISSION',
  EPERM: 'NO_PERMISSION',
  EROFS: 'READ_ONLY',
  ABORT_ERR: 'CANCELLED',
};

/** The understood form of anything that was thrown: system errors are classified by `errno`, the rest is a fault of ours. */
export function toHoldfastError(error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error;
  if (!(error instanceof Error)) return new HoldfastError('INTERNAL', String(error), { cause: error });
  if (error.name === 'AbortError') return new HoldfastError('CANCELLED', 'The run was cancelled.', { cause: error });
  const systemCode = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (systemCode === undefined) return new HoldfastError('INTERNAL', error.message, { cause: error });
  const known = systemCodes[systemCode] ?? ('syscall' in error ? 'IO_ERROR' : 'INTERNAL');
  return new HoldfastError(known, error.message, { cause: error });
}

/** An understood failure may arrive as the cause of one that is not: that failure, else the error itself. */
export function innermostError(error: unknown): unknown {
  let current = error;
  for (let depth = 0; depth < 8 && !(current instanceof HoldfastError); depth += 1) {
    if (!(current instanceof Error) || current.cause === undefined || current.cause === null) return error;
    current = current.cause;
  }
  return current instanceof HoldfastError ? current : error;
}

/** Throws the understood form of the reason, CANCELLED unless the reason says otherwise, where the signal has fired. */
export function throwIfCancelled(signal: { readonly aborted: boolean; readonly reason: unknown } | undefined): void {
  if (signal?.aborted === true) throw toHoldfastError(signal.reason);
}

export function reportError(error: unknown): ErrorReport {
  const { code, message } = toHoldfastError(error);
  const { meaning, action } = errorCatalog[code];
  return { code, message, meaning, action };
}
