/**
 * An Electron distribution without Electron: files of the names that electron-builder packs, and in the program the
 * sentinel and the fuse wire that @electron/fuses looks for. What is packed around it is real.
 */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const wireVersion = 1;
/** As many as Electron has, each switched on (`1`). */
const fuses = 9;

export async function makeStubElectron(folder: string, version: string): Promise<void> {
  await mkdir(join(folder, 'resources'), { recursive: true });
  await mkdir(join(folder, 'locales'));
  await writeFile(join(folder, 'version'), version);
  await writeFile(join(folder, 'LICENSE'), '');
  await writeFile(join(folder, 'LICENSES.chromium.html'), '');
  await writeFile(join(folder, 'chrome-sandbox'), '');
  await writeFile(join(folder, 'locales', 'en-US.pak'), '');
  const program = join(folder, 'electron');
  const wire = Buffer.concat([Buffer.from([wireVersion, fuses]), Buffer.alloc(fuses, '1')]);
  await writeFile(program, Buffer.concat([Buffer.alloc(4096), Buffer.from(sentinel), wire, Buffer.alloc(4096)]));
  await chmod(program, 0o755);
}
