/**
 * Addresses of Git repositories: which are taken, whom a secret may be sent to, and where the mirror of one lies. Only
 * what reaches a server counts: Git itself would take local paths, and addresses that run programs.
 */

type GitUrl = {
  readonly scheme: 'https' | 'http' | 'ssh';
  /** In small letters, with the port where one is named; an IPv6 address in its brackets. */
  readonly host: string;
  /** Without slashes at either end. */
  readonly path: string;
};

const longest = 2_000;
const host = String.raw`(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?|\[[0-9A-Fa-f:.]+\])`;
const user = String.raw`[A-Za-z0-9_][A-Za-z0-9._-]*`;
/** Printable, and nothing that a query, a fragment or a shell would begin with. */
const path = String.raw`[^\s\u0000-\u0020\u007f-\u00a0\u2028\u2029?#\\]+`;
const whole = new RegExp(String.raw`^(https?|ssh)://(?:(${user})@)?(${host}(?::\d{1,5})?)/+(${path})$`, 'i');
/** As scp takes it: `git@example.org:team/tools.git`. */
const short = new RegExp(String.raw`^(?:(${user})@)(${host}):(?!:)(${path})$`);

/** `https://`, `http://`, `ssh://` or `user@host:path`, without a password, a query or anything that leads out of it. */
export function isGitUrl(url: string): boolean {
  return parseGitUrl(url) !== null;
}

/** Scheme, host and port with a slash at the end: what a secret for this address is sent to. Null for ssh, which has keys. */
export function accessBaseOf(url: string): string | null {
  const parsed = parseGitUrl(url);
  return parsed === null || parsed.scheme === 'ssh' ? null : `${parsed.scheme}://${parsed.host}/`;
}

/** `example.org/team/tools.git`: parts of letters, digits and `._-%` alone, never equal for two hosts or paths. Null where it is no address. */
export function pathInSnapshot(url: string): string | null {
  const parsed = parseGitUrl(url);
  if (parsed === null) return null;
  const parts = [parsed.host, ...parsed.path.replace(/\.git$/, '').split('/')];
  const safe = parts.map((part, index) => safePart(part, index === parts.length - 1));
  return safe.some((part) => part.length > longestPart) ? null : `${safe.join('/')}.git`;
}

const longestPart = 200;

function parseGitUrl(url: string): GitUrl | null {
  if (url.length > longest || !url.isWellFormed()) return null;
  const long = whole.exec(url);
  if (long !== null) {
    const [, scheme = '', name, at = '', rest = ''] = long;
    // Git would send a name as the beginning of a sign-in, and many a token is written there.
    if (name !== undefined && scheme.toLowerCase() !== 'ssh') return null;
    return accepted(scheme.toLowerCase() as GitUrl['scheme'], at, rest);
  }
  const [, , at = '', rest = ''] = short.exec(url) ?? [];
  return at === '' ? null : accepted('ssh', at, rest);
}

function accepted(scheme: GitUrl['scheme'], at: string, rest: string): GitUrl | null {
  const trimmed = rest.replace(/^\/+|\/+$/g, '').replace(/\/{2,}/g, '/');
  const parts = trimmed.split('/');
  const leadsOut = parts.some((part) => part === '' || part === '.' || part === '..' || part.startsWith('-'));
  if (leadsOut || trimmed === '.git') return null;
  return { scheme, host: at.toLowerCase(), path: trimmed };
}

/** Whatever could hide a part, end it early, or make it look like a mirror with others inside is written in hexadecimal. */
function safePart(part: string, isLast: boolean): string {
  const plain = encodeURIComponent(part).replace(/[!'()*~]/g, (character) => hexadecimal(character));
  const visible = plain.replace(/^\.|\.$/g, hexadecimal('.'));
  return isLast ? visible : visible.replace(/\.(?=(?:git|meta)$)/i, hexadecimal('.'));
}

function hexadecimal(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
