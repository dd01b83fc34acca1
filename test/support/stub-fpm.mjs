#!/usr/bin/env node
/**
 * Stands in for fpm, which electron-builder would download: takes the same arguments, notes them in $STUB_FPM_LOG, and for a
 * deb makes one of them with dpkg-deb, so that what electron-builder was told to pack can be looked at as a package.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const args = process.argv.slice(2);
appendFileSync(process.env.STUB_FPM_LOG ?? '', `${JSON.stringify(args)}\n`);
const valued = [
  '-s',
  '-t',
  '-d',
  '--deb-recommends',
  '--architecture',
  '--after-install',
  '--after-remove',
  '--description',
];
/** @type {Map<string, string[]>} */
const options = new Map();
/** @type {string[]} */
const files = [];
for (let at = 0; at < args.length; at += 1) {
  const name = args[at];
  if (name === '--force') continue;
  if (valued.includes(name) || name.startsWith('--')) {
    options.set(name, [...(options.get(name) ?? []), args[at + 1]]);
    at += 1;
  } else files.push(name);
}
/** @type {(name: string) => string} */
const one = (name) => options.get(name)?.[0] ?? '';

if (one('-t') !== 'deb') writeFileSync(one('--package'), '');
else {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-deb-'));
  for (const file of files) {
    const [from, to] = file.split('=/');
    mkdirSync(dirname(join(root, to)), { recursive: true });
    cpSync(from, join(root, to), { recursive: true, verbatimSymlinks: true });
    // What lies in a private temporary file is for everybody once it is installed.
    if (!from.endsWith('/')) chmodSync(join(root, to), 0o644);
  }
  const control = join(root, 'DEBIAN');
  mkdirSync(control);
  const [synopsis, ...more] = one('--description').split('\n');
  const fields = {
    Package: one('--name'),
    Version: one('--version'),
    Architecture: one('--architecture'),
    Maintainer: one('--maintainer'),
    Homepage: one('--url'),
    Depends: (options.get('-d') ?? []).join(', '),
    Recommends: (options.get('--deb-recommends') ?? []).join(', '),
    Priority: one('--deb-priority'),
    Section: one('--category') || 'default',
    Description: `${synopsis}\n${more.map((line) => ` ${line.trim()}`).join('\n')}`,
  };
  const text = Object.entries(fields).filter(([, value]) => value.trim() !== '');
  writeFileSync(join(control, 'control'), text.map(([name, value]) => `${name}: ${value}\n`).join(''));
  for (const [option, name] of [
    ['--after-install', 'postinst'],
    ['--after-remove', 'postrm'],
  ]) {
    cpSync(one(option), join(control, name));
    chmodSync(join(control, name), 0o755);
  }
  execFileSync('dpkg-deb', ['--root-owner-group', '-Znone', '--build', root, one('--package')]);
  rmSync(root, { recursive: true });
}
