import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openInBrowser } from '../../../electron/cli/browser.ts';

const url = 'http://127.0.0.1:4321/login#the-secret-of-the-link';
const path = process.env['PATH'];

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-browser-'));
  vi.stubEnv('DISPLAY', ':0');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  process.env['PATH'] = path;
  await rm(folder, { recursive: true });
});

describe.runIf(process.platform === 'linux')('a browser', () => {
  it('is given a file of this account that leads to the link, and nothing of the link where others could see it', async () => {
    const opener = join(folder, 'xdg-open');
    await writeFile(
      opener,
      `#!/bin/sh\nprintf '%s' "$*" > '${folder}/seen.new'\nmv '${folder}/seen.new' '${folder}/seen'\n`,
    );
    await chmod(opener, 0o755);
    process.env['PATH'] = `${folder}${delimiter}${path}`;
    const file = join(folder, 'open console.html');
    // One that somebody left there, readable by all, is not written into.
    await writeFile(file, 'old', { mode: 0o644 });
    expect(await openInBrowser(url, file)).toBe(true);
    const read = (): Promise<string> => readFile(join(folder, 'seen'), 'utf8').catch(() => '');
    await expect.poll(read, { timeout: 5000 }).not.toBe('');
    const seen = await read();
    expect(seen).not.toContain('secret');
    expect(fileURLToPath(seen)).toBe(file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toContain(`content="0; url=${url}"`);
  });

  it('is not looked for where there is no screen, and nobody has named another way', async () => {
    const opener = join(folder, 'xdg-open');
    await writeFile(opener, '#!/bin/sh\n', { mode: 0o755 });
    process.env['PATH'] = folder;
    for (const name of ['DISPLAY', 'WAYLAND_DISPLAY', 'BROWSER']) vi.stubEnv(name, '');
    expect(await openInBrowser(url, join(folder, 'file.html'))).toBe(false);
    vi.stubEnv('BROWSER', '/opener-from-afar');
    expect(await openInBrowser(url, join(folder, 'file.html'))).toBe(true);
  });

  it('that is not there is no failure', async () => {
    process.env['PATH'] = folder;
    expect(await openInBrowser(url, join(folder, 'file.html'))).toBe(false);
    expect(await openInBrowser(url, join(folder, 'no folder', 'file.html'))).toBe(false);
  });
});
