/** Which handler answers a REST call, and whether the one who asks may have the answer. */
import { type IncomingMessage } from 'node:http';
import { levelOf, sees, type Access, type Viewer } from '../access.ts';
import { readBody } from '../../body.ts';
import { type RateLimit } from '../rate-limit.ts';
import { type Found, type World } from '../world.ts';
import { accountRoutes } from './accounts.ts';
import { needsAuthentication, notAccessible, notFound, Refusal, type Answer } from './answer.ts';
import { appRoutes, repositoryAppRoutes } from './apps.ts';
import { type Call, type RepositoryCall, type Route } from './call.ts';
import { issueRoutes } from './issues.ts';
import { newRepositoryRoutes } from './new-repositories.ts';
import { releaseRoutes } from './releases.ts';
import { repositoryRoutes } from './repositories.ts';

const bodyBytes = 1024 * 1024;

const routes: readonly Route[] = [...accountRoutes, ...newRepositoryRoutes, ...appRoutes];
const routesInRepository = [...repositoryRoutes, ...issueRoutes, ...releaseRoutes, ...repositoryAppRoutes];

export type Asked = {
  readonly world: World;
  readonly access: Access;
  readonly rateLimit: RateLimit;
  readonly viewer: Viewer;
  readonly request: IncomingMessage;
  /** Below the address of the API, or of uploads. */
  readonly path: string;
  readonly isUpload: boolean;
  readonly query: URLSearchParams;
};

/** Throws a `Refusal`. */
export async function answerOf(asked: Asked): Promise<Answer> {
  const segments = segmentsOf(asked.path);
  const found = repositoryIn(asked, segments);
  if (found === null) {
    const { route, parameters } = match(routes, asked, segments);
    return route.answer(await callOf(asked, route, parameters));
  }
  const { repository, moved, rest } = found;
  if (!sees(asked.viewer, repository)) throw notFound();
  if (repository.blocked !== null) throw blocked(repository.blocked);
  if (moved) return movedTo(asked, repository.id, rest);
  const { route, parameters } = match(routesInRepository, asked, rest);
  const call: RepositoryCall = { ...(await callOf(asked, route, parameters)), repository };
  if (route.needs !== undefined) demand(call, route.needs);
  return route.answer(call);
}

async function callOf<Of extends Call>(
  { world, access, rateLimit, viewer, request, query }: Asked,
  route: Route<Of>,
  parameters: Call['parameters'],
): Promise<Call> {
  const accept = request.headers.accept ?? '';
  const body = route.method === 'GET' || route.isUpload === true ? undefined : await jsonOf(request);
  return { world, access, rateLimit, viewer, request, query, accept, parameters, body };
}

/** Null: it is about no repository. Throws for one that is not there. */
function repositoryIn({ world }: Asked, segments: readonly string[]): (Found & { readonly rest: string[] }) | null {
  const [first, second = '', third = ''] = segments;
  if (first === 'repositories' && segments.length > 1) {
    const repository = world.repositoryById(Number(second));
    if (repository === undefined) throw notFound();
    return { repository, moved: false, rest: segments.slice(2) };
  }
  if (first !== 'repos' || segments.length < 3) return null;
  const found = world.find(second, third);
  if (found === null) throw notFound();
  return { ...found, rest: segments.slice(3) };
}

function segmentsOf(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  try {
    return parts.map((part) => decodeURIComponent(part));
  } catch {
    throw notFound();
  }
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  const text = (await readBody(request, bodyBytes)).toString('utf8');
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, 'Problems parsing JSON');
  }
}

function match<Of extends Call>(
  candidates: readonly Route<Of>[],
  { request, isUpload }: Asked,
  segments: readonly string[],
): { readonly route: Route<Of>; readonly parameters: Record<string, string> } {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  for (const route of candidates) {
    const wanted = route.pattern === '' ? [] : route.pattern.split('/');
    if (route.method !== method || (route.isUpload ?? false) !== isUpload) continue;
    if (wanted.length !== segments.length) continue;
    if (!wanted.every((part, at) => part.startsWith(':') || part === segments[at])) continue;
    const named = wanted.flatMap((part, at) => (part.startsWith(':') ? [[part.slice(1), segments[at] ?? '']] : []));
    return { route, parameters: Object.fromEntries(named) as Record<string, string> };
  }
  throw notFound();
}

/** Throws unless the viewer has one of the permissions. */
function demand({ viewer, repository }: RepositoryCall, needs: string): void {
  const isGranted = needs.split('; ').some((one) => {
    const [permission = '', wanted = 'read'] = one.split('=');
    const level = levelOf(viewer, repository, permission);
    return level === 'write' || (level === 'read' && wanted === 'read');
  });
  if (isGranted) return;
  throw viewer === null ? needsAuthentication() : notAccessible(viewer, needs);
}

function blocked(reason: string): Refusal {
  const block = {
    reason,
    created_at: '2026-01-01T00:00:00Z',
    html_url: reason === 'dmca' ? 'https://github.com/github/dmca' : null,
  };
  return new Refusal(reason === 'dmca' ? 451 : 403, 'Repository access blocked', { body: { block } });
}

/** A repository that was renamed is asked for by its number, with the rest as it was. */
function movedTo({ world, request, query }: Asked, id: number, rest: readonly string[]): Answer {
  const path = ['', ...rest.map((part) => encodeURIComponent(part))].join('/');
  const search = query.size === 0 ? '' : `?${query.toString()}`;
  const location = `${world.api}/repositories/${id}${path}${search}`;
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const refusal = new Refusal(isRead ? 301 : 307, 'Moved Permanently', {
    body: { url: location },
    headers: { location },
  });
  return refusal.answer;
}
