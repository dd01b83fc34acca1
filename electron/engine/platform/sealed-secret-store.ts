/** A secret store for machines without a keychain: a file of the home, sealed under a passphrase that the start gives. */
import { join } from 'node:path';
import { z } from 'zod';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { readSmallFile, writeFileAtomically } from './atomic-file.ts';
import { boxKeyOf, newBoxKey, openBox, sealBox, sealedBoxSchema, type BoxKey } from './sealed-box.ts';
import type { SecretStore } from './secret-store.ts';

const purpose = 'holdfast passwords';
const maximumBytes = 16 * 1024 * 1024;
const contentSchema = z.array(z.tuple([z.string(), z.string()]));

export class SealedSecretStore implements SecretStore {
  readonly kind = 'sealed file';
  readonly #file: string;
  readonly #key: BoxKey;
  readonly #secrets: Map<string, string>;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(file: string, key: BoxKey, secrets: Map<string, string>) {
    this.#file = file;
    this.#key = key;
    this.#secrets = secrets;
  }

  /** Opens the store of the home, or begins one. WRONG_PASSPHRASE, SECRETS_DAMAGED. */
  static async open(home: string, passphrase: string): Promise<SealedSecretStore> {
    const file = join(home, 'passwords');
    const text = await readSmallFile(file, maximumBytes);
    if (text === null) return new SealedSecretStore(file, await newBoxKey(passphrase), new Map());
    const box = sealedBoxSchema.safeParse(parseJson(text));
    if (!box.success) throw damaged(file);
    const key = await boxKeyOf(box.data, passphrase);
    const plain = openBox(box.data, key, purpose);
    if (plain === null) throw new HoldfastError('WRONG_PASSPHRASE', `The passphrase does not open ${file}.`);
    const content = contentSchema.safeParse(parseJson(plain.toString('utf8')));
    if (!content.success) throw damaged(file);
    return new SealedSecretStore(file, key, new Map(content.data));
  }

  read(name: string): Promise<string | null> {
    return Promise.resolve(this.#secrets.get(name) ?? null);
  }

  async write(name: string, secret: string): Promise<void> {
    this.#secrets.set(name, secret);
    await this.#save();
  }

  async remove(name: string): Promise<void> {
    if (this.#secrets.delete(name)) await this.#save();
  }

  async #save(): Promise<void> {
    const work = async (): Promise<void> => {
      const box = sealBox(this.#key, purpose, Buffer.from(JSON.stringify([...this.#secrets])));
      await writeFileAtomically(this.#file, `${JSON.stringify(box)}\n`);
    };
    const mine = this.#turn.then(work, work);
    this.#turn = mine.catch(() => undefined);
    await mine;
  }
}

/** Without the cause: a parser's words may quote the file. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function damaged(file: string): HoldfastError {
  return new HoldfastError('SECRETS_DAMAGED', `The file ${file} is not what Holdfast wrote.`);
}
