/** Everything the sandboxed GitHub knows: owners, repositories by number and by name, and the names they once had. */
import { join } from 'node:path';
import { type OwnerKind, type RepositoryOptions } from './options.ts';
import { Repository } from './repository.ts';
import { Signer } from './signer.ts';

export type Owner = {
  readonly id: number;
  readonly login: string;
  readonly kind: OwnerKind;
  readonly createdAt: string;
  /** Oldest first. */
  readonly repositories: Repository[];
};

export type Found = {
  readonly repository: Repository;
  /** Whether it was asked for by a name it no longer has. */
  readonly moved: boolean;
};

export class World {
  readonly folder: string;
  readonly web: string;
  readonly signer = new Signer();
  readonly #owners = new Map<string, Owner>();
  readonly #repositories = new Map<number, Repository>();
  readonly #names = new Map<string, Repository>();
  readonly #formerNames = new Map<string, Repository>();
  #lastId = 1000;

  constructor(folder: string, web: string) {
    this.folder = folder;
    this.web = web;
  }

  get api(): string {
    return `${this.web}/api/v3`;
  }

  /** Numbers are never used twice, whatever they are for. */
  nextId(): number {
    return ++this.#lastId;
  }

  createOwner(login: string, kind: OwnerKind): Owner {
    if (this.owner(login) !== undefined) throw new Error(`there is an owner ${login}`);
    const owner: Owner = { id: this.nextId(), login, kind, createdAt: new Date().toISOString(), repositories: [] };
    this.#owners.set(login.toLowerCase(), owner);
    return owner;
  }

  /** Logins compare without case. */
  owner(login: string): Owner | undefined {
    return this.#owners.get(login.toLowerCase());
  }

  ownerById(id: number): Owner | undefined {
    return this.#owners.values().find((owner) => owner.id === id);
  }

  createRepository(owner: Owner, name: string, options: RepositoryOptions = {}): Repository {
    this.#take(owner, name);
    const repository = new Repository({ world: this, id: this.nextId(), owner, name, options });
    owner.repositories.push(repository);
    this.#repositories.set(repository.id, repository);
    this.#names.set(keyOf(owner.login, name), repository);
    return repository;
  }

  find(owner: string, name: string): Found | null {
    const key = keyOf(owner, name);
    const repository = this.#names.get(key);
    if (repository !== undefined) return { repository, moved: false };
    const former = this.#formerNames.get(key);
    return former === undefined ? null : { repository: former, moved: true };
  }

  repositoryById(id: number): Repository | undefined {
    return this.#repositories.get(id);
  }

  repositories(): IteratorObject<Repository> {
    return this.#repositories.values();
  }

  /** The name it had leads to it until it is given to another. */
  move(repository: Repository, owner: Owner, name: string): void {
    const before = keyOf(repository.owner.login, repository.name);
    if (before === keyOf(owner.login, name)) {
      repository.name = name;
      return;
    }
    this.#take(owner, name);
    this.#names.delete(before);
    this.#formerNames.set(before, repository);
    repository.owner.repositories.splice(repository.owner.repositories.indexOf(repository), 1);
    repository.owner = owner;
    repository.name = name;
    owner.repositories.push(repository);
    this.#names.set(keyOf(owner.login, name), repository);
  }

  remove(repository: Repository): void {
    this.#names.delete(keyOf(repository.owner.login, repository.name));
    this.#repositories.delete(repository.id);
    repository.owner.repositories.splice(repository.owner.repositories.indexOf(repository), 1);
    for (const [key, former] of this.#formerNames) if (former === repository) this.#formerNames.delete(key);
    repository.discard();
  }

  place(...names: readonly string[]): string {
    return join(this.folder, ...names);
  }

  isName(name: string): boolean {
    return /^[\w.-]{1,100}$/.test(name) && !/^\.{1,2}$|\.git$|\.wiki$/i.test(name);
  }

  #take(owner: Owner, name: string): void {
    if (!this.isName(name)) throw new Error(`${name} is no name`);
    const key = keyOf(owner.login, name);
    if (this.#names.has(key)) throw new Error(`there is a repository ${owner.login}/${name}`);
    this.#formerNames.delete(key);
  }
}

function keyOf(owner: string, name: string): string {
  return `${owner}/${name}`.toLowerCase();
}
