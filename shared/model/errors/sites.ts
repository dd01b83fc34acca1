/** What concerns other places: sites, sync, the site that this home is, leases and failover. */
import { failed, misused, type ErrorEntry } from './entry.ts';

export const sitesErrors = {
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
  CONSOLE_PASSIVE: failed(
    'Another console protects these sources now, so this one writes nothing into the repository and removes nothing from it. What is there can be restored.',
    'Leave it to that console; or take the sources back here, which makes that one stand aside: `holdfast recover --replace`.',
  ),
} as const satisfies Record<string, ErrorEntry>;
