/** Which requests are looked at at all: sent under a name of this door, and by no foreign page. */
import type { IncomingHttpHeaders } from 'node:http';
import { ownOrigin, type DoorAddress } from './address.ts';

export type GuardedRequest = {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** Whether a page may be opened at that address from elsewhere, as by a bookmark or a link in a mail. */
  readonly isPage: boolean;
};

/** Why the request is refused; null where it is not. */
export function refusalOf({ method, headers, isPage }: GuardedRequest, address: DoorAddress): string | null {
  const own = ownOrigin(address, headers.host);
  if (own === null) return 'It was sent under a name that is none of this engine.';
  if (headers.origin !== undefined && headers.origin !== own) return 'It comes from a foreign page.';
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return null;
  const isOpened = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return method === 'GET' && isPage && isOpened ? null : 'It comes from a foreign page.';
}

/** With a cookie a browser says who asks whatever page made it ask: what changes anything must name its origin too. */
export function isFromOwnPage({ method, headers }: Omit<GuardedRequest, 'isPage'>): boolean {
  return method === 'GET' || method === 'HEAD' || headers.origin !== undefined;
}
