import { InvalidArgumentError, Option, type Command } from 'commander';
import { mkdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { EvidenceEntry, EvidenceVerdict } from '../../shared/contract/evidence.ts';
import { chainLogs, evidenceKinds, type ChainLog, type EvidenceKind } from '../../shared/model/evidence.ts';
import { localTime, plural } from './display.ts';
import type { BundleVerdict } from '../engine/engine.ts';
import type { ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { saveFile } from './save-file.ts';
import { withEngine, type Cli } from './session.ts';
import { tableLines } from './table.ts';

type ListOptions = { kind?: EvidenceKind; of?: string; limit: number };
type ExportOptions = { format: 'html' | 'json' | 'pdf' | 'text'; to?: string };
type VerifyOptions = { key?: string; anchors: boolean };

export function registerEvidence(program: Command, run: RunCommand): void {
  const evidence = program.command('evidence').description('signed records of restores, drills, failovers and repairs');
  evidence
    .command('list', { isDefault: true })
    .description('list records, newest first')
    .addOption(new Option('--kind <kind>', 'of this kind only').choices(evidenceKinds))
    .option('--of <id>', 'of this run, drill or job only')
    .option('--limit <number>', 'as many as this', limitArgument, 50)
    .action((options: ListOptions) => run((cli) => list(cli, options)));
  evidence
    .command('show')
    .description('print a record')
    .argument('<record>', 'its id, or the beginning of it', idArgument)
    .action((id: string) => run((cli) => show(cli, id)));
  evidence
    .command('export')
    .description('write a record as a file to be printed, kept or sent; or, with `all`, the chains themselves')
    .argument('<record>', 'its id, or the beginning of it, or `all`', recordArgument)
    .addOption(new Option('--format <format>', 'of the file').choices(['html', 'json', 'pdf', 'text']).default('html'))
    .option('--to <path>', 'the file; for `all` a folder (by default one here, with the name of the record)')
    .action((id: string, options: ExportOptions) => run((cli) => exportOne(cli, id, options)));
  verifyCommand(evidence, 'evidence', run);
  evidence
    .command('key')
    .description('show by which key this console signs; compare its fingerprint with the recovery kit')
    .action(() => run((cli) => key(cli, 'key')));
  evidence
    .command('new-key')
    .description('sign with another key from now on; the one of before signs that')
    .action(() => run((cli) => key(cli, 'newKey')));
}

export function verifyCommand(parent: Command, log: ChainLog, run: RunCommand): void {
  parent
    .command('verify')
    .description(
      'check every entry, link and signature, and what sites have of them; the exit code is 1 where one is wrong',
    )
    .argument('[exported]', 'a folder, file of a chain or record that was exported; without it, what is in the home')
    .option('--key <fingerprint>', 'that has to have signed what was exported, as the recovery kit has it')
    .option('--no-anchors', 'do not ask sites and repositories')
    .action((exported: string | undefined, options: VerifyOptions) =>
      run((cli) => (exported === undefined ? verify(cli, log, options) : verifyExported(cli, exported, options))),
    );
}

function limitArgument(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 200)
    throw new InvalidArgumentError('It is a number from 1 to 200.');
  return limit;
}

function idArgument(text: string): string {
  if (/^[0-9a-f]{4,16}$/.test(text)) return text;
  throw new InvalidArgumentError('A record is named by 4 to 16 of the digits 0 to f.');
}

function recordArgument(text: string): string {
  return text === 'all' ? text : idArgument(text);
}

function list(cli: Cli, { kind, of, limit }: ListOptions): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const wanted = { limit, ...(kind === undefined ? {} : { kind }), ...(of === undefined ? {} : { subject: of }) };
    const found = await client.evidence.list(wanted, { signal });
    await cli.output.document(found);
    if (found.records.length === 0) {
      await cli.output.lines(['There is no evidence yet: nothing was restored, drilled, moved or repaired.']);
      return 0;
    }
    const columns = ['RECORD', 'ENDED', 'KIND', 'RESULT', 'WHAT', 'BY'].map((title) => ({ title }));
    await cli.output.lines(tableLines(columns, found.records.map(row)));
    if (found.more) cli.output.note('There are older ones: give a larger --limit.');
    return 0;
  });
}

function row({ id, endedAt, kind, result, title, actor }: EvidenceEntry): string[] {
  return [id.slice(0, 8), localTime(endedAt), kind, result, title, actor];
}

/** 1 where its signature does not fit. */
function show(cli: Cli, id: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const shown = await client.evidence.show({ id }, { signal });
    await cli.output.document(shown);
    const { content } = await client.evidence.document({ id, format: 'text' }, { signal });
    await cli.output.lines(Buffer.from(content, 'base64').toString('utf8').trimEnd().split('\n'));
    return shown.signed === 'no' ? 1 : 0;
  });
}

function exportOne(cli: Cli, id: string, { format, to }: ExportOptions): Promise<ExitCode> {
  if (id === 'all') return exportChains(cli, [...chainLogs], to ?? 'evidence');
  return withEngine(cli, async ({ client, signal }) => {
    const { name, content } = await client.evidence.document({ id, format }, { signal });
    const path = await saveFile(cli.world, to ?? name, Buffer.from(content, 'base64'));
    await cli.output.document({ path });
    await cli.output.summary([`The record lies at ${path}.`]);
    return 0;
  });
}

/** Files of chains, and the key that has signed, into a folder: `evidence verify` knows it again. */
export function exportChains(cli: Cli, logs: readonly ChainLog[], folder: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const path = resolve(cli.world.folder, folder);
    await mkdir(path, { recursive: true, mode: 0o700 });
    const names: string[] = [];
    for (const log of logs) {
      const { files, publicKey } = await client.evidence.files({ log }, { signal });
      await saveFile(cli.world, join(path, 'public-key.txt'), `${publicKey}\n`);
      for (const name of files) {
        const { content } = await client.evidence.file({ name }, { signal });
        await saveFile(cli.world, join(path, basename(name)), Buffer.from(content, 'base64'));
        names.push(name);
      }
    }
    await cli.output.document({ path, files: names });
    await cli.output.summary([`${plural(names.length, 'file')} of chains, and the public key, lie in ${path}.`]);
    return 0;
  });
}

function verify(cli: Cli, log: ChainLog, { anchors }: VerifyOptions): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const verdict = await client.evidence.verify({ logs: [log], anchors }, { signal });
    await cli.output.document(verdict);
    await cli.output.lines([...chainWords(verdict.chains), ...anchorWords(verdict), ...troubleWords(verdict)]);
    return verdict.ok ? 0 : 1;
  });
}

async function verifyExported(
  cli: Cli,
  exported: string,
  { key: trusted = null }: { readonly key?: string | null },
): Promise<ExitCode> {
  const verdict = await cli.world.verifyBundle(resolve(cli.world.folder, exported), trusted);
  await cli.output.document(verdict);
  const keys = verdict.keys.map((fingerprint) => `Signed by ${fingerprint}. Compare it with the recovery kit.`);
  const good = verdict.ok ? ['Nothing was changed since it was signed.'] : ['SOMETHING IS WRONG WITH IT.'];
  await cli.output.lines([
    ...(verdict.chains.length === 0 ? [] : chainWords(verdict.chains)),
    ...verdict.problems,
    ...good,
    ...(trusted === null ? keys : []),
  ]);
  return verdict.ok ? 0 : 1;
}

function chainWords(chains: BundleVerdict['chains']): readonly string[] {
  if (chains.length === 0) return ['No chain has been begun yet.'];
  return chains.flatMap(({ chain, log, from, to, problems, problemCount, unsigned, lastAt }) => {
    const span =
      from === null || to === null ? 'no entry' : `entries ${from} to ${to}, the last of ${localTime(lastAt ?? '')}`;
    const state = problemCount === 0 ? 'sound' : plural(problemCount, 'problem');
    const open =
      unsigned === 0
        ? []
        : [`  ${plural(unsigned, 'entry', 'entries')} at the end ${unsigned === 1 ? 'has' : 'have'} no signature yet.`];
    const found = problems.map(({ seq, problem }) => `  Entry ${seq}: ${problem}`);
    return [`Chain ${chain ?? 'unknown'} (${log ?? 'unknown'}): ${span}: ${state}.`, ...found, ...open];
  });
}

function anchorWords({ anchors }: EvidenceVerdict): readonly string[] {
  return anchors.flatMap(({ name, appendOnly, anchors: count, newest, diverged, problem }) => {
    const where = `${name}${appendOnly ? ' (append-only)' : ''}`;
    if (problem !== null) return [`${where} could not be asked: ${problem}`];
    const good =
      newest === null
        ? 'has no head of these chains'
        : `fits, up to entry ${newest.seq} (${newest.log}) of ${localTime(newest.savedAt)}`;
    const bad = diverged.map(({ chain, after, at, savedAt }) => {
      const since = after === null ? 'from its beginning' : `after entry ${after}`;
      return `  Chain ${chain} WAS WRITTEN ANEW ${since}: entry ${at} is another one than ${name} noted on ${localTime(savedAt)}.`;
    });
    return [diverged.length === 0 ? `${where} ${good}, ${plural(count, 'anchor')}.` : `${where} DOES NOT FIT:`, ...bad];
  });
}

function troubleWords({ trouble }: EvidenceVerdict): readonly string[] {
  return trouble === null ? [] : [`The newest entries could not be written: ${trouble}`];
}

function key(cli: Cli, call: 'key' | 'newKey'): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const found = await client.evidence[call]({}, { signal });
    await cli.output.document(found);
    const kept = found.keptIn === 'file' ? 'a file of the home, for its owner alone' : `the ${found.keptIn}`;
    await cli.output.lines([
      `Fingerprint: ${found.fingerprint}`,
      `Public key:  ${found.publicKey}`,
      `The private half is in ${kept}, since ${localTime(found.madeAt)}.`,
    ]);
    return 0;
  });
}
