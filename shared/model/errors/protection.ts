/** What keeps a source from being protected, and a snapshot from being kept or removed. */
import { failed, misused, type ErrorEntry } from './entry.ts';

export const protectionErrors = {
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
  HOOK_FAILED: failed(
    'The source asks for its commands to go well before anything is captured; nothing was stored.',
    'See the log of the job. To take a snapshot without them, use --no-hooks.',
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
} as const satisfies Record<string, ErrorEntry>;
