/** What the engine itself, its home, its catalog and its configuration may meet. */
import { failed, misused, type ErrorEntry } from './entry.ts';

export const engineErrors = {
  WRONG_RUNTIME: failed('This version of Node.js cannot run Holdfast.', 'Start it with `npm run -s holdfast --`.'),
  BAD_USAGE: misused('The command was not started; nothing was changed.', 'See `holdfast --help`.'),
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
  KIT_UNREADABLE: misused(
    'No recovery kit could be read from that; nothing was changed.',
    'Choose the file that ends in .holdfast-kit. A kit on paper names the same place: enter that by hand.',
  ),
  CREDENTIAL_NOT_FOUND: failed('There is no such credential; nothing was changed.', 'See `holdfast credential list`.'),
  NO_SECRET_STORE: misused(
    'What is secret could only be kept until the engine ends; nothing was changed.',
    'Set HOLDFAST_PASSPHRASE_FILE, for `holdfast serve` too; the desktop console has its keychain. A password may also go unremembered.',
  ),
  CANCELLED: failed(
    'It was stopped before its end; what was complete before is unharmed, and what a run had stored is reused.',
    'Run the command again.',
  ),
  INTERNAL: failed('Holdfast has a fault; the operation was stopped.', 'Run it again, and report it if it comes back.'),
} as const satisfies Record<string, ErrorEntry>;
