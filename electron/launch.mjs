#!/usr/bin/env node
/**
 * Starts the command line on the Node.js it needs. This file itself runs on any Node.js from version 18 on: an older
 * runtime hands over to the one that `npm ci` has put into the checkout, or says in one sentence what is missing.
 */
import { existsSync, lstatSync, mkdirSync, realpathSync } from 'node:fs';
import module from 'node:module';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';

// 24.12 runs TypeScript without a warning; the native modules crash on much older versions instead of failing.
const minimum = { major: 24, minor: 12 };
const wrongRuntime =
  `This version of Node.js (${process.versions.node}) cannot run Holdfast, ` +
  `which needs ${minimum.major}.${minimum.minor} or later`;
const checkout = fileURLToPath(new URL('..', import.meta.url));

if (isRecentEnough(process.versions.node)) await start();
else await handOver();

async function start() {
  if (!hasPackages()) return refuse('', 'The packages Holdfast is made of are missing');
  keepThreadsFromCrashing();
  enableCompileCache();
  const { main } = await import('./cli.ts');
  process.exitCode = await main(process.argv.slice(2));
}

async function handOver() {
  const bundled = join(checkout, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(bundled) || realpathSync(bundled) === realpathSync(process.execPath))
    return refuse(' WRONG_RUNTIME', wrongRuntime);
  const { spawn } = await import('node:child_process');
  const launcher = fileURLToPath(import.meta.url);
  const child = spawn(bundled, [...process.execArgv, launcher, ...process.argv.slice(2)], { stdio: 'inherit' });
  passSignals(child);
  child.on('error', () => refuse(' WRONG_RUNTIME', wrongRuntime));
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code ?? 1;
      return;
    }
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/**
 * A terminal sends Ctrl-C to both processes itself; sending it again would look like a second one.
 * @param {import('node:child_process').ChildProcess} child
 */
function passSignals(child) {
  const onTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  process.on('SIGINT', () => {
    if (!onTerminal) child.kill('SIGINT');
  });
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      child.kill(signal);
    });
  }
}

/**
 * @param {string} code
 * @param {string} problem
 */
function refuse(code, problem) {
  process.stderr.write(`Error${code}: ${problem}: run \`npm ci\` in ${checkout} and try again.\n`);
  process.exitCode = 1;
}

/** @param {string} version */
function isRecentEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > minimum.major || (major === minimum.major && minor >= minimum.minor);
}

/**
 * A thread strips the types of what it loads by a module of WebAssembly. Where many start at once, V8 may free a wrapper
 * of such a module's imports twice, and take the process down, once it has compiled a better wrapper (nodejs/node#64500);
 * so it never compiles one. A packaged program has no types to strip.
 */
function keepThreadsFromCrashing() {
  if (process.versions.node.startsWith('24.')) v8.setFlagsFromString('--wasm-wrapper-tiering-budget=2147483647');
}

/** A fresh clone has none; one that is installed as a package finds them beside itself. */
function hasPackages() {
  try {
    module.createRequire(import.meta.url).resolve('zod');
    return true;
  } catch {
    return false;
  }
}

/**
 * Keeps the compiled form of our own files between starts. The cache holds code that runs, so it lies in a folder that
 * belongs to this user alone: neither in the shared temporary directory nor in a home that `sudo` has carried over.
 */
function enableCompileCache() {
  if (process.env['NODE_COMPILE_CACHE'] !== undefined) {
    module.enableCompileCache();
    return;
  }
  try {
    const { homedir, uid } = userInfo();
    const directory = join(homedir, process.platform === 'darwin' ? 'Library/Caches' : '.cache', 'holdfast', 'code');
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const status = lstatSync(directory);
    const ours = process.platform === 'win32' || (status.uid === uid && (status.mode & 0o022) === 0);
    if (!status.isDirectory() || !ours) return;
    module.enableCompileCache(directory);
    // Worker threads find the cache by this variable only.
    process.env['NODE_COMPILE_CACHE'] = directory;
  } catch {
    // No home, or one that cannot be written to: starting takes a little longer, nothing else changes.
  }
}
