/** Who there is in a sandboxed AWS: users with keys, roles that can be taken on, sessions that end; and what they may. */
import { randomBytes } from 'node:crypto';
import { type SandboxClock } from '../clock.ts';
import { type RoleOptions, type UserOptions } from '../options.ts';
import { Refusal } from '../service.ts';
import { type Policy } from './policies.ts';

export type Identity = {
  /** Twelve digits. */
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
  readonly policy: Policy;
  readonly mfa: UserOptions['mfa'] | null;
};

export type Keys = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
};

export type Credential = Keys & {
  readonly identity: Identity;
  readonly session: { readonly token: string; readonly expiresMs: number } | null;
};

type Role = { readonly name: string; readonly account: string; readonly options: RoleOptions };

export type Wish = {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly externalId: string | null;
  readonly serialNumber: string | null;
  readonly tokenCode: string | null;
  readonly durationMs: number;
};

export class Identities {
  readonly #clock: SandboxClock;
  readonly #credentials = new Map<string, Credential>();
  readonly #roles = new Map<string, Role>();

  constructor(clock: SandboxClock) {
    this.#clock = clock;
  }

  addUser(account: string, name: string, { policy = { allow: ['*'] }, mfa }: UserOptions): Keys {
    const identity: Identity = {
      account,
      arn: `arn:aws:iam::${account}:user/${name}`,
      userId: uniqueId('AIDA'),
      policy,
      mfa: mfa ?? null,
    };
    return this.#issue(identity, 'AKIA', null);
  }

  /** Its ARN. */
  addRole(account: string, name: string, options: RoleOptions): string {
    const arn = `arn:aws:iam::${account}:role/${name}`;
    this.#roles.set(arn, { name, account, options });
    return arn;
  }

  credential(accessKeyId: string): Credential | undefined {
    return this.#credentials.get(accessKeyId);
  }

  revoke(accessKeyId: string): void {
    this.#credentials.delete(accessKeyId);
  }

  /** Throws the refusal that a role says nothing more about, whatever the reason, as AWS does. */
  assume(caller: Identity, wish: Wish): Credential & { readonly roleId: string } {
    const role = this.#roles.get(wish.roleArn);
    const denied = (): Refusal =>
      new Refusal(
        403,
        'AccessDenied',
        `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${wish.roleArn}`,
      );
    if (role === undefined) throw denied();
    const { trusts = [role.account], externalId, needsMfa = false, policy = { allow: ['*'] } } = role.options;
    if (!trusts.includes(caller.account) && !trusts.includes(caller.arn)) throw denied();
    if (externalId !== undefined && externalId !== wish.externalId) throw denied();
    this.#checkMfa(caller, wish);
    if (needsMfa && wish.tokenCode === null) throw denied();
    const roleId = uniqueId('AROA');
    const identity: Identity = {
      account: role.account,
      arn: `arn:aws:sts::${role.account}:assumed-role/${role.name}/${wish.sessionName}`,
      userId: `${roleId}:${wish.sessionName}`,
      policy,
      mfa: null,
    };
    const session = {
      token: randomBytes(96).toString('base64'),
      expiresMs: this.#clock.now() + wish.durationMs,
    };
    return { ...this.#issue(identity, 'ASIA', session), roleId };
  }

  #checkMfa(caller: Identity, { serialNumber, tokenCode }: Wish): void {
    if (tokenCode === null && serialNumber === null) return;
    if (caller.mfa?.serial === serialNumber && caller.mfa?.code === tokenCode && tokenCode !== null) return;
    throw new Refusal(403, 'AccessDenied', 'MultiFactorAuthentication failed with invalid MFA one time pass code. ');
  }

  #issue(identity: Identity, prefix: string, session: Credential['session']): Credential {
    const credential: Credential = {
      accessKeyId: uniqueId(prefix),
      secretAccessKey: randomBytes(30).toString('base64'),
      identity,
      session,
    };
    this.#credentials.set(credential.accessKeyId, credential);
    return credential;
  }
}

function uniqueId(prefix: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return prefix + Array.from(randomBytes(16), (byte) => letters.charAt(byte % letters.length)).join('');
}
