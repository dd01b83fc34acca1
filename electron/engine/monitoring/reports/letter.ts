/** Reports as one letter: what is in it in words, and the files that go along. */
import { aboutReport } from '../../../../shared/model/reports/about.ts';
import { timeWords, type ReportDocument } from '../../../../shared/model/reports/document.ts';
import type { ReportFormat } from '../../../../shared/model/reports/formats.ts';
import { oneLine, type ConsoleFacts, type Message } from '../messages.ts';
import { reportFiles, type ReportFile } from './formats.ts';

export type LetterContent = {
  /** Of the subscriptions in it. */
  readonly names: readonly string[];
  readonly documents: readonly { readonly document: ReportDocument; readonly format: ReportFormat }[];
  readonly kind: 'scheduled' | 'asked' | 'test';
  /** When it came round; null where it is not late. Epoch milliseconds. */
  readonly lateSinceMs: number | null;
};

export type Letter = { readonly message: Message; readonly files: readonly ReportFile[]; readonly bytes: number };

export async function letterOf(content: LetterContent, console: ConsoleFacts): Promise<Letter> {
  const { names, documents, kind, lateSinceMs } = content;
  const made = await Promise.all(documents.map(({ document, format }) => reportFiles(document, format)));
  const files = withOwnNames(made.flat());
  const subject = names.map(oneLine).join(', ');
  const notes = [
    ...(kind === 'test' ? ['This is a test: the reports are real, and nothing else has happened.'] : []),
    ...(lateSinceMs === null
      ? []
      : [`It was to be sent ${timeWords(lateSinceMs, console.zone)}: the machine slept, or no engine ran.`]),
  ];
  const where = `Holdfast on ${console.hostname}${console.tenant === 'default' ? '' : `, tenant ${console.tenant}`}`;
  return {
    message: {
      title: `${kind === 'test' ? 'Test of ' : ''}${subject}`,
      text: [
        ...notes,
        ...documents.map(({ document }) => inWords(document)),
        `-- \n${where}. Sent by ${names.length === 1 ? 'the subscription' : 'the subscriptions'} ${subject}, which ${names.length === 1 ? 'is' : 'are'} changed under Reports in the console, or with \`holdfast subscription\`.`,
      ].join('\n\n'),
      level: 'info',
    },
    files,
    bytes: files.reduce((sum, { bytes }) => sum + bytes.length, 0),
  };
}

function inWords(document: ReportDocument): string {
  const { title, lead, figures, unknown } = document;
  return [
    title.toUpperCase(),
    lead,
    ...figures.map((figure) => `  ${figure.title}: ${figure.text}`),
    ...unknown.map((sentence) => `  Not known: ${sentence}`),
    ...aboutReport(document),
  ]
    .map((line) => (line.startsWith('  ') ? `  ${oneLine(line)}` : oneLine(line)))
    .join('\n');
}

/** Two reports of the same minute may be of different sources. */
function withOwnNames(files: readonly ReportFile[]): readonly ReportFile[] {
  const taken = new Map<string, number>();
  return files.map((file) => {
    const before = taken.get(file.name) ?? 0;
    taken.set(file.name, before + 1);
    return before === 0 ? file : { ...file, name: file.name.replace(/(\.[a-z]+)$/, `-${before + 1}$1`) };
  });
}
