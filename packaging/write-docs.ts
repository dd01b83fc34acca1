/** Writes the pages of docs/ that are made from the program anew: `npm run docs`. */
import { writeFileSync } from 'node:fs';
import { madePages } from './docs/pages.ts';

for (const { path, text } of await madePages()) writeFileSync(path, text);
