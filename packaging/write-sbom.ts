/** Prints what is in this program as CycloneDX: `npm run sbom > sbom.cdx.json`. npm knows the packages; those that reach no user are left out. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { shippedPackages } from './shipped-packages.ts';

type Bom = {
  components: { name: string; version: string; 'bom-ref': string }[];
  dependencies: { ref: string; dependsOn: string[] }[];
};

const checkout = join(import.meta.dirname, '..');
// npm itself is on the path wherever `npm run` has started this.
const made = spawnSync(
  'npm',
  ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only'],
  {
    cwd: checkout,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    shell: process.platform === 'win32',
  },
);
if (made.status !== 0) throw new Error(`npm sbom failed: ${made.stderr}`);
const bom = JSON.parse(made.stdout) as Bom;
const shipped = new Set(shippedPackages(checkout).map(({ name, version }) => `${name}@${version}`));
const components = bom.components.filter(({ name, version }) => shipped.has(`${name}@${version}`));
const kept = new Set(components.map((component) => component['bom-ref']));
const dependencies = bom.dependencies
  .filter(({ ref }) => kept.has(ref) || !bom.components.some((component) => component['bom-ref'] === ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) }));
process.stdout.write(`${JSON.stringify({ ...bom, components, dependencies }, null, 2)}\n`);
