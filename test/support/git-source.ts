/** Runs of a source of Git addresses against the server of a test, and what they said; and damage to its mirrors. */
import { nothingInSnapshots } from './no-snapshots.ts';
import { chmodSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gitSource, type GitSourceOptions } from '../../electron/engine/sources/git/git-source.ts';
import type { Prepared, PrepareContext } from '../../electron/engine/sources/source.ts';
import type { Issue } from '../../shared/contract/common.ts';
import type { SourceFinding } from '../../shared/model/source-findings.ts';
import type { Upstream } from './upstream.ts';
import { unheld } from './unheld.ts';

export const dayMs = 24 * 3_600_000;

type Told = { readonly issues: Issue[]; readonly notices: string[]; readonly findings: SourceFinding[] };

export async function prepareGitSource(
  upstream: Upstream,
  options: Partial<GitSourceOptions> & Pick<GitSourceOptions, 'urls'>,
  context: Partial<PrepareContext> = {},
): Promise<Prepared & Told> {
  const told: Told = { issues: [], notices: [], findings: [] };
  const access = { base: upstream.server.base, user: 'x', secret: upstream.secret };
  const usual = { name: 'code', lfs: true, pullRefs: false, verifyEveryMs: 7 * dayMs, exceptions: [] };
  const source = gitSource({ ...usual, access: () => access, ...options });
  const prepared = await source.prepare({
    hold: unheld,
    root: upstream.workspace.path('mirrors'),
    signal: new AbortController().signal,
    nowMs: () => 0,
    onProgress: () => undefined,
    onIssue: (issue) => void told.issues.push(issue),
    onNotice: (text) => void told.notices.push(text),
    onFinding: (finding) => void told.findings.push(finding),
    log: () => undefined,
    inSnapshots: nothingInSnapshots,
    ...context,
  });
  return { ...prepared, ...told };
}

/** How the folder for the test's server is called. */
export function placeOf({ server }: Upstream): string {
  return server.base.replace('http://', '').replace(':', '%3A').replace(/\/$/, '');
}

/** Of a bare repository. */
export function packsOf(mirror: string): string[] {
  const folder = join(mirror, 'objects', 'pack');
  const names = readdirSync(folder).filter((name) => name.endsWith('.pack'));
  return names.map((name) => join(folder, name));
}

/** As a disk that rots: other bytes, and nothing else to see. */
export function flipByte(file: string, at = 0.5): void {
  const { atime, mtime, mode } = statSync(file);
  const bytes = readFileSync(file);
  const place = Math.floor(bytes.length * at);
  bytes[place] = (bytes[place] ?? 0) ^ 0xff;
  chmodSync(file, 0o600);
  writeFileSync(file, bytes);
  chmodSync(file, mode);
  utimesSync(file, atime, mtime);
}
