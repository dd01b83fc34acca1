/** The keys of KMS, as far as other services name them. */
import { randomUUID } from 'node:crypto';

export class Kms {
  readonly #usable = new Map<string, boolean>();

  /** Its ARN. */
  add(account: string, region: string): string {
    const arn = `arn:aws:kms:${region}:${account}:key/${randomUUID()}`;
    this.#usable.set(arn, true);
    return arn;
  }

  disable(arn: string): void {
    this.#usable.set(arn, false);
  }

  /** `id`: an ARN, or the id in it. Null: there is none of that name there. */
  find(id: string, account: string, region: string): { readonly arn: string; readonly isUsable: boolean } | null {
    const arn = id.startsWith('arn:') ? id : `arn:aws:kms:${region}:${account}:key/${id}`;
    const isUsable = this.#usable.get(arn);
    return isUsable === undefined || !arn.startsWith(`arn:aws:kms:${region}:`) ? null : { arn, isUsable };
  }
}
