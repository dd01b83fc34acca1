/** The one folder a sandbox lives in: made by itself, below the system's folder for temporary files, marked as its own. */
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

const prefix = 'holdfast-demo-';
const marker = '.holdfast-sandbox';

export class SandboxFolder {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  static make(): SandboxFolder {
    const root = mkdtempSync(join(realpathSync(tmpdir()), prefix));
    writeFileSync(join(root, marker), root, { mode: 0o600 });
    return new SandboxFolder(root);
  }

  /** A path in it. Throws for one that is not, also by way of a link. */
  path(...names: readonly string[]): string {
    const path = resolve(this.root, ...names);
    this.#refuseOutside(path);
    return path;
  }

  folder(...names: readonly string[]): string {
    const path = this.path(...names);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  }

  /** Removes it with all in it, and nothing that it has not made. */
  remove(): void {
    const isOurs =
      basename(this.root).startsWith(prefix) &&
      dirname(this.root) === realpathSync(tmpdir()) &&
      lstatSync(this.root).isDirectory() &&
      readFileSync(join(this.root, marker), 'utf8') === this.root;
    if (!isOurs) throw new Error(`${this.root} is no folder of a sandbox; it was left alone`);
    rmSync(this.root, { recursive: true, force: true });
  }

  #refuseOutside(path: string): void {
    let nearest = path;
    while (lstatSync(nearest, { throwIfNoEntry: false }) === undefined) nearest = dirname(nearest);
    const real = realpathSync(nearest);
    const inside = (place: string): boolean => place === this.root || place.startsWith(`${this.root}/`);
    if (!inside(path) || !inside(real)) throw new Error(`${path} is outside of the sandbox ${this.root}`);
  }
}
