/** Sends a letter of reports by a route: with its files as mail, as documents to programs, and in words to chats. */
import type { RouteSecrets } from '../../../../shared/contract/routes.ts';
import type { Recipient } from '../../../../shared/model/subscriptions.ts';
import type { ConsoleFacts } from '../messages.ts';
import type { RouteRow } from '../route-file.ts';
import type { Outcome } from '../senders/http.ts';
import { sendMail } from '../senders/mail.ts';
import { sendJson, sendMessage } from '../senders/webhook.ts';
import type { Letter, LetterContent } from './letter.ts';

export type Posting = {
  /** Stays the same when it is sent again. */
  readonly id: string;
  readonly to: Recipient;
  readonly route: RouteRow;
  readonly secrets: RouteSecrets;
  readonly console: ConsoleFacts;
  readonly content: LetterContent;
  readonly letter: Letter;
  readonly signal: AbortSignal;
};

/** Servers of mail take no more, and most of them less. */
const mostBytes = 20 * 1024 * 1024;

export async function post(posting: Posting): Promise<Outcome> {
  const { id, to, route, secrets, console, content, letter, signal } = posting;
  const { definition } = route;
  const { target } = definition;
  if (target.kind === 'mail') {
    if (letter.bytes > mostBytes) return never(`Its files have more than ${mostBytes / 1024 ** 2} MiB together.`);
    const own = to.kind === 'mail' ? { ...target, to: [to.address] } : target;
    return sendMail({
      definition,
      target: own,
      secrets,
      console,
      message: letter.message,
      id,
      signal,
      files: letter.files,
    });
  }
  if (to.kind === 'mail') return never(`The route ${definition.name} sends no mail.`);
  if (target.kind !== 'webhook') return never(`The route ${definition.name} takes no reports.`);
  const envelope = { definition, target, secrets, signal };
  if (target.format !== 'json') return sendMessage(envelope, id, letter.message);
  const { hostname, tenant } = console;
  const { names, kind, documents } = content;
  return sendJson(envelope, id, {
    version: 1,
    kind: 'reports',
    isTest: kind === 'test',
    subscriptions: names,
    reports: documents.map(({ document }) => document),
    console: { hostname, tenant },
  });
}

function never(problem: string): Outcome {
  return { problem, mayPass: false, afterMs: null };
}
