/** What goes with an object besides its content, from what was known of it; and what cannot. */
import type { PutObjectCommandInput } from '@aws-sdk/client-s3';
import type { ObjectRecord } from '../../sources/s3-bucket/record.ts';
import type { Headers } from './target-bucket.ts';

export function headersOf(record: ObjectRecord | null): Headers {
  if (record === null) return {};
  const { contentType, contentEncoding, contentDisposition, contentLanguage, cacheControl, expires } = record;
  const { websiteRedirect, metadata, tags = [], storageClass } = record;
  const expiresAt = expires === undefined ? Number.NaN : Date.parse(expires);
  const headers = {
    ContentType: contentType,
    ContentEncoding: contentEncoding,
    ContentDisposition: contentDisposition,
    ContentLanguage: contentLanguage,
    CacheControl: cacheControl,
    Expires: Number.isNaN(expiresAt) ? undefined : new Date(expiresAt),
    WebsiteRedirectLocation: websiteRedirect,
    Metadata: metadata,
    StorageClass: storageClass as PutObjectCommandInput['StorageClass'],
    Tagging: tags.length === 0 ? undefined : tags.map((pair) => pair.map(encodeURIComponent).join('=')).join('&'),
  };
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)) as Headers;
}

/** Sentences about what the snapshot has and the target gets not, each once. */
export function notGivenBackOf(record: ObjectRecord | null): readonly string[] {
  if (record === null) return ['Of some objects the snapshot has the content alone: no metadata and no tags.'];
  return [
    ...(record.acl === undefined ? [] : ['Grants (ACL) are kept in the snapshot and not given back.']),
    ...(record.kmsKey === undefined
      ? []
      : ['Objects are encrypted as the target bucket says, not with the key they had.']),
  ];
}
