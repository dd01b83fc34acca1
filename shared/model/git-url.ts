/** Addresses of Git repositories: which may be asked for, and where a repository lies in a snapshot. */

type Parts = { readonly scheme: 'https' | 'http' | 'ssh'; readonly host: string; readonly path: string };

/** https, http and ssh, the last also as `user@host:path`. No local path, no helper, no option, no password. */
export function isGitUrl(text: string): boolean {
  return partsOf(text) !== null;
}

/** Scheme, host and port with a slash at the end: all that a secret is sent to. Null for ssh. */
export function accessBaseOf(text: string): string | null {
  const parts = partsOf(text);
  if (parts === null || parts.scheme === 'ssh') return null;
  return `${parts.scheme}://${parts.host.toLowerCase()}/`;
}

/** Such as `example.org/team/tool.git`: each part a plain name. Null for what is no address. */
export function pathInSnapshot(text: string): string | null {
  const parts = partsOf(text);
  if (parts === null) return null;
  const names = parts.path
    .replace(/\.git$/, '')
    .split('/')
    .map(plainName);
  return [plainName(parts.host), ...names].join('/') + '.git';
}

const scpLike = /^[A-Za-z0-9_][A-Za-z0-9._-]*@([A-Za-z0-9][A-Za-z0-9.-]*):(?!\/\/)(.+)$/;
/** No password, no query, no fragment. */
const addressPattern =
  /^(https?|ssh):\/\/(?:([A-Za-z0-9_][A-Za-z0-9._-]*)@)?((?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?)\/([^?#]+)$/;
const maximumLength = 2_000;

function partsOf(text: string): Parts | null {
  // eslint-disable-next-line no-control-regex
  if (text.length > maximumLength || /[\s\x00-\x1f\x7f\\]/.test(text)) return null;
  const scp = scpLike.exec(text);
  if (scp !== null) return withPath('ssh', scp[1] ?? '', scp[2] ?? '');
  const [, scheme, user, host = '', path = ''] = addressPattern.exec(text) ?? [];
  if (scheme === undefined) return null;
  // A name in a web address is a token more often than a name.
  if (user !== undefined && scheme !== 'ssh') return null;
  return withPath(scheme as Parts['scheme'], host, path);
}

function withPath(scheme: Parts['scheme'], host: string, path: string): Parts | null {
  const plain = path.replace(/^\/+|\/+$/g, '');
  const names = plain.split('/');
  if (host === '' || names.some((name) => name === '' || name === '.' || name === '..' || name.startsWith('-')))
    return null;
  return { scheme, host, path: plain };
}

/** Letters, digits and a few signs; all else becomes a hyphen. */
function plainName(name: string): string {
  return name.toLowerCase() === '.git' ? '-git' : name.replace(/[^A-Za-z0-9._~+-]/g, '-').slice(0, 200);
}
