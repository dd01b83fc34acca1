/** Whether a route could ever tell anybody anything, and would keep its secrets to itself. */
import type { RouteDefinition, RouteSecrets } from '../../../shared/contract/routes.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';

/** `secrets` are all that it will have. ROUTE_INVALID. */
export function checkRoute({ target }: RouteDefinition, secrets: RouteSecrets): void {
  const problem =
    target.kind === 'mail'
      ? mailProblem(target, secrets)
      : target.kind === 'webhook'
        ? webhookProblem(target, secrets)
        : target.kind === 'healthCheck'
          ? addressProblem(secrets)
          : null;
  if (problem !== null) throw new HoldfastError('ROUTE_INVALID', problem);
}

type Target<Kind> = Extract<RouteDefinition['target'], { kind: Kind }>;

function mailProblem({ host, security, user }: Target<'mail'>, { password }: RouteSecrets): string | null {
  if ((user === null) !== (password === undefined)) return 'A mail account has a user and a password, or neither.';
  if (security === 'none' && user !== null && !isLoopback(host))
    return `Without TLS the password would travel to ${host} for everybody to read.`;
  return null;
}

function webhookProblem(target: Target<'webhook'>, secrets: RouteSecrets): string | null {
  const { authentication, user, format } = target;
  if (authentication === 'none' && secrets.password !== undefined)
    return 'A password or token needs the authentication it is for: basic or bearer.';
  if (authentication !== 'none' && secrets.password === undefined)
    return authentication === 'basic'
      ? 'Basic authentication needs a password.'
      : 'Bearer authentication needs a token.';
  if ((authentication === 'basic') !== (user !== null)) return 'Basic authentication, and no other, has a user.';
  if (format === 'ntfy' && secrets.url !== undefined && topicOf(secrets.url) === null)
    return 'An address of ntfy ends in the topic, such as https://ntfy.sh/my-topic.';
  return addressProblem(secrets);
}

function addressProblem({ url }: RouteSecrets): string | null {
  if (url === undefined) return 'The address to call is missing.';
  const { username, password } = new URL(url);
  return username === '' && password === ''
    ? null
    : 'User and password do not stand in the address: they are of their own.';
}

/** The last part of the path, and the address without it; null where there is none. */
export function topicOf(url: string): { readonly base: string; readonly topic: string } | null {
  const { origin, pathname } = new URL(url);
  const at = pathname.replace(/\/$/, '').lastIndexOf('/');
  const topic = decodeURIComponent(pathname.replace(/\/$/, '').slice(at + 1));
  return topic === '' ? null : { base: `${origin}${pathname.slice(0, at + 1)}`, topic };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
