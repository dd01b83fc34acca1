/** Where drills may put what they bring back: never where a source lies, nor anything that is in use. */
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { RegisteredSource } from '../../../../shared/contract/sources.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { ScratchBucket } from '../../recovery/drills/objects.ts';
import type { CallContext } from '../context.ts';
import { isConfigured } from '../is-configured.ts';

type Bucket = Extract<RegisteredSource, { readonly kind: 's3-bucket' }>;

export async function textSetting(context: CallContext, key: string): Promise<string | null> {
  if (!(await isConfigured(context))) return null;
  const settings = await context.catalog.read('settings.list', context.caller, null);
  const value = settings.find((setting) => setting.key === key)?.value;
  return typeof value === 'string' && value !== '' ? value : null;
}

/** DRILL_NOT_ISOLATED where somebody has chosen a folder that is protected, or holds a repository. */
export async function scratchRoot(context: CallContext): Promise<string> {
  const chosen = await textSetting(context, 'drills.folder');
  if (chosen === null) return join(context.home, 'drills');
  await context.bounds.folders([chosen]);
  const real = await realpath(chosen).catch(() => chosen);
  for (const path of await foldersInUse(context)) {
    const used = await realpath(path).catch(() => path);
    if (isWithin(real, used) || isWithin(used, real))
      throw new HoldfastError('DRILL_NOT_ISOLATED', `Drills are to lie in ${chosen}, where ${path} is in use.`);
  }
  return join(chosen, 'holdfast-drills');
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

async function foldersInUse({ catalog, caller, connections }: CallContext): Promise<string[]> {
  const sources = await catalog.read('registeredSources.list', caller, null);
  const places = await connections.list(caller);
  return [
    ...sources.flatMap((source) => (source.kind === 'folder' ? source.paths : [])),
    ...places.map(({ location }) => location).filter((location) => location.startsWith('/')),
  ];
}

type Where = Pick<Bucket, 'account' | 'region' | 'endpoint'>;

/** As `scratchPrefix`, with what lets one in. */
export async function scratchBucket(context: CallContext, drill: string, source: Where): Promise<ScratchBucket | null> {
  const place = await scratchPrefix(context, drill, source);
  if (place === null) return null;
  const { bucket, prefix, ...where } = place;
  const { awsAccessOf } = await import('../aws-access.ts');
  return { access: await awsAccessOf(context, where), bucket, prefix };
}

/** Noted before it is used; null where no bucket was chosen for it. DRILL_NOT_ISOLATED where that is a source. */
export async function scratchPrefix(
  context: CallContext,
  drill: string,
  source: Where,
): Promise<(Where & { readonly bucket: string; readonly prefix: string }) | null> {
  const chosen = await textSetting(context, 'drills.bucket');
  if (chosen === null) return null;
  const parts = chosen.split('/');
  const bucket = parts.at(-1) ?? '';
  const account = parts.length > 1 ? (parts[0] ?? null) : source.account;
  const sources = await context.catalog.read('registeredSources.list', context.caller, null);
  if (sources.some((one) => one.kind === 's3-bucket' && one.bucket === bucket))
    throw new HoldfastError('DRILL_NOT_ISOLATED', `The bucket ${bucket} is a source, so that no drill writes to it.`);
  const { prefixOf } = await import('../../recovery/drills/remove-prefix.ts');
  const { region, endpoint } = source;
  await context.drills.note(context.caller, drill, { kind: 'bucket', bucket, account, region, endpoint });
  return { bucket, prefix: prefixOf(drill), account, region, endpoint };
}
