/** What stands on the recovery kit, in the order in which somebody needs it on a bad day. */
import { formatCount } from '../../../../shared/model/units.ts';
import { shellWord } from '../../platform/shell-words.ts';
import type { KitFacts } from './kit.ts';

/** More would not be read on paper; all are listed above. */
const commandedSources = 50;

export type Section = {
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly commands: readonly { readonly purpose: string; readonly command: string }[];
};
export type Page = { readonly title: string; readonly lead: string; readonly sections: readonly Section[] };

const section = (title: string, content: Partial<Omit<Section, 'title'>>): Section => ({
  title,
  paragraphs: content.paragraphs ?? [],
  facts: content.facts ?? [],
  commands: content.commands ?? [],
});

export function kitPage(kit: KitFacts): Page {
  const { repository, keys, sources, sourceCount, contacts } = kit;
  const shortened = sourceCount > sources.length ? ` These are the newest ${formatCount(sources.length)}.` : '';
  return {
    title: 'Recovery kit',
    lead: `Made on ${day(kit.madeAt)} on ${kit.hostname}. With this page and the password, the data comes back without the machine it was made on.`,
    sections: [
      section('Where the data is', {
        facts: [
          ['Repository', repository.location],
          ['As seen from', kit.hostname],
          ['Repository id', repository.id],
          ['Format', `restic repository, version ${repository.version}`],
        ],
        paragraphs: [
          'If that machine is gone, look for the disk or the share the folder lies on, or for a copy of it. A copy of the whole folder is a whole repository.',
        ],
      }),
      section('How it is opened', {
        paragraphs: [
          'With the password of any of these keys. Everything is encrypted; without one of the passwords nobody can open it, and nobody can reset them.',
          'Any program that reads the format will do. restic is free: https://restic.net, version 0.14 or later.',
        ],
        facts: keys.map(({ id, hostname, username, createdAt }): [string, string] => [
          `Key ${id.slice(0, 8)}`,
          `${id}, made by ${username === '' ? 'an unnamed user' : username} on ${hostname === '' ? 'an unnamed machine' : hostname}, ${createdAt === '' ? 'at an unknown time' : day(createdAt)}`,
        ]),
      }),
      section('What to type', {
        paragraphs: ['Write the id of a snapshot for SNAPSHOT, or latest. restic asks for the password.'],
        commands: kit.commands,
      }),
      section('What is in it', {
        paragraphs: [`${formatCount(sourceCount)} sources when this page was made.${shortened}`],
        facts: sources.map(({ source, hostname, snapshot, takenAt, snapshots }): [string, string] => [
          `${source} on ${hostname}`,
          `newest snapshot ${snapshot.slice(0, 8)} of ${day(takenAt)}, ${formatCount(snapshots)} in all`,
        ]),
      }),
      section('Each source by itself', {
        paragraphs: [
          'The newest snapshot of each when this page was made; a later one has another id, and latest is the newest of all.',
        ],
        commands: sources.slice(0, commandedSources).map(({ source, hostname, snapshot }) => ({
          purpose: `${source} on ${hostname}`,
          command: `restic -r ${shellWord(repository.location)} restore ${snapshot.slice(0, 8)} --target /path/to/new/folder`,
        })),
      }),
      section('Bringing the console back', {
        paragraphs: [
          'The sources, settings and holds of the console are kept in the repository too. Install Holdfast on a new machine and run the command for it above; it asks for the password, and for the recovery passphrase if credentials were saved under one.',
        ],
      }),
      section('What is not on this page', {
        paragraphs: [
          'The password of the repository. Keep it elsewhere, where you can get at it without this machine, and test it.',
          'The recovery passphrase, and the passwords and tokens of what is protected.',
          'The data. Whoever finds this page learns where it is, and cannot read it.',
        ],
        facts: [
          ['Where the password is kept', '______________________________'],
          ...(contacts.length === 0
            ? [['Who can be asked', '______________________________'] as [string, string]]
            : contacts.map((contact): [string, string] => ['Who can be asked', contact])),
        ],
      }),
      ...evidenceSection(kit),
    ],
  };
}

function evidenceSection({ evidenceKey }: KitFacts): readonly Section[] {
  if (evidenceKey === null) return [];
  return [
    section('Whether records are true', {
      paragraphs: [
        'What this console has restored, rehearsed and repaired is recorded and signed. A record is true where it was signed by this key.',
      ],
      facts: [
        ['Fingerprint', evidenceKey.fingerprint],
        ['Public key', evidenceKey.publicKey],
      ],
    }),
  ];
}

function day(iso: string): string {
  return `${iso.replace('T', ' ').slice(0, 16)} UTC`;
}
