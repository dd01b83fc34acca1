/** Who asks, and what they may: tokens as GitHub hands them out, and the headers they come in. */
import { randomBytes } from 'node:crypto';
import { Apps, isInstalledIn, type App, type Installation } from './apps.ts';
import { type TokenOptions } from './options.ts';
import { type Repository } from './repository.ts';
import { type World } from './world.ts';

export type Level = 'none' | 'read' | 'write';

export type Token = {
  readonly text: string;
  /** `app`: signed by the app itself, which may only ask for tokens of its installations. */
  readonly kind: 'classic' | 'fine-grained' | 'installation' | 'app';
  /** Whose it is; the name of the app for an installation. */
  readonly login: string;
  readonly expiresAt: string | null;
  readonly app: App | null;
  readonly installation: Installation | null;
  covers(repository: Repository): boolean;
  /** How far it goes with `contents`, `issues`, `administration`, … */
  level(permission: string): Level;
};

/** Null: nobody in particular, who sees what is public. */
export type Viewer = Token | null;

export class Access {
  readonly apps: Apps;
  readonly #world: World;
  readonly #tokens = new Map<string, Token>();

  constructor(world: World) {
    this.#world = world;
    this.apps = new Apps(world);
  }

  addToken(options: TokenOptions): string {
    const { scopes = 'write', repositories = 'all', missingPermissions = [], login = 'operator' } = options;
    if (this.#world.owner(login) === undefined) this.#world.createOwner(login, 'user');
    const isClassic = scopes === 'write' && repositories === 'all' && missingPermissions.length === 0;
    const covered = repositories === 'all' ? null : new Set(repositories.map((name) => this.#idOf(name)));
    return this.add({
      text: `${isClassic ? 'ghp_' : 'github_pat_'}${randomBytes(18).toString('hex')}`,
      kind: isClassic ? 'classic' : 'fine-grained',
      login,
      expiresAt: options.expiresAt ?? null,
      app: null,
      installation: null,
      covers: ({ id }) => covered === null || covered.has(id),
      level: (permission) => {
        if (missingPermissions.includes(permission)) return 'none';
        return missingPermissions.includes(`${permission}=write`) ? 'read' : scopes;
      },
    });
  }

  revoke(text: string): void {
    this.#tokens.delete(text);
  }

  add(token: Token): string {
    this.#tokens.set(token.text, token);
    return token.text;
  }

  /** `bad`: what was shown is no token, or one that has expired. Any user name goes with a token. */
  viewer(authorization: string | undefined): Viewer | 'bad' {
    if (authorization === undefined) return null;
    const text = tokenIn(authorization);
    const token = text === null ? undefined : (this.#tokens.get(text) ?? this.#appOf(text));
    if (token === undefined) return 'bad';
    return token.expiresAt !== null && Date.parse(token.expiresAt) <= Date.now() ? 'bad' : token;
  }

  #appOf(jwt: string): Token | undefined {
    const app = jwt.split('.').length === 3 ? this.apps.signer(jwt) : null;
    if (app === null) return undefined;
    return {
      text: jwt,
      kind: 'app',
      login: app.slug,
      expiresAt: null,
      app,
      installation: null,
      covers: (repository) => this.apps.installations(app).some((one) => isInstalledIn(one, repository)),
      level: () => 'none',
    };
  }

  #idOf(fullName: string): number {
    const [owner = '', name = ''] = fullName.split('/');
    const found = this.#world.find(owner, name);
    if (found === null) throw new Error(`there is no repository ${fullName}`);
    return found.repository.id;
  }
}

export function sees(viewer: Viewer, repository: Repository): boolean {
  return !repository.isPrivate || (viewer?.covers(repository) ?? false);
}

/** How far somebody goes with a repository: everybody reads what is public. */
export function levelOf(viewer: Viewer, repository: Repository, permission: string): Level {
  if (viewer?.covers(repository) === true) return viewer.level(permission);
  return repository.isPrivate ? 'none' : 'read';
}

function tokenIn(authorization: string): string | null {
  const [, scheme = '', rest = ''] = /^(\S+) +(\S+)$/.exec(authorization) ?? [];
  if (/^(?:token|bearer)$/i.test(scheme)) return rest;
  if (!/^basic$/i.test(scheme)) return null;
  const pair = Buffer.from(rest, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  const [user, password] = [pair.slice(0, colon), pair.slice(colon + 1)];
  return password === '' || password === 'x-oauth-basic' ? user : password;
}
