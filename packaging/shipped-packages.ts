/** Which packages of others reach a user: what the engine and the shell load, and what is built into the page. */
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLock, type Lock } from '../test/house/complete-lock.ts';

export type ShippedPackage = {
  readonly name: string;
  readonly version: string;
  /** As the package says it: an SPDX expression; empty where it says none. */
  readonly licence: string;
  /** The whole text, as the package ships it; null where it ships none, or is for another system. */
  readonly text: string | null;
};

type Entry = Lock['packages'][string] & {
  readonly version?: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
};

/** By name, then version; each once. */
export function shippedPackages(checkout: string): ShippedPackage[] {
  const packages = readLock(join(checkout, 'package-lock.json')).packages as Readonly<Record<string, Entry>>;
  const found = new Map<string, ShippedPackage>();
  for (const path of reached(packages, roots(checkout, packages))) {
    const { version = '', license } = packages[path] ?? {};
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    // Types are gone when anything runs.
    if (name.startsWith('@types/')) continue;
    const folder = join(checkout, path);
    found.set(`${name}@${version}`, {
      name,
      version,
      licence: license ?? licenceIn(folder),
      text: licenceText(folder),
    });
  }
  return [...found.values()].sort((one, other) => order(one.name, other.name) || order(one.version, other.version));
}

const order = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** What the program depends on, and what sources of the page import, which is built into it. */
function roots(checkout: string, packages: Readonly<Record<string, Entry>>): string[] {
  const imported = globSync('renderer/**/*.{ts,tsx,css}', { cwd: checkout }).flatMap((file) =>
    [...readFileSync(join(checkout, file), 'utf8').matchAll(/(?:from|import) '((?:@[^/']+\/)?[^/'.][^/']*)/g)].map(
      ([, name = '']) => name,
    ),
  );
  const names = [...Object.keys(packages['']?.dependencies ?? {}), ...imported];
  return names.map((name) => `node_modules/${name}`).filter((path) => packages[path] !== undefined);
}

/** As Node.js looks for packages: below the one that asks, then further up. */
function reached(packages: Readonly<Record<string, Entry>>, from: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const waiting = [...from];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = packages[path] ?? {};
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const places = placesAbove(path).map((above) => `${above}node_modules/${name}`);
      const place = places.find((candidate) => packages[candidate] !== undefined);
      if (place !== undefined) waiting.push(place);
    }
  }
  return seen;
}

/** `node_modules/a/node_modules/b` → itself, `node_modules/a/`, and the top. */
function placesAbove(path: string): string[] {
  const places = [`${path}/`];
  for (let at = path.lastIndexOf('/node_modules/'); at !== -1; at = path.lastIndexOf('/node_modules/', at - 1))
    places.push(`${path.slice(0, at)}/`);
  return [...places, ''];
}

/** Old packages say it in forms that npm does not take over into the lock file, or only by the text. */
function licenceIn(folder: string): string {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return '';
  const { license, licenses } = JSON.parse(readFileSync(file, 'utf8')) as {
    license?: string | { type?: string };
    licenses?: { type?: string }[];
  };
  const said = license ?? licenses?.[0];
  const stated = typeof said === 'string' ? said : said?.type;
  return stated ?? (licenceText(folder)?.startsWith('MIT License\n') === true ? 'MIT' : '');
}

function licenceText(folder: string): string | null {
  if (!existsSync(folder)) return null;
  const name = readdirSync(folder)
    .sort()
    .find((file) => /^(?:licen[cs]e|copying)(?:[.-].*)?$/i.test(file) && !/\.(?:js|ts|json)$/i.test(file));
  return name === undefined ? null : readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n').trim();
}
