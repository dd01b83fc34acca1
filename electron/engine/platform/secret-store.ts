/** Where secrets outlive the engine, if there is such a place: the keychain of a desktop, or a sealed file. */
export interface SecretStore {
  readonly kind: 'keychain' | 'sealed file';
  /** Null where there is none of that name. */
  read(name: string): Promise<string | null>;
  write(name: string, secret: string): Promise<void>;
  /** Without complaint when it is gone already. */
  remove(name: string): Promise<void>;
}
