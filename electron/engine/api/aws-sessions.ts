/**
 * Credentials in use, by account, so that a role is taken on once and not for each source; and the codes of devices that
 * somebody has given. All of it in memory alone.
 */
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@aws-sdk/types';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { renewed } from '../aws/renewed.ts';

/** Of the environment of the engine: for a command that has an engine of its own. */
const codeVariable = 'HOLDFAST_AWS_MFA_CODE';

type Session = { readonly definition: string; readonly provider: AwsCredentialIdentityProvider };

export class AwsSessions {
  readonly #sessions = new Map<string, Session>();
  readonly #codes = new Map<string, string>();
  #usedFromEnvironment: string | null = null;

  /** `definition`: what the credentials follow from; another one begins anew. */
  of(key: string, definition: string, obtain: () => Promise<AwsCredentialIdentity>): AwsCredentialIdentityProvider {
    const known = this.#sessions.get(key);
    if (known?.definition === definition) return known.provider;
    const provider = renewed(obtain);
    this.#sessions.set(key, { definition, provider });
    return provider;
  }

  end(key: string): void {
    this.#sessions.delete(key);
    this.#codes.delete(key);
  }

  /** Signs in anew with it; it is forgotten with its first use. */
  giveCode(key: string, code: string): void {
    this.end(key);
    this.#codes.set(key, code);
  }

  /** AWS_SIGN_IN where nobody has given one. `whose`: such as `prod`. */
  takeCode(key: string, whose: string): string {
    const given = this.#codes.get(key);
    this.#codes.delete(key);
    if (given !== undefined) return given;
    const fromEnvironment = process.env[codeVariable] ?? '';
    if (fromEnvironment !== '' && fromEnvironment !== this.#usedFromEnvironment) {
      this.#usedFromEnvironment = fromEnvironment;
      return fromEnvironment;
    }
    throw new HoldfastError('AWS_SIGN_IN', `The AWS account ${whose} asks for the code that its device shows now.`);
  }
}

export function sessionKey(tenant: string, account: string | null): string {
  return `${tenant}\0${account ?? ''}`;
}
