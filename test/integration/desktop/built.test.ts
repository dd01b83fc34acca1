import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { runInNewContext } from 'node:vm';
import { extractAll, getRawHeader } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run, start } from '../../support/processes.ts';
import { makeStubElectron } from '../../support/stub-electron.ts';

const checkout = resolve(import.meta.dirname, '../../..');
const tool = (path: string): string => join(checkout, 'node_modules', path);
const minuteMs = 60_000;
let folder: string;

async function node(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const finished = await run(process.execPath, args, { cwd: checkout, env, timeoutMs: 2 * minuteMs });
  expect(finished, finished.stderr).toMatchObject({ code: 0 });
  return finished.stdout;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-built-'));
  await node([tool('electron-vite/bin/electron-vite.js'), 'build', '--logLevel', 'error']);
  if (!existsSync(join(checkout, 'out/renderer/index.html'))) {
    await node([tool('vite/bin/vite.js'), 'build', '--logLevel', 'error']);
  }
}, 3 * minuteMs);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the built desktop', () => {
  test('starts, declares its scheme once, hands the page a port that answers, and closes in order', async () => {
    const home = join(folder, 'home');
    const output = await node(
      [
        '--import',
        join(checkout, 'test/support/fake-electron/register.ts'),
        join(checkout, 'out/app/electron/main.js'),
      ],
      { HOLDFAST_HOME: home },
    );
    const events = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; detail: unknown });
    const of = (name: string): unknown[] => events.filter(({ event }) => event === name).map(({ detail }) => detail);

    expect(of('schemes')).toEqual([[expect.objectContaining({ scheme: 'holdfast' })]]);
    const order = events.map(({ event }) => event);
    expect(order.indexOf('schemes')).toBeLessThan(order.indexOf('when-ready'));
    expect(order[0]).toBe('single-instance');
    expect(order.indexOf('sandbox')).toBeGreaterThan(-1);
    expect(order.indexOf('sandbox')).toBeLessThan(order.indexOf('when-ready'));
    expect(of('watches')).toEqual(['will-download']);
    expect(of('blocks')).toHaveLength(1);
    expect(of('window')).toHaveLength(1);
    expect(of('window')[0]).toMatchObject({
      webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false },
    });
    expect(of('loads')).toEqual(['holdfast://console/']);
    expect(of('page')).toEqual([
      { status: 200, policy: expect.stringContaining("default-src 'none'") as unknown, isHtml: true },
    ]);
    // One for the page; a foreign frame asked too.
    expect(of('port')).toEqual(['holdfast:port']);
    expect(of('answer')).toEqual([{ repositories: [] }]);
    expect(of('guards')).toHaveLength(4);
    for (const image of of('image')) expect(existsSync(String(image)), String(image)).toBe(true);
    const [{ webPreferences: preferences }] = of('window') as [{ webPreferences: { preload: string } }];
    expect(existsSync(preferences.preload)).toBe(true);
    expect(of('error')).toEqual([]);
    expect(events.at(-1)).toEqual({ event: 'exit', detail: 0 });
    expect(await readdir(home)).not.toContain('engine.sock');
  });

  test('serves the page that lies beside it, as on a server', async () => {
    const launcher = join(checkout, 'out/app/electron/launch.mjs');
    const env = { HOLDFAST_HOME: join(folder, 'served') };
    const served = start(process.execPath, [launcher, 'serve', '--port', '0', '--json'], { env, timeoutMs: minuteMs });
    try {
      const line = await new Promise<string>((done) => served.child.stdout?.once('data', (text) => done(`${text}`)));
      const { url, origin } = JSON.parse(line) as { url: string; origin: string };
      const body = JSON.stringify({ secret: new URL(url).hash.slice(1) });
      const headers = { origin, 'content-type': 'application/json' };
      const signedIn = await fetch(`${origin}/login`, { method: 'POST', headers, body });
      const cookie = signedIn.headers
        .getSetCookie()
        .map((text) => text.split(';')[0])
        .join('; ');
      const page = await fetch(origin, { headers: { cookie } });
      expect(await page.text()).toContain('<div id="root">');
    } finally {
      served.signal('SIGTERM');
      await served.finished;
    }
  });

  test('has a preload in one CommonJS file that needs nothing but electron', () => {
    const code = readFileSync(join(checkout, 'out/app/electron/preload.cjs'), 'utf8');
    const asked: string[] = [];
    const exposed: Record<string, object> = {};
    const electron = {
      contextBridge: { exposeInMainWorld: (name: string, value: object) => (exposed[name] = value) },
      ipcRenderer: { on: () => undefined, send: () => undefined, invoke: () => undefined },
    };
    runInNewContext(code, {
      require: (name: string) => {
        asked.push(name);
        return electron;
      },
      addEventListener: () => undefined,
      postMessage: () => undefined,
      exports: {},
      module: { exports: {} },
    });
    expect(asked).toEqual(['electron']);
    expect(Object.keys(exposed)).toEqual(['holdfastHost']);
    expect(Object.keys(exposed['holdfastHost'] ?? {}).sort()).toEqual([
      'changeSettings',
      'onGoTo',
      'onSettings',
      'openedKit',
      'pickFolders',
      'reveal',
      'saveFile',
      'settings',
      'update',
    ]);
  });

  test('is packed with fuses blown and its own natives unpacked, and the packed engine protects and restores', async () => {
    const stub = join(folder, 'electron');
    const output = join(folder, 'dist');
    const { version } = JSON.parse(await readFile(tool('electron/package.json'), 'utf8')) as { version: string };
    await makeStubElectron(stub, version);
    await node([
      tool('electron-builder/cli.js'),
      '--linux',
      'dir',
      `-c.electronDist=${stub}`,
      `-c.directories.output=${output}`,
    ]);
    const unpacked = join(output, 'linux-unpacked');
    const archive = join(unpacked, 'resources', 'app.asar');

    const wire = await getCurrentFuseWire(join(unpacked, 'holdfast'));
    const on = (fuse: FuseV1Options): boolean => wire[fuse] === FuseState.ENABLE;
    expect(on(FuseV1Options.RunAsNode)).toBe(false);
    expect(on(FuseV1Options.EnableNodeOptionsEnvironmentVariable)).toBe(false);
    expect(on(FuseV1Options.EnableNodeCliInspectArguments)).toBe(false);
    expect(on(FuseV1Options.GrantFileProtocolExtraPrivileges)).toBe(false);
    expect(on(FuseV1Options.EnableCookieEncryption)).toBe(true);
    expect(on(FuseV1Options.LoadBrowserProcessSpecificV8Snapshot)).toBe(false);
    expect(on(FuseV1Options.OnlyLoadAppFromAsar)).toBe(true);
    expect(on(FuseV1Options.EnableEmbeddedAsarIntegrityValidation)).toBe(true);

    const natives = (await readdir(join(unpacked, 'resources', 'app.asar.unpacked'), { recursive: true }))
      .filter((name) => name.endsWith('.node'))
      .sort();
    const platform = `${process.platform}-${process.arch}`;
    expect(natives).toEqual([
      `node_modules/@koromix/koffi-${platform}/${platform.replace('-', '_')}/koffi.node`,
      `node_modules/better-sqlite3/prebuilds/${platform}.node`,
      `node_modules/sodium-native/prebuilds/${platform}/sodium-native.node`,
    ]);
    const top = Object.keys((getRawHeader(archive).header as { files: object }).files).sort();
    expect(top).toEqual(['chunks', 'electron', 'node_modules', 'out', 'package.json', 'resources']);

    const packed = join(folder, 'packed');
    extractAll(archive, packed);
    const all = await readdir(packed, { recursive: true });
    expect(all.filter((name) => name.endsWith('.ts'))).toEqual([]);
    expect(all.some((name) => name.startsWith('node_modules/electron/') || name.includes('node_modules/react/'))).toBe(
      false,
    );
    expect(all).toEqual(
      expect.arrayContaining([
        'electron/main.js',
        'electron/launch.mjs',
        'electron/preload.cjs',
        'electron/engine/repository/store-worker.js',
        'out/renderer/index.html',
        'resources/tray/idle-light@2x.png',
      ]),
    );
    const fonts = all.filter((name) => name.endsWith('.woff') || name.endsWith('.woff2'));
    expect(
      fonts
        .filter((name) => name.startsWith('node_modules/'))
        .map((name) => basename(name))
        .sort(),
    ).toEqual(['Roboto-Bold.woff', 'Roboto-Regular.woff']);

    // Real work, with all of its threads, in a Node that knows nothing of the checkout.
    const source = join(folder, 'papers');
    await mkdir(source);
    for (let file = 0; file < 50; file += 1)
      await writeFile(join(source, `${file}.txt`), `letter ${file}\n`.repeat(file));
    const script = join(packed, 'start.mjs');
    await writeFile(
      script,
      `process.exitCode = await (await import('./electron/cli.js')).main(process.argv.slice(2));`,
    );
    const env = {
      HOLDFAST_HOME: join(folder, 'packed-home'),
      HOLDFAST_REPOSITORY: join(folder, 'repository'),
      HOLDFAST_PASSWORD: 'correct horse',
    };
    const holdfast = (...args: string[]): Promise<string> => node([script, ...args], env);
    await holdfast('init', env.HOLDFAST_REPOSITORY);
    await holdfast('protect', source);
    await holdfast('check', '--read-data');
    await holdfast('restore', 'latest', '--to', join(folder, 'restored'));
    expect(await holdfast('find', '49.txt')).toContain('49.txt');
    // Its fonts are not of the code.
    const report = join(folder, 'report.pdf');
    await holdfast('report', 'make', 'freshness', '--to', report);
    expect((await readFile(report)).toString('latin1', 0, 5)).toBe('%PDF-');
    expect(await readFile(join(folder, 'restored', source, '49.txt'), 'utf8')).toBe('letter 49\n'.repeat(49));
    expect((await holdfast('--version')).trim()).toBe(
      (JSON.parse(await readFile(join(checkout, 'package.json'), 'utf8')) as { version: string }).version,
    );
  });

  // dpkg-deb is on Debian and what is made of it.
  test.skipIf(process.platform !== 'linux' || !existsSync('/usr/bin/dpkg-deb'))(
    'goes into a deb and an rpm with its command, its icons, its AppArmor profile, and as what opens recovery kits',
    async () => {
      const output = join(folder, 'packages');
      const log = join(folder, 'fpm.log');
      await node(
        [
          tool('electron-builder/cli.js'),
          '--linux',
          'deb',
          'rpm',
          '--prepackaged',
          join(folder, 'dist', 'linux-unpacked'),
          `-c.directories.output=${output}`,
        ],
        { CUSTOM_FPM_PATH: join(checkout, 'test/support/stub-fpm.mjs'), STUB_FPM_LOG: log },
      );
      const told = (await readFile(log, 'utf8'))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as string[]);
      expect(told.map((args) => args[args.indexOf('-t') + 1] ?? '').toSorted((a, b) => a.localeCompare(b))).toEqual([
        'deb',
        'rpm',
      ]);
      const { version } = JSON.parse(await readFile(join(checkout, 'package.json'), 'utf8')) as { version: string };
      const packages = (await readdir(output)).filter((name) => /\.(?:deb|rpm)$/.test(name)).sort();
      const [debArch, rpmArch] = process.arch === 'x64' ? ['amd64', 'x86_64'] : ['arm64', 'aarch64'];
      expect(packages).toEqual([
        `holdfast-${version}-linux-${debArch}.deb`,
        `holdfast-${version}-linux-${rpmArch}.rpm`,
      ]);

      const root = join(folder, 'installed');
      await run('dpkg-deb', ['--raw-extract', join(output, packages[0] ?? ''), root], { timeoutMs: minuteMs });
      const at = (path: string): Promise<string> => readFile(join(root, path), 'utf8');
      expect(await at('DEBIAN/control')).toMatch(
        new RegExp(`^Package: holdfast\nVersion: ${version}\n[\\s\\S]*Description: Operator console for backup`),
      );
      const after = await at('DEBIAN/postinst');
      expect(after).toContain("update-alternatives --install '/usr/bin/holdfast' 'holdfast' '/opt/Holdfast/holdfast'");
      expect(after).toContain("APPARMOR_PROFILE_TARGET='/etc/apparmor.d/holdfast'");
      for (const script of ['postinst', 'postrm'])
        expect(await run('bash', ['-n', join(root, 'DEBIAN', script)])).toMatchObject({ code: 0 });
      expect(await at('opt/Holdfast/resources/apparmor-profile')).toContain(
        'profile "holdfast" "/opt/Holdfast/holdfast" flags=(unconfined)',
      );
      expect(await at('opt/Holdfast/resources/systemd/holdfast.service')).toContain('ExecStart=/usr/bin/holdfast ');
      expect((await readdir(join(root, 'usr/share/icons/hicolor'))).sort()).toEqual(
        ['1024x1024', '128x128', '16x16', '24x24', '256x256', '32x32', '48x48', '512x512', '64x64'].sort(),
      );
      const entry = await at('usr/share/applications/holdfast.desktop');
      expect(entry).toContain('Exec=/opt/Holdfast/holdfast %U\n');
      expect(entry).toContain('MimeType=application/x-holdfast-recovery-kit;');
      expect(await at('usr/share/mime/packages/holdfast.xml')).toContain('<glob pattern="*.holdfast-kit"/>');
      if (existsSync('/usr/bin/desktop-file-validate')) {
        const judged = await run('desktop-file-validate', [join(root, 'usr/share/applications/holdfast.desktop')]);
        expect(judged.stdout + judged.stderr).not.toContain('error');
      }
    },
  );
});
