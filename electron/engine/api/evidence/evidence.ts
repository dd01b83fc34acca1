import type { EvidenceShown } from '../../../../shared/contract/evidence.ts';
import { evidenceRecordSchema } from '../../../../shared/contract/evidence.ts';
import type { EvidenceFilter, EvidenceRow } from '../../catalog/evidence.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { chainLogs } from '../../../../shared/model/evidence.ts';
import {
  formerFolder,
  listChains,
  parseSegmentName,
  readSegment,
  segmentName,
  tenantFolder,
} from '../../recovery/evidence/chain-files.ts';
import { evidencePage } from '../../recovery/evidence/document.ts';
import { allRows, auditLines, findLine } from '../../recovery/evidence/records.ts';
import { fingerprintOf, isSigned } from '../../recovery/evidence/signing-key.ts';
import { pageAsHtml } from '../../recovery/kit/page-as-html.ts';
import { pageAsText } from '../../recovery/kit/page-as-text.ts';
import { handlers, type CallContext } from '../context.ts';
import { verifyEvidence } from './verify.ts';

export const evidenceHandlers = {
  list: handlers.evidence.list.handler(async ({ input, context }) => {
    const { kind = null, result = null, subject = null, text = null, before = null, limit } = input;
    const found = await rowsOf(context, { kind, result, subject, text, before, limit: limit + 1 });
    return { records: found.slice(0, limit).map(presentRow), more: found.length > limit };
  }),

  show: handlers.evidence.show.handler(({ input, context }) => shown(context, input.id)),

  document: handlers.evidence.document.handler(async ({ input, context }) => {
    const record = await shown(context, input.id);
    const { mediaType, ending, bytes } = await inFormat(record, input.format);
    return { name: `evidence-${record.id}.${ending}`, mediaType, content: bytes.toString('base64') };
  }),

  verify: handlers.evidence.verify.handler(({ input, context }) => verifyEvidence(context, input)),
  key: handlers.evidence.key.handler(({ context }) => context.evidence.key()),
  newKey: handlers.evidence.newKey.handler(({ context }) => context.evidence.newKey()),

  files: handlers.evidence.files.handler(async ({ input, context: { home, caller, evidence } }) => {
    const chains = await listChains(home, caller.tenant, input.log);
    return { files: chains.flat().map(segmentName), publicKey: (await evidence.key()).publicKey };
  }),

  file: handlers.evidence.file.handler(async ({ input: { name }, context: { home, caller } }) => {
    for (const folder of [tenantFolder(home, caller.tenant), formerFolder(home, caller.tenant)]) {
      const segment = parseSegmentName(folder, name);
      const bytes = segment === null ? null : await readSegment(segment).catch(() => null);
      if (bytes !== null) return { content: bytes.toString('base64') };
    }
    throw new HoldfastError('EVIDENCE_NOT_FOUND', `No chain has a file ${name}.`);
  }),

  calls: handlers.evidence.calls.handler(async ({ input, context: { home, caller } }) => {
    const { text, before = null, limit } = input;
    const found = await auditLines(home, caller.tenant, { text, before, limit: limit + 1 });
    const calls = found.slice(0, limit).map(({ id, seq, at, record: { actor, door, call, targets, outcome } }) => {
      return { id, seq, at, actor, door, call, targets, outcome };
    });
    return { calls, more: found.length > limit };
  }),
};

/** Where the catalog has lost some, they are read from the chains first. */
async function rowsOf(context: CallContext, filter: EvidenceFilter): Promise<readonly EvidenceRow[]> {
  const { catalog, caller } = context;
  await fillList(context);
  return catalog.read('evidence.list', caller, filter);
}

const filled = new WeakSet<object>();

/** Once for each engine: what another one has recorded without a catalog, or before that was lost. */
async function fillList({ catalog, caller, home, evidence }: CallContext): Promise<void> {
  if (filled.has(evidence)) return;
  const rows = await allRows(home, caller.tenant);
  await catalog.write('evidence.add', caller, { rows });
  filled.add(evidence);
}

async function shown(context: CallContext, beginning: string): Promise<EvidenceShown> {
  const { catalog, caller, home } = context;
  await fillList(context);
  const [row, second] = await catalog.read('evidence.find', caller, { beginning });
  const missing = new HoldfastError(
    'EVIDENCE_NOT_FOUND',
    `No evidence is called ${beginning}, or its line was changed.`,
  );
  if (row === undefined) throw missing;
  if (second !== undefined) throw new HoldfastError('EVIDENCE_AMBIGUOUS', `Several records begin with ${beginning}.`);
  const found = await findLine(home, caller.tenant, 'evidence', row);
  const record = evidenceRecordSchema.safeParse(found?.line.entry.body);
  if (found === null || !record.success) throw missing;
  const { entry, hash, signature } = found.line;
  const { chain, seq, at, prev, key } = entry;
  const publicKey = await publicKeyOf(context, chain, key);
  return {
    id: row.id,
    record: record.data,
    entry: { chain, seq, at, hash, prev, key, signature },
    signed: signature === '' ? 'later' : publicKey !== null && isSigned(publicKey, hash, signature) ? 'yes' : 'no',
    line: found.text,
    publicKey,
  };
}

/** As the chain itself states it, else the one of this console where that has signed. */
async function publicKeyOf(
  { home, caller, evidence }: CallContext,
  chain: string,
  key: string,
): Promise<string | null> {
  const own = await evidence.key();
  if (own.fingerprint === key) return own.publicKey;
  const begin = await findLine(home, caller.tenant, chainLogs[0], { chain, seq: 0 });
  const stated = begin?.line.entry.body['publicKey'];
  return typeof stated === 'string' && fingerprintOf(stated) === key ? stated : null;
}

async function inFormat(
  record: EvidenceShown,
  format: 'html' | 'json' | 'pdf' | 'text',
): Promise<{ readonly mediaType: string; readonly ending: string; readonly bytes: Buffer }> {
  const page = evidencePage(record);
  switch (format) {
    case 'html':
      return { mediaType: 'text/html', ending: 'html', bytes: Buffer.from(pageAsHtml(page)) };
    case 'text':
      return { mediaType: 'text/plain', ending: 'txt', bytes: Buffer.from(pageAsText(page)) };
    case 'pdf': {
      const { pageAsPdf } = await import('../../recovery/kit/page-as-pdf.ts');
      return { mediaType: 'application/pdf', ending: 'pdf', bytes: await pageAsPdf(page) };
    }
    case 'json':
      return {
        mediaType: 'application/json',
        ending: 'json',
        bytes: Buffer.from(`${JSON.stringify(record, null, 2)}\n`),
      };
  }
}

function presentRow({ id, kind, title, subject, author, startedAtMs, endedAtMs, result }: EvidenceRow) {
  const [startedAt, endedAt] = [startedAtMs, endedAtMs].map((ms) => new Date(ms).toISOString()) as [string, string];
  return { id, kind, title, subject, actor: author, startedAt, endedAt, result };
}
