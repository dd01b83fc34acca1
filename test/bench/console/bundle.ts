/** What the page weighs when it travels: all that was built, and what its first screen asks for. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';

/** Bytes of scripts and style sheets, each file gzipped by itself. */
export type Bundle = { readonly all: number; readonly files: number; readonly firstScreen: number };

const built = fileURLToPath(new URL('../../../out/renderer', import.meta.url));

export async function measureBundle(page: Page, origin: string): Promise<Bundle> {
  const weights = new Map<string, number>();
  for (const name of await readdir(built, { recursive: true })) {
    if (/\.(?:js|css)$/.test(name)) weights.set(name, gzipSync(await readFile(join(built, name))).length);
  }
  const asked = new Set<string>();
  const note = (request: { url(): string }): void => void asked.add(new URL(request.url()).pathname.slice(1));
  await page.goto('about:blank');
  page.on('request', note);
  await page.goto(`${origin}/#/`);
  await page.locator('main h1').first().waitFor();
  await page.locator('main [role=grid] [role=img]').first().waitFor();
  page.off('request', note);
  const sum = (bytes: Iterable<number>): number => [...bytes].reduce((total, next) => total + next, 0);
  return {
    all: sum(weights.values()),
    files: weights.size,
    firstScreen: sum([...asked].map((name) => weights.get(name) ?? 0)),
  };
}
