import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { icnsFile, icoFile } from '../../../packaging/icon-files.ts';
import { appIcon, iconSizes } from '../../../packaging/icons.ts';
import { shippedPackages } from '../../../packaging/shipped-packages.ts';

const checkout = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(checkout, path), 'utf8');

/** Licences that ask for nothing but that their text comes along. */
const allowed = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
];

describe('work of others', () => {
  const packages = shippedPackages(checkout);

  test('is what the program depends on, and what is built into the page, and what these depend on', () => {
    const names = packages.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['better-sqlite3', 'fastify', 'react', '@mantine/core', 'scheduler', 'js-yaml']),
    );
    for (const tool of ['vitest', 'typescript', 'electron-builder', '@playwright/test'])
      expect(names).not.toContain(tool);
    expect(new Set(packages.map(({ name, version }) => `${name}@${version}`)).size).toBe(packages.length);
  });

  test('is under licences that let it be given away, each one', () => {
    const isAllowed = (expression: string): boolean =>
      expression
        .replaceAll(/[()]/g, '')
        .split(' OR ')
        .some((choice) => choice.split(' AND ').every((licence) => allowed.includes(licence)));
    expect(
      packages.filter(({ licence }) => !isAllowed(licence)).map(({ name, licence }) => `${name}: ${licence}`),
    ).toEqual([]);
  });

  test('comes with its texts: all but a few small packages ship one', () => {
    const without = packages.filter(
      ({ text, name }) => text === null && existsSync(join(checkout, 'node_modules', name)),
    );
    expect(without.length).toBeLessThan(15);
    expect(packages.find(({ name }) => name === 'react')?.text).toContain('Permission is hereby granted');
  });
});

describe('the icons', () => {
  const pictures = [16, 32, 64].map((size) => ({ size, png: appIcon(size) }));

  test('for Windows are a directory whose entries lead to the pictures', () => {
    const file = icoFile(pictures);
    expect([file.readUInt16LE(0), file.readUInt16LE(2), file.readUInt16LE(4)]).toEqual([0, 1, 3]);
    pictures.forEach(({ size, png }, position) => {
      const at = 6 + 16 * position;
      expect(file.readUInt8(at)).toBe(size % 256);
      const offset = file.readUInt32LE(at + 12);
      expect(file.subarray(offset, offset + file.readUInt32LE(at + 8)).equals(png)).toBe(true);
    });
  });

  test('for macOS are entries that fill the file', () => {
    const file = icnsFile(pictures);
    const types: string[] = [];
    let at = 8;
    for (; at < file.length; at += file.readUInt32BE(at + 4)) types.push(file.toString('latin1', at, at + 4));
    expect(at).toBe(file.length);
    expect(file.readUInt32BE(4)).toBe(file.length);
    expect(types).toEqual(['icp4', 'icp5', 'ic11', 'ic12']);
  });

  test('in resources are those that `npm run icons` draws', () => {
    const all = iconSizes.map((size) => ({
      size,
      png: readFileSync(join(checkout, `resources/icons/${size}x${size}.png`)),
    }));
    expect(all.find(({ size }) => size === 64)?.png.equals(appIcon(64))).toBe(true);
    expect(readFileSync(join(checkout, 'resources/icon.icns')).equals(icnsFile(all))).toBe(true);
    expect(
      readFileSync(join(checkout, 'resources/icon.ico')).equals(icoFile(all.filter(({ size }) => size <= 256))),
    ).toBe(true);
  });
});

describe('what is packed', () => {
  const yml = read('electron-builder.yml');
  /** Of a section of the file, its value by the name; the file is plain: a name and a value on each line. */
  const valueOf = (name: string, section?: string): string | undefined => {
    const text =
      section === undefined ? yml : (new RegExp(`^${section}:\\n((?:[ #].*\\n|\\n)*)`, 'm').exec(yml)?.[1] ?? '');
    return new RegExp(`^${section === undefined ? '' : ' {2}'}${name}: (.+)$`, 'm').exec(text)?.[1];
  };

  test('is for the three systems, with pictures and papers that exist', () => {
    expect(valueOf('target', 'linux')).toBe('[AppImage, deb, rpm]');
    // Squirrel.Mac takes updates from the zip.
    expect(valueOf('target', 'mac')).toBe('[dmg, zip]');
    expect(valueOf('target', 'win')).toBe('[nsis]');
    const files = [
      `resources/${valueOf('icon', 'mac')}`,
      `resources/${valueOf('icon', 'win')}`,
      valueOf('entitlements', 'mac'),
      valueOf('appArmorProfile', 'deb'),
    ];
    for (const file of files) expect(existsSync(join(checkout, file ?? '?')), file).toBe(true);
    expect(valueOf('hardenedRuntime', 'mac')).toBe('true');
    expect(valueOf('npmRebuild')).toBe('false');
    expect(valueOf('runAsNode', 'electronFuses')).toBe('false');
    expect(valueOf('onlyLoadAppFromAsar', 'electronFuses')).toBe('true');
  });

  test('publishes nowhere and asks nobody for updates, unless a release says so', () => {
    expect(valueOf('publish')).toBe('null');
    expect(JSON.parse(read('resources/updates.json'))).toEqual({ feed: null, key: null });
    expect(yml).toContain("'updates.json'");
  });

  test('opens recovery kits by the ending that they are saved with', () => {
    const [, ext] = /^ {2}- ext: (.+)$/m.exec(yml) ?? [];
    expect(read('electron/desktop/kit-files.ts')).toContain(`const ending = '.${ext}'`);
    expect(read('renderer/features/recovery/kit-panel.tsx')).toContain(`file: '.${ext}'`);
  });

  test('has entitlements that are a property list, and no more of them than are explained', () => {
    const keys = [...read('resources/entitlements.mac.plist').matchAll(/<key>([^<]+)<\/key>\s*<true\/>/g)].map(
      ([, name]) => name,
    );
    expect(keys).toEqual(['com.apple.security.cs.allow-jit', 'com.apple.security.cs.disable-library-validation']);
  });

  const parser = ['/usr/sbin/apparmor_parser', '/sbin/apparmor_parser'].find((path) => existsSync(path));
  test.skipIf(parser === undefined)('has a profile that AppArmor reads', () => {
    const template = read('resources/apparmor-profile')
      .replaceAll('${executable}', 'holdfast')
      .replaceAll('${sanitizedProductName}', 'Holdfast');
    // Before version 4 it knows no namespaces, and there the package leaves the profile out; the rest is the same.
    const known = existsSync('/etc/apparmor.d/abi/4.0')
      ? template
      : template.replace('abi/4.0', 'abi/3.0').replace(/^\s*userns,$/m, '');
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-apparmor-'));
    try {
      writeFileSync(join(folder, 'profile'), known);
      const read3 = spawnSync(
        parser ?? '',
        ['--skip-kernel-load', '--skip-cache', '--names', join(folder, 'profile')],
        { encoding: 'utf8' },
      );
      expect(read3, read3.stderr).toMatchObject({ status: 0, stdout: expect.stringContaining('holdfast') as unknown });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const systemd = existsSync('/usr/bin/systemd-analyze');
  test.skipIf(!systemd)('has a unit that systemd reads, and rates as little exposed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-unit-'));
    const path = join(folder, 'holdfast.service');
    const analyze = (...args: string[]) => spawnSync('/usr/bin/systemd-analyze', [...args, path], { encoding: 'utf8' });
    try {
      // Whether the program is installed is not the question.
      writeFileSync(path, read('resources/systemd/holdfast.service').replace('/usr/bin/holdfast', '/bin/true'));
      const verified = analyze('verify');
      expect(verified, verified.stderr).toMatchObject({ status: 0, stderr: '' });
      expect(analyze('security', '--offline=yes', '--threshold=20').status).toBe(0);
      writeFileSync(
        path,
        read('resources/systemd/holdfast.service')
          .replace('NoNewPrivileges=yes', 'NoNewPriviliges=yes')
          .replace('/usr/bin/holdfast', '/bin/true'),
      );
      expect(analyze('verify').stderr).toContain('NoNewPriviliges');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('starts `serve` by a unit with arguments that it takes', () => {
    const [, start = ''] = /^ExecStart=(.+)$/m.exec(read('resources/systemd/holdfast.service')) ?? [];
    expect(start).toBe('/usr/bin/holdfast --ozone-platform=headless --no-sandbox serve --port 8017');
    expect(readdirSync(join(checkout, 'resources/systemd')).sort()).toEqual(['holdfast.service', 'whole-machine.conf']);
  });
});
