/** GitHub Apps: who they are by the key they sign with (RS256), where they are installed, and the tokens they are given. */
import { createPublicKey, generateKeyPairSync, randomBytes, verify, type KeyObject } from 'node:crypto';
import { type Access, type Level, type Token } from './access.ts';
import { type AddedApp, type AppOptions } from './options.ts';
import { type Repository } from './repository.ts';
import { type Owner, type World } from './world.ts';

export type App = { readonly id: number; readonly slug: string; readonly publicKey: KeyObject };

export type Installation = {
  readonly id: number;
  readonly app: App;
  readonly owner: Owner;
  /** Null: all of the owner's, also those that come. */
  readonly repositoryIds: ReadonlySet<number> | null;
  readonly permissions: Readonly<Record<string, 'read' | 'write'>>;
  readonly tokenLifetimeMs: number;
};

const hourMs = 3_600_000;
const longestJwtSeconds = 10 * 60;
/** How far a clock may be off. */
const leewaySeconds = 60;

const readsAll = {
  metadata: 'read',
  contents: 'read',
  issues: 'read',
  pull_requests: 'read',
  administration: 'read',
} as const;

export class Apps {
  readonly #world: World;
  readonly #apps = new Map<number, App>();
  readonly #installations = new Map<number, Installation>();

  constructor(world: World) {
    this.#world = world;
  }

  add(owner: Owner, options: AppOptions): AddedApp {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    });
    const id = this.#world.nextId();
    const app: App = { id, slug: `app-${id}`, publicKey: createPublicKey(publicKey) };
    const { repositories = 'all', permissions = readsAll, tokenLifetimeMs = hourMs } = options;
    const repositoryIds = repositories === 'all' ? null : new Set(repositories.map((name) => idOf(owner, name)));
    const installation: Installation = {
      id: this.#world.nextId(),
      app,
      owner,
      repositoryIds,
      permissions: { metadata: 'read', ...permissions },
      tokenLifetimeMs,
    };
    this.#apps.set(app.id, app);
    this.#installations.set(installation.id, installation);
    return { appId: app.id, installationId: installation.id, privateKeyPem: privateKey };
  }

  /** The app that has signed the token, if any has and the token is not over. */
  signer(jwt: string): App | null {
    const [head = '', claims = '', signature = ''] = jwt.split('.');
    const { alg } = partOf(head);
    const { iss, iat, exp } = partOf(claims);
    const app = this.#apps.get(Number(iss));
    if (app === undefined || alg !== 'RS256' || typeof iat !== 'number' || typeof exp !== 'number') return null;
    const nowSeconds = Date.now() / 1000;
    const isInTime =
      iat <= nowSeconds + leewaySeconds && exp > nowSeconds && exp - iat <= longestJwtSeconds + leewaySeconds;
    const isTrue = verify(
      'RSA-SHA256',
      Buffer.from(`${head}.${claims}`),
      app.publicKey,
      Buffer.from(signature, 'base64url'),
    );
    return isInTime && isTrue ? app : null;
  }

  installations(app: App): Installation[] {
    return [...this.#installations.values()].filter((one) => one.app === app);
  }

  installation(app: App, id: number): Installation | undefined {
    const found = this.#installations.get(id);
    return found?.app === app ? found : undefined;
  }
}

/** `repositoryIds`: fewer than the installation's; null for all of them. */
export function addInstallationToken(
  access: Access,
  installation: Installation,
  repositoryIds: ReadonlySet<number> | null,
  permissions: Installation['permissions'],
): Token & { readonly expiresAt: string } {
  const token = {
    text: `ghs_${randomBytes(18).toString('hex')}`,
    kind: 'installation' as const,
    login: `${installation.app.slug}[bot]`,
    expiresAt: new Date(Date.now() + installation.tokenLifetimeMs).toISOString(),
    app: null,
    installation,
    covers: (repository: Repository): boolean =>
      isInstalledIn(installation, repository) && (repositoryIds === null || repositoryIds.has(repository.id)),
    level: (permission: string): Level => permissions[permission] ?? 'none',
  };
  access.add(token);
  return token;
}

export function isInstalledIn({ owner, repositoryIds }: Installation, repository: Repository): boolean {
  return repository.owner === owner && (repositoryIds === null || repositoryIds.has(repository.id));
}

function idOf(owner: Owner, name: string): number {
  const found = owner.repositories.find((repository) => repository.name.toLowerCase() === name.toLowerCase());
  if (found === undefined) throw new Error(`there is no repository ${owner.login}/${name}`);
  return found.id;
}

function partOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const part: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return typeof part === 'object' && part !== null ? (part as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
