/** Alerts before what a source is reached with ends: a token, a session of AWS, a key that gets old. */
import { about, timeText } from './alert-words.ts';
import type { Condition } from './alerts.ts';
import type { Judged, SourceFacts } from './source-alerts.ts';

/** Before it is urgent, and again when it is. */
const expirySoonMs = 14 * 24 * 3_600_000;
const expiryUrgentMs = 3 * 24 * 3_600_000;

export function credentialExpires(source: SourceFacts, { nowMs, zone }: Judged): Condition | null {
  const { name, findings } = source;
  const { expiresAtMs } = findings;
  if (expiresAtMs === null || expiresAtMs - nowMs > expirySoonMs) return null;
  const isOver = expiresAtMs <= nowMs;
  return {
    ...about(source, 'credential-expires', expiresAtMs - nowMs <= expiryUrgentMs ? 'error' : 'warning'),
    title: isOver ? `The credential of ${name} has expired` : `The credential of ${name} will expire`,
    detail: `It ${isOver ? 'ended' : 'ends'} ${timeText(expiresAtMs, zone)}; nothing can be fetched with it after that.`,
    todo: `Make a new one, and give it: holdfast source set "${name}" --secret token=env:NAME.`,
  };
}

export function accountEnds(source: SourceFacts, { nowMs, zone }: Judged): Condition | null {
  const { awsAccount: account, name } = source;
  if (account === undefined || account.atMs - nowMs > expirySoonMs) return null;
  const isOver = account.atMs <= nowMs;
  const at = timeText(account.atMs, zone);
  const todo = `Give it a new one: holdfast aws account set "${account.name}" --secret secret-access-key=env:NAME, or sign in anew.`;
  if (!account.ends)
    return {
      ...about(source, 'credential-expires', 'warning'),
      title: `The secret of the AWS account of ${name} ${isOver ? 'is older than it may get' : 'will soon be too old'}`,
      detail: `That of ${account.name} ${isOver ? 'was' : 'is'} to be exchanged by ${at}; it goes on working until somebody ends it.`,
      todo,
    };
  return {
    ...about(source, 'credential-expires', account.atMs - nowMs <= expiryUrgentMs ? 'error' : 'warning'),
    title: isOver ? `The AWS account of ${name} has expired` : `The AWS account of ${name} will expire`,
    detail: `What ${account.name} is signed in with ${isOver ? 'ended' : 'ends'} ${at}; nothing can be protected with it after that.`,
    todo,
  };
}
