/** What stands in the way of bringing something back: targets, restore runs, plans, drills, evidence. */
import { failed, misused, type ErrorEntry } from './entry.ts';

export const recoveryErrors = {
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
  VERIFY_FAILED: failed(
    'What lies on the disk now is not what the snapshot holds.',
    'Check the disk restored to, then restore the named files again.',
  ),
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
  CLONE_UNKNOWN: failed('There is no such clone; nothing was changed.', 'See `holdfast clone list`.'),
  CLONE_PLACE_TAKEN: misused(
    'A clone is made only where nothing is yet, so that nothing but itself is ever removed; nothing was changed.',
    'Choose a folder, or a prefix of a bucket, that is not there yet.',
  ),
  CLONE_CHANGED: failed(
    'Somebody has worked in the clone since it was made, and that would be lost; nothing was removed.',
    'Take what is of use out of it, or keep it for good (`holdfast clone keep <id>`), or remove it with all that is in it: `holdfast clone remove <id> --with-changes`.',
  ),
  CLONE_MISSING: failed(
    'The clone is not where it was made, so nothing was changed.',
    'Mount its disk or put it back. If it is gone for good, `holdfast clone remove <id>` takes it out of the list.',
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
} as const satisfies Record<string, ErrorEntry>;
