import { join } from 'node:path';
import { RuleTester } from 'oxlint/plugins-dev';
import { describe, test } from 'vitest';
import { importTableRule } from '../../house/lint-plugin.ts';

RuleTester.describe = describe;
RuleTester.it = test;

const inFile = (file: string) => ({ cwd: process.cwd(), filename: join(process.cwd(), file) });
const model = inFile('shared/model/errors.ts');
const writer = inFile('electron/engine/repository/writer.ts');

const forbidden = (code: string, at = writer) => ({ ...at, code, errors: 1 });

new RuleTester({ languageOptions: { parserOptions: { lang: 'ts' } } }).run('import-table', importTableRule, {
  valid: [
    { ...writer, code: `import { open } from 'node:fs/promises'; import { sealPack } from './pack.ts';` },
    { ...writer, code: `new Worker(new URL('./seal-worker.ts', import.meta.url));` },
    { ...writer, code: `new URL('/v1/snapshots', base); new URL('./fixture.bin', import.meta.url); new URL(text);` },
    { ...writer, code: `export const local = 1; const pack = await import('./pack.ts');` },
    {
      ...inFile('test/unit/x.test.ts'),
      code: `import { a } from '../../electron/engine/engine.ts'; await import(name);`,
    },
  ],
  invalid: [
    forbidden(`import { walk } from '../sources/folder/walk.ts';`),
    forbidden(`import type { Walk } from '../sources/folder/walk.ts';`),
    forbidden(`import '../sources/folder/walk.ts';`),
    forbidden(`export { walk } from '../sources/folder/walk.ts';`),
    forbidden(`export type { Walk } from '../sources/folder/walk.ts';`),
    forbidden(`export * from '../sources/folder/walk.ts';`),
    forbidden(`export * as walk from '../sources/folder/walk.ts';`),
    forbidden(`const walk = await import('../sources/folder/walk.ts');`),
    forbidden('const walk = await import(`../sources/folder/walk.ts`);'),
    forbidden(`const walk = await import(name);`),
    forbidden(`type Walk = import('../sources/folder/walk.ts').Walk;`),
    forbidden(`new Worker(new URL('../sources/folder/walk-worker.ts', import.meta.url));`),
    forbidden(`new Worker(new URL(name, import.meta.url));`),
    forbidden(`const walk = require('../sources/folder/walk.ts');`),
    forbidden(`const walk = createRequire(import.meta.url)('../sources/folder/walk.ts');`),
    forbidden(`const walk = import.meta.resolve('../sources/folder/walk.ts');`),
    forbidden(`import { app } from 'electron';`),
    forbidden(`import { sealPack } from './pack';`),
    forbidden(`import { readFileSync } from 'node:fs';`, model),
    forbidden(`import type { Stats } from 'node:fs';`, model),
    forbidden(`import { z } from 'zod';`, model),
    forbidden(`export const lost = 1;`, inFile('electron/engine/helpers/lost.ts')),
  ],
});
