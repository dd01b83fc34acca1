/**
 * Completes package-lock.json after `npm install`: `node test/house/complete-lock.ts`. A registry mirror may lack the
 * optional packages made for platforms other than its own; npm then leaves them out of the lock file, and `npm ci`
 * refuses that file everywhere. Their exact versions and platforms follow from the package that asks for them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const entrySchema = z.looseObject({
  dev: z.boolean().optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});
const lockSchema = z.looseObject({ packages: z.record(z.string(), entrySchema) });
export type Lock = z.infer<typeof lockSchema>;

export type MissingPackage = { readonly name: string; readonly version: string; readonly dev: boolean };

export function readLock(path = 'package-lock.json'): Lock {
  const lock: unknown = JSON.parse(readFileSync(path, 'utf8'));
  lockSchema.parse(lock);
  // What the schema returns has its keys in another order, and the file is compared line by line.
  return lock as Lock;
}

/** Optional packages that some package of the lock asks for and that have no entry of their own. */
export function missingPackages({ packages }: Lock): MissingPackage[] {
  const missing = new Map<string, MissingPackage>();
  for (const [path, { dev = false, optionalDependencies = {} }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (packages[`node_modules/${name}`] === undefined && packages[`${path}/node_modules/${name}`] === undefined) {
        missing.set(name, { name, version, dev });
      }
    }
  }
  return [...missing.values()];
}

const systems = ['android', 'aix', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];

/** The platform is part of the name: `@oxlint/binding-linux-arm64-musl`. */
function entryOf({ name, version, dev }: MissingPackage): Lock['packages'][string] {
  if (!/^\d+\.\d+\.\d+/.test(version)) throw new Error(`${name} is asked for as ${version}, not in one exact version`);
  const words = name.split(/[-/]/);
  const os = systems.filter((system) => words.includes(system));
  const cpu = processors.filter((processor) => words.includes(processor));
  const libc = words.some((word) => word.startsWith('musl')) ? ['musl'] : ['glibc'];
  return {
    version,
    ...(cpu.length > 0 && { cpu }),
    ...(dev && { dev }),
    ...(os.includes('linux') && { libc }),
    optional: true,
    ...(os.length > 0 && { os }),
  };
}

if (import.meta.main) {
  const lock = readLock();
  const missing = missingPackages(lock);
  for (const found of missing) lock.packages[`node_modules/${found.name}`] = entryOf(found);
  const sorted = Object.entries(lock.packages).toSorted(([a], [b]) => a.localeCompare(b, 'en'));
  writeFileSync('package-lock.json', `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
  process.stdout.write(`${missing.length} packages added\n`);
}
