/** An owner of very many Git repositories, as a snapshot alone: as a run would have left it, and nothing was ever on a disk. */
import { hostname } from 'node:os';
import { organisationFile } from '../../shared/model/organisation.ts';
import { addTree, fileNode, folderNode, type Fields } from './restic-nodes.ts';
import type { ResticRepository } from './restic-repository.ts';

export type WideOrganisation = {
  readonly repositories: number;
  /** Every so many is missing, and every so many was not fetched. */
  readonly missingEach?: number;
  readonly failedEach?: number;
};

export const wideName = (at: number): string => `service-${String(at).padStart(5, '0')}`;

/** Adds a snapshot of the source `wide`; gives its id. */
export function addWideOrganisation(repository: ResticRepository, options: WideOrganisation): string {
  const file = (name: string, content: string): Fields => fileNode(repository, name, content);
  const numbers = Array.from({ length: options.repositories }, (_, at) => at);
  const bare = addTree(repository, [file('HEAD', 'ref: refs/heads/main\n')]);
  const id = (at: number) => at.toString(16).padStart(40, '0');
  const refs = (at: number) =>
    JSON.stringify({ version: 1, head: 'refs/heads/main', refs: [['refs/heads/main', id(at)]] });
  const nodes = numbers.flatMap((at) => [
    folderNode(`${wideName(at)}.git`, bare),
    folderNode(`${wideName(at)}.meta`, addTree(repository, [file('refs.json', refs(at))])),
  ]);
  const told = JSON.stringify({
    version: 1,
    owner: { id: 1, login: 'wide', kind: 'organization' },
    repositories: numbers.map((at) => describe(at, options)),
    mayNotSee: [],
    notCaptured: ['Projects'],
  });
  const owner = addTree(
    repository,
    [...nodes, file(organisationFile, told)].toSorted((a, b) => compare(a, b)),
  );
  repository.flush();
  return repository.writeSnapshot(addTree(repository, [folderNode('wide', owner)]), {
    time: new Date().toISOString(),
    tags: ['holdfast:source=wide', 'holdfast:status=partial'],
    paths: ['/wide'],
    hostname: hostname(),
  });
}

function describe(at: number, { missingEach = 0, failedEach = 0 }: WideOrganisation): Fields {
  const is = (each: number): boolean => each > 0 && at % each === each - 1;
  const state = is(missingEach) ? 'missing' : is(failedEach) ? 'failed' : 'ok';
  const isWell = state === 'ok';
  return {
    id: at + 1,
    name: wideName(at),
    formerNames: [],
    folder: wideName(at),
    selected: true,
    private: at % 2 === 0,
    fork: false,
    archived: false,
    pushedAt: new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString(),
    bytes: ((at * 7919) % 100_000) * 1000,
    lfs: null,
    state,
    reason: isWell ? null : `It was ${state} for a test.`,
    since: isWell ? null : '2026-01-02T00:00:00.000Z',
    wholeAt: isWell ? null : '2026-01-01T00:00:00.000Z',
  };
}

function compare(a: Fields, b: Fields): number {
  return String(a['name']) < String(b['name']) ? -1 : 1;
}
