/** Any change to any file of a repository is found and named. */
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { HoldfastError } from '../../shared/model/errors.ts';
import { makeLocalPlace, type LocalPlace } from '../support/local-place.ts';
import { tortureTest, type Round } from '../support/torture/rounds.ts';
import { findingsIn, makeKnownRepository, storedNames } from '../support/upkeep-repository.ts';

type Damage = 'a flipped bit' | 'truncation' | 'zeros' | 'deletion';
const kinds = ['config', 'keys', 'index', 'snapshots', 'data'] as const;
const damages: readonly Damage[] = ['a flipped bit', 'truncation', 'zeros', 'deletion'];

function damage(file: string, kind: Damage, { below }: Round): void {
  chmodSync(file, 0o600);
  const bytes = readFileSync(file);
  const at = below(bytes.length);
  if (kind === 'deletion') rmSync(file);
  else if (kind === 'truncation') writeFileSync(file, bytes.subarray(0, at));
  else {
    if (kind === 'a flipped bit') bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
    else {
      // At least one byte that was none: what is sealed has hardly any.
      const from = bytes.findIndex((byte, place) => byte !== 0 && place >= Math.min(at, bytes.length - 8));
      bytes.fill(0, from, Math.min(bytes.length, from + 16 + below(200)));
    }
    writeFileSync(file, bytes);
  }
}

async function prepare(): Promise<LocalPlace> {
  const place = await makeLocalPlace();
  const known = makeKnownRepository(join(place.root, 'original'));
  // What no index lists is none of the repository's files.
  const leftover = storedNames(known.location, 'data').find((name) => name === known.packs.leftover) ?? '';
  rmSync(join(known.location, 'data', leftover.slice(0, 2), leftover));
  return place;
}

for (const kind of damages) {
  tortureTest(`${kind} in any file of a repository is found and named`, prepare, async (place, round) => {
    const original = join(place.root, 'original');
    const paths = readdirSync(original, { recursive: true, encoding: 'utf8' });
    const files = paths.filter((path) => statSync(join(original, path)).isFile()).toSorted();
    // Each kind of file in turn; the seed says which.
    const folder = kinds[round.number % kinds.length] ?? 'data';
    // Nothing names a snapshot that is gone.
    if (kind === 'deletion' && folder === 'snapshots') return;
    rmSync(place.folder, { recursive: true, force: true });
    cpSync(original, place.folder, { recursive: true });
    const path = round.pick(files.filter((file) => file.startsWith(folder)));
    damage(join(place.folder, path), kind, round);
    await expectFound(place.folder, folder, path);
  });
}

/** What the repository cannot be opened without is named by the failure to open it. */
async function expectFound(location: string, folder: string, path: string): Promise<void> {
  const found = await findingsIn(location).then(
    // An index that lists only what nobody needs is missed by nobody: that is a hint.
    ({ errors, hints }) => [...errors, ...hints],
    (error: unknown) => error,
  );
  if (found instanceof HoldfastError) {
    expect(['config', 'keys'], `${path}: ${found.message}`).toContain(folder);
    const codes = ['REPOSITORY_DAMAGED', 'WRONG_PASSWORD', 'STORED_FILE_DAMAGED', 'NOT_A_REPOSITORY'];
    expect(codes, path).toContain(found.code);
    return;
  }
  if (!Array.isArray(found)) throw found;
  const issues = found as readonly { readonly path: string; readonly message: string }[];
  expect(issues.length, path).toBeGreaterThan(0);
  // A missing index shows by what it would have listed.
  const name = path.slice(-64);
  const isNamed = issues.some((issue) => issue.path.includes(name));
  expect(isNamed || folder === 'index', `${path}: ${JSON.stringify(issues)}`).toBe(true);
}
