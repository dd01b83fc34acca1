import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { HoldfastError } from '../../shared/model/errors.ts';
import { badUsage } from './failure.ts';
import type { Output } from './output.ts';
import type { World } from './world.ts';

/** Far above any password, and small enough to be read whole. */
const MAX_FILE_BYTES = 64 * 1024;
const READABLE_BY_OTHERS = 0o044;
const ATTEMPTS = 3;

/**
 * The password of a repository: HOLDFAST_PASSWORD, else the content of HOLDFAST_PASSWORD_FILE, else asked.
 * NO_PASSWORD where none of them gives one.
 */
export async function currentPassword(world: World, output: Output, location: string): Promise<string> {
  const given = await passwordFromEnvironment(world, output, 'HOLDFAST_PASSWORD');
  if (given !== null) return given;
  if (world.askSecret === null) {
    throw new HoldfastError('NO_PASSWORD', `No password was given for the repository at ${location}.`);
  }
  const typed = await world.askSecret(`Password of the repository at ${location}: `);
  if (typed === '') throw new HoldfastError('NO_PASSWORD', 'The password given is empty.');
  return typed;
}

/** Like `currentPassword`, for a repository that is about to be created: asked twice. */
export async function passwordOfNewRepository(world: World, output: Output, location: string): Promise<string> {
  const given = await passwordFromEnvironment(world, output, 'HOLDFAST_PASSWORD');
  if (given !== null) return given;
  if (world.askSecret === null) {
    throw new HoldfastError('NO_PASSWORD', `No password was given for the new repository at ${location}.`);
  }
  sayPasswordRisk(output);
  return askTwice(world.askSecret, output, `New password for ${location}`);
}

export function sayPasswordRisk(output: Output): void {
  output.say('The repository is encrypted with a password that nobody can recover: lose it, and every snapshot in it');
  output.say('is lost. Keep the password somewhere other than this machine.');
}

/** A further password of a repository: HOLDFAST_NEW_PASSWORD, HOLDFAST_NEW_PASSWORD_FILE, or asked twice. */
export async function newPassword(world: World, output: Output): Promise<string> {
  const given = await passwordFromEnvironment(world, output, 'HOLDFAST_NEW_PASSWORD');
  if (given !== null) return given;
  if (world.askSecret !== null) return askTwice(world.askSecret, output, 'New password');
  throw badUsage(
    'No new password was given: set HOLDFAST_NEW_PASSWORD or HOLDFAST_NEW_PASSWORD_FILE, or run the command on a terminal.',
  );
}

/** The value of the variable, or of the file that `<variable>_FILE` names; null where neither is set. */
export async function passwordFromEnvironment(world: World, output: Output, variable: string): Promise<string | null> {
  const value = world.env[variable];
  if (value !== undefined && value !== '') return value;
  const file = world.env[`${variable}_FILE`];
  if (file === undefined || file === '') return null;
  return passwordFromFile(resolve(world.folder, file), `${variable}_FILE`, output);
}

/** The whole file but one newline at its end. */
async function passwordFromFile(path: string, variable: string, output: Output): Promise<string> {
  const { text, mode } = await readSmallFile(path).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HoldfastError('NO_PASSWORD', `The file named by ${variable} cannot be read: ${reason}.`, {
      cause: error,
    });
  });
  const password = text.replace(/\r?\n$/, '');
  if (password === '') throw new HoldfastError('NO_PASSWORD', `The file named by ${variable} is empty: ${path}.`);
  if ((mode & READABLE_BY_OTHERS) !== 0 && process.platform !== 'win32') {
    output.warn(`Other users can read the password in ${path}; run: chmod 600 ${path}`);
  }
  return password;
}

/** `mode` is 0 for what is no regular file: a pipe's bits say nothing about who else can read it. */
async function readSmallFile(path: string): Promise<{ text: string; mode: number }> {
  const file = await open(path);
  try {
    const stats = await file.stat();
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of file.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_FILE_BYTES) throw new Error(`${path} is larger than any password`);
      chunks.push(chunk);
    }
    return { text: Buffer.concat(chunks).toString('utf8'), mode: stats.isFile() ? stats.mode : 0 };
  } finally {
    await file.close();
  }
}

export async function askTwice(
  ask: (question: string) => Promise<string>,
  output: Output,
  label: string,
): Promise<string> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const first = await ask(`${label}: `);
    if (first === '') {
      output.say('A password cannot be empty.');
      continue;
    }
    if ((await ask(`${label}, again: `)) === first) return first;
    output.say('The two are not the same.');
  }
  throw new HoldfastError('NO_PASSWORD', 'No password was given twice in the same way.');
}
