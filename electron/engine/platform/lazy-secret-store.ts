/** The sealed secret store of a command: opened by whoever needs it first, for deriving its key takes a while. */
import { HoldfastError } from '../../../shared/model/errors.ts';
import { SealedSecretStore } from './sealed-secret-store.ts';
import type { SecretStore } from './secret-store.ts';

export class LazySecretStore implements SecretStore {
  readonly kind = 'sealed file';
  readonly #home: string;
  readonly #passphrase: () => Promise<string | null>;
  #store: Promise<SealedSecretStore> | null = null;

  constructor(home: string, passphrase: () => Promise<string | null>) {
    this.#home = home;
    this.#passphrase = passphrase;
  }

  async read(name: string): Promise<string | null> {
    return (await this.#opened()).read(name);
  }

  async write(name: string, secret: string): Promise<void> {
    await (await this.#opened()).write(name, secret);
  }

  async remove(name: string): Promise<void> {
    await (await this.#opened()).remove(name);
  }

  #opened(): Promise<SealedSecretStore> {
    this.#store ??= this.#open();
    return this.#store;
  }

  /** WRONG_PASSPHRASE, SECRETS_DAMAGED, NO_SECRET_STORE. */
  async #open(): Promise<SealedSecretStore> {
    const passphrase = await this.#passphrase();
    if (passphrase !== null) return SealedSecretStore.open(this.#home, passphrase);
    throw new HoldfastError('NO_SECRET_STORE', 'No passphrase was given for the secrets of this home.');
  }
}
