/** The program that is measured: as it is shipped, which `npm run build:program` makes of the sources. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = 'out/app/electron/launch.mjs';

/** As it stands in a document, from the checkout. */
export const shownLauncher = path;

export function builtLauncher(): string {
  const launcher = fileURLToPath(new URL(`../../../${path}`, import.meta.url));
  if (!existsSync(launcher)) throw new Error(`${path} is missing: run npm run build:program.`);
  return launcher;
}
