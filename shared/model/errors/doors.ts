/** What is said at the doors: who may ask, for whom, how requests have to be, and where the console listens. */
import { failed, misused, type ErrorEntry } from './entry.ts';

export const doorsErrors = {
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
  TOKEN_EXISTS: failed(
    'A token of that name is there already; it was left as it is.',
    'Choose another name, or revoke the old one with `holdfast token revoke`.',
  ),
  TOKEN_NOT_FOUND: failed('There is no such token; nothing was changed.', 'See `holdfast token list`.'),
} as const satisfies Record<string, ErrorEntry>;
