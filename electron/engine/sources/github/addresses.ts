/** Which hosts belong to a GitHub, told from the address of its API alone: what it says of itself is not believed. */
import { HoldfastError } from '../../../../shared/model/errors.ts';

export type GitHubAddresses = {
  /** Without a slash at its end. */
  readonly api: string;
  /** Where repositories are cloned from: `${web}/${owner}/${name}.git`. Without a slash at its end. */
  readonly web: string;
  /** Where assets of releases are sent to; without a slash at its end. */
  readonly uploads: string;
};

/** GITHUB_ANSWER_INVALID for an address that is none, or that would send a credential across a network in the clear. */
export function addressesOf(given: string): GitHubAddresses {
  const url = parse(given);
  const { origin, hostname } = url;
  const api = `${origin}${url.pathname.replace(/\/+$/, '')}`;
  if (hostname === 'api.github.com') {
    return { api, web: 'https://github.com', uploads: 'https://uploads.github.com' };
  }
  const tenant = /^api\.([a-z0-9-]+\.ghe\.com)$/.exec(hostname)?.[1];
  if (tenant !== undefined) return { api, web: `https://${tenant}`, uploads: `https://uploads.${tenant}` };
  return { api, web: origin, uploads: `${origin}/api/uploads` };
}

/** Whether a request may be led there to fetch a file, without the credential. */
export function servesFilesOf({ api }: GitHubAddresses, target: URL): boolean {
  const base = new URL(api);
  if (target.origin === base.origin) return true;
  if (target.protocol !== base.protocol || target.port !== base.port) return false;
  const isHosted = base.hostname === 'api.github.com' || base.hostname.endsWith('.ghe.com');
  const below = isHosted ? 'githubusercontent.com' : base.hostname;
  return target.hostname.endsWith(`.${below}`);
}

function parse(given: string): URL {
  const url = URL.canParse(given) ? new URL(given) : null;
  const isPlain = url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url === null || !isPlain || !isSafe) {
    throw new HoldfastError('GITHUB_ANSWER_INVALID', 'The address of the API is not one that starts with https://.');
  }
  return url;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
