/** The keys of KMS: what other services name them by, in which state they are, and what may be asked of KMS itself. */
import { randomUUID } from 'node:crypto';
import { JsonService, textIn, type JsonInput } from './json/service.ts';
import { Refusal, type Call } from './service.ts';

export type KeyState = 'Enabled' | 'Disabled' | 'PendingDeletion' | 'PendingImport';
type Key = {
  readonly arn: string;
  readonly account: string;
  readonly state: KeyState;
  readonly deletedMs: number | null;
};

export class Kms {
  readonly #keys = new Map<string, Key>();

  /** Its ARN. */
  add(account: string, region: string): string {
    const arn = `arn:aws:kms:${region}:${account}:key/${randomUUID()}`;
    this.#keys.set(arn, { arn, account, state: 'Enabled', deletedMs: null });
    return arn;
  }

  disable(arn: string): void {
    this.#change(arn, { state: 'Disabled' });
  }

  /** It is of no use from now on, and gone at that time. */
  deleteAt(arn: string, deletedMs: number): void {
    this.#change(arn, { state: 'PendingDeletion', deletedMs });
  }

  /** `id`: an ARN, or the id in it. Null: there is none of that name there. */
  find(id: string, account: string, region: string): { readonly arn: string; readonly isUsable: boolean } | null {
    const key = this.key(id, account, region);
    return key === null ? null : { arn: key.arn, isUsable: key.state === 'Enabled' };
  }

  key(id: string, account: string, region: string): Key | null {
    const arn = id.startsWith('arn:') ? id : `arn:aws:kms:${region}:${account}:key/${id}`;
    return arn.startsWith(`arn:aws:kms:${region}:`) ? (this.#keys.get(arn) ?? null) : null;
  }

  #change(arn: string, more: Partial<Key>): void {
    const key = this.#keys.get(arn);
    if (key === undefined) throw new Error(`there is no key ${arn}`);
    this.#keys.set(arn, { ...key, ...more });
  }
}

export function kmsService(kms: Kms): JsonService {
  return new JsonService({
    name: 'kms',
    target: 'TrentService',
    handlers: {
      DescribeKey: (call, input) => ({ KeyMetadata: metadataOf(demandKey(kms, call, input)) }),
      GenerateDataKeyWithoutPlaintext: (call, input) => tryKey(demandKey(kms, call, input), input),
    },
  });
}

/** Nobody has to make the one of AWS, which each account and region has from the beginning. */
function demandKey(kms: Kms, { caller, region }: Call, input: JsonInput): Key & { readonly isManaged: boolean } {
  const id = textIn(input, 'KeyId');
  if (id.endsWith('alias/aws/ebs')) {
    const arn = `arn:aws:kms:${region}:${caller.account}:key/00000000-0000-4000-8000-000000000000`;
    return { arn, account: caller.account, state: 'Enabled', deletedMs: null, isManaged: true };
  }
  const key = kms.key(id, caller.account, region);
  if (key === null) throw new Refusal(400, 'NotFoundException', `Key '${id}' does not exist`);
  return { ...key, isManaged: false };
}

function metadataOf({ arn, account, state, deletedMs, isManaged }: Key & { readonly isManaged: boolean }): object {
  return {
    Arn: arn,
    KeyId: arn.slice(arn.lastIndexOf('/') + 1),
    AWSAccountId: account,
    Enabled: state === 'Enabled',
    KeyState: state,
    KeyManager: isManaged ? 'AWS' : 'CUSTOMER',
    ...(deletedMs === null ? {} : { DeletionDate: deletedMs / 1000 }),
  };
}

/** Only as a trial: nothing here is encrypted. */
function tryKey({ arn, state, isManaged }: Key & { readonly isManaged: boolean }, { DryRun }: JsonInput): never {
  if (isManaged) throw new Refusal(400, 'AccessDeniedException', 'The key takes only what comes by way of EC2.');
  if (state === 'Disabled') throw new Refusal(400, 'DisabledException', `${arn} is disabled.`);
  if (state !== 'Enabled') throw new Refusal(400, 'KMSInvalidStateException', `${arn} is pending deletion.`);
  if (DryRun === true) throw new Refusal(400, 'DryRunOperationException', 'The request would have succeeded.');
  throw new Refusal(501, 'NotImplementedException', 'Only trials are answered.');
}
