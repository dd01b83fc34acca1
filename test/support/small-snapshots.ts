/** Snapshots written by hand: folders as objects, files as their content. */
import { addTree, fileNode, folderNode, type Fields } from './restic-nodes.ts';
import { createRepository, type ResticRepository } from './restic-repository.ts';
import { LocalBackend } from '../../electron/engine/repository/backend/local.ts';
import { openRepository, type Repository } from '../../electron/engine/repository/repository.ts';

const password = 'correct horse battery staple';

export type FolderContent = { readonly [name: string]: string | FolderContent };

export class SmallSnapshots {
  readonly repository: ResticRepository;

  constructor(location: string) {
    this.repository = createRepository(location, { scrypt: { N: 1024, r: 8, p: 1 } });
  }

  /** Takes a snapshot of `/`, that many days after the first of January; returns its id. */
  take(day: number, content: FolderContent, fields: Fields = {}): string {
    return this.repository.writeSnapshot(this.tree(content), {
      time: new Date(Date.UTC(2025, 0, 1 + day)).toISOString(),
      ...fields,
    });
  }

  tree(content: FolderContent): string {
    const nodes = Object.entries(content)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, what]) =>
        typeof what === 'string' ? fileNode(this.repository, name, what) : folderNode(name, this.tree(what)),
      );
    return addTree(this.repository, nodes);
  }

  async open(): Promise<Repository> {
    return openRepository(new LocalBackend(this.repository.location), password);
  }
}
