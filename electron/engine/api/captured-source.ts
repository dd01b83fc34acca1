/** Sources that are captured where they lie, made of their definition and of what this machine reaches them with. */
import type { RegisteredSource } from '../../../shared/contract/sources.ts';
import type { SourceRequest } from '../protection/protect-source.ts';
import { bucketSource } from '../sources/s3-bucket/bucket-source.ts';
import type { CallContext } from './context.ts';

/** Null for all others. `allowShrunk`: the operator knows that there is much less than before. Throws as `awsAccessOf`. */
export async function capturedOf(
  context: CallContext,
  source: RegisteredSource,
  allowShrunk: boolean,
): Promise<Pick<SourceRequest, 'captured' | 'paths'> | null> {
  if (source.kind !== 's3-bucket') return null;
  const { bucket, prefix, versions, objectTags, acls } = source;
  const { awsAccessOf } = await import('./aws-access.ts');
  const wanted = { bucket, prefix, versions, objectTags, acls, allowShrunk };
  return { captured: bucketSource({ access: await awsAccessOf(context, source), wanted }), paths: [`/${bucket}`] };
}
