/** What AWS refuses or does not know, and what is wrong with how it is asked. */
import { failed, misused, type ErrorEntry } from './entry.ts';

export const awsErrors = {
  S3_ARCHIVED: failed(
    'The object is archived in S3, where nobody can read it as it is; what was read of it before is kept.',
    'Bring it back for some days (`holdfast aws restore objects s3://bucket/prefix --thaw Standard`; of a repository, `holdfast scrub --thaw Standard`), then run again. Where another repository has the same, connect it: it is read from there.',
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
} as const satisfies Record<string, ErrorEntry>;
