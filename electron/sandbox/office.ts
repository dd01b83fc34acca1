/**
 * The folders of a small office, and what happens to them from day to day: documents that are worked on, photos that are
 * added, a ledger that grows, things that are deleted and missed later, names that no program expects.
 */
import {
  appendFileSync,
  existsSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  type PathLike,
} from 'node:fs';
import { Dice } from './dice.ts';
import type { SandboxFolder } from './sandbox-folder.ts';

export const officeSources = ['documents', 'photos', 'ledger', 'odd-names'] as const;
export type OfficeSource = (typeof officeSources)[number];

const dayMs = 24 * 3_600_000;
const projects = ['Bridge', 'Harbour', 'Library', 'Mill'] as const;
const topics = ['Offer', 'Minutes', 'Plan', 'Invoice', 'Report', 'Letter'] as const;
const words =
  'the work goes on as agreed and the next part is due when stone sand timber and glass have come from the yard by the river'.split(
    ' ',
  );

export class Office {
  readonly #folder: SandboxFolder;
  readonly #dice: Dice;
  #day = 0;
  #nowMs: number;

  /** `startMs`: the first day. The same seed gives the same office. */
  constructor(folder: SandboxFolder, seed: number, startMs: number) {
    this.#folder = folder;
    this.#dice = new Dice(seed);
    this.#nowMs = startMs;
    this.#found();
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  pathOf(source: OfficeSource): string {
    return this.#folder.folder('sources', source);
  }

  playDays(count: number): void {
    for (let day = 0; day < count; day++) {
      this.#day += 1;
      this.#nowMs += dayMs;
      this.#workOnDocuments();
      if (this.#day % 5 === 0) this.#addPhotos();
      this.#keepLedger();
      this.#haveAccidents();
    }
  }

  #found(): void {
    for (const project of projects) {
      for (const topic of topics) {
        for (let number = 1; number <= 4; number++) this.#writeDocument(project, `${topic} ${number}.txt`, 40);
      }
    }
    this.#addPhotos();
    this.#write('ledger', ['ledger.db'], Buffer.concat([Buffer.from('LEDGER 1\n'), this.#dice.bytes(512 * 1024)]));
    this.#keepLedger();
    this.#nameOddly();
  }

  #writeDocument(project: string, name: string, lines: number): void {
    const text = Array.from({ length: lines }, () => this.#sentence()).join('\n');
    this.#write('documents', [project, name], Buffer.from(`${project}, ${name}\n\n${text}\n`));
  }

  #workOnDocuments(): void {
    const project = this.#dice.pick(projects);
    const folder = this.#folder.folder('sources', 'documents', project);
    const names = readdirSync(folder).toSorted();
    for (let changed = 0; changed < 3 && names.length > 0; changed++) {
      const path = this.#folder.path(folder, this.#dice.pick(names));
      appendFileSync(path, `${this.#sentence()}\n`);
      this.#date(path);
    }
    const topic = this.#dice.pick(topics);
    this.#writeDocument(project, `${topic} of day ${this.#day}.txt`, 10 + this.#dice.below(60));
  }

  #addPhotos(): void {
    for (let photo = 0; photo < 4; photo++) {
      const name = `IMG_${String(this.#day * 10 + photo).padStart(5, '0')}.jpg`;
      const start = Buffer.from('ffd8ffe000104a464946', 'hex');
      this.#write(
        'photos',
        [`Day ${this.#day}`, name],
        Buffer.concat([start, this.#dice.bytes(200_000 + 4 * this.#dice.below(100_000))]),
      );
    }
  }

  /** Pages in the middle change, and some are added: as a database does. */
  #keepLedger(): void {
    this.#write(
      'ledger',
      ['journal', `${String(this.#day).padStart(3, '0')}.log`],
      Buffer.from(`${this.#sentence()}\n`),
    );
    const path = this.#folder.path('sources', 'ledger', 'ledger.db');
    appendFileSync(path, this.#dice.bytes(8192));
    this.#date(path);
  }

  /** What an operator will look for in older snapshots. */
  #haveAccidents(): void {
    const documents = (...names: string[]): string => this.#folder.path('sources', 'documents', ...names);
    if (this.#day === 12) rmSync(documents('Library', 'Plan 2.txt'), { force: true });
    if (this.#day === 17) this.#write('documents', ['Harbour', 'Invoice 1.txt'], Buffer.alloc(0));
    if (this.#day === 21 && existsSync(documents('Mill'))) {
      rmSync(documents('Mill'), { recursive: true });
      this.#folder.folder('sources', 'documents', 'Mill');
    }
  }

  #nameOddly(): void {
    const names = [
      "it's here",
      'a "quoted" name',
      ' spaces at both ends ',
      '<b>bold<b>',
      'Äpfel & Öl',
      '日本語.txt',
      '-rf',
      'line\nbreak',
      '$HOME',
      '100%',
    ];
    for (const name of names)
      this.#write('odd-names', [name], Buffer.from(`The name of this file is ${JSON.stringify(name)}.\n`));
    const folder = this.#folder.folder('sources', 'odd-names');
    const notUtf8 = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x6e, 0x6f, 0x74, 0xff, 0xfe])]);
    writeFileSync(notUtf8, 'Not UTF-8.\n');
    this.#date(notUtf8);
    symlinkSync('100%', this.#folder.path(folder, 'a link'));
  }

  #sentence(): string {
    return Array.from({ length: 8 + this.#dice.below(8) }, () => this.#dice.pick(words)).join(' ');
  }

  #write(source: OfficeSource, names: readonly string[], content: Buffer): void {
    this.#folder.folder('sources', source, ...names.slice(0, -1));
    const path = this.#folder.path('sources', source, ...names);
    writeFileSync(path, content);
    this.#date(path);
  }

  #date(path: PathLike): void {
    utimesSync(path, this.#nowMs / 1000, this.#nowMs / 1000);
  }
}
