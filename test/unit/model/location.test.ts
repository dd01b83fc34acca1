import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { formatLocation, parseLocation } from '../../../shared/model/location.ts';

describe('a folder', () => {
  test.each([
    ['/srv/repository', '/srv/repository'],
    ['repository', 'repository'],
    ['./nas:backup', './nas:backup'],
    ['/srv/at 10:30/repository', '/srv/at 10:30/repository'],
    ['local:/srv/repository', '/srv/repository'],
    ['C:/repository', 'C:/repository'],
  ])('is meant by %s', (location, folder) => {
    expect(parseLocation(location)).toEqual({ kind: 'local', folder });
  });

  test.each(['https://host/', 'ada@nas:backup', 'b2:bucket:path', 'nas:/backup', 'S3:host/bucket'])(
    'is never made of %s',
    (location) => {
      expect(() => parseLocation(location)).toThrow(
        expect.objectContaining({ code: 'REPOSITORY_KIND_UNSUPPORTED' }) as Error,
      );
    },
  );
});

describe('a bucket', () => {
  test.each([
    [
      's3:https://s3.eu-central-1.amazonaws.com/office/backup',
      's3:https://s3.eu-central-1.amazonaws.com/office/backup',
    ],
    ['s3:s3.amazonaws.com/office', 's3:https://s3.amazonaws.com/office'],
    ['s3://minio.example.org/office//backup/', 's3:https://minio.example.org/office/backup'],
    ['s3:http://127.0.0.1:9000/office', 's3:http://127.0.0.1:9000/office'],
    ['s3:https://Minio.Example.org:443/Office', 's3:https://minio.example.org/Office'],
    ['s3:https://[::1]:9000/office/a b', null],
    ['s3:https://[::1]:9000/office/a+b', 's3:https://[::1]:9000/office/a+b'],
  ])('%s is %s', (text, whole) => {
    if (whole === null) expect(() => parseLocation(text)).toThrow(invalid);
    else expect(formatLocation(parseLocation(text))).toBe(whole);
  });

  test.each([
    ['s3.amazonaws.com', true, null],
    ['s3.eu-central-1.amazonaws.com', true, 'eu-central-1'],
    ['s3-us-gov-west-1.amazonaws.com', true, 'us-gov-west-1'],
    ['s3.dualstack.eu-west-3.amazonaws.com', true, 'eu-west-3'],
    ['s3.cn-north-1.amazonaws.com.cn', true, 'cn-north-1'],
    ['s3.eu-central-1.wasabisys.com', false, null],
    ['s3.amazonaws.com.example.org', false, null],
  ])('on %s is AWS’s own: %s, in the region %s', (host, isAws, region) => {
    expect(parseLocation(`s3:https://${host}/office`)).toMatchObject({ isAws, region, bucket: 'office', prefix: '' });
  });

  test.each([
    '',
    '/',
    'host',
    'https://host',
    'https://host/',
    'https://host/ab',
    'ftp://host/bucket',
    'host/bucket/../x',
  ])('is not meant by s3:%s', (rest) => expect(() => parseLocation(`s3:${rest}`)).toThrow(invalid));
});

describe('a REST server', () => {
  test.each([
    ['https://nas.example.org:8000/', 'https://nas.example.org:8000/'],
    ['https://nas.example.org:8000', 'https://nas.example.org:8000/'],
    ['http://NAS:80/office', 'http://nas/office/'],
    ['https://nas/a//b', 'https://nas/a/b/'],
  ])('%s is at %s', (text, url) => {
    expect(parseLocation(`rest:${text}`)).toEqual({ kind: 'rest', url });
  });

  test.each([
    '',
    'nas',
    '//nas/',
    'https://',
    'https://nas:0/',
    'https://nas:65536/',
    'https://nas/?a',
    'https://nas/../a',
  ])('is not meant by rest:%s', (rest) => expect(() => parseLocation(`rest:${rest}`)).toThrow(invalid));
});

describe('an SFTP server', () => {
  test.each([
    ['ada@nas:/backup', { user: 'ada', host: 'nas', port: 22, path: '/backup' }],
    ['nas:backup/office/', { user: null, host: 'nas', port: 22, path: 'backup/office' }],
    ['//ada@nas:2222//backup', { user: 'ada', host: 'nas', port: 2222, path: '/backup' }],
    ['//nas/backup', { user: null, host: 'nas', port: 22, path: 'backup' }],
    ['ada@[::1]:/', { user: 'ada', host: '::1', port: 22, path: '/' }],
    ['//[::1]:2222//a:b@c', { user: null, host: '::1', port: 2222, path: '/a:b@c' }],
  ])('%s is %j', (text, parts) => {
    expect(parseLocation(`sftp:${text}`)).toEqual({ kind: 'sftp', ...parts });
  });

  test.each([
    '',
    'nas',
    'ada@nas',
    'nas:',
    '@nas:/a',
    '//nas',
    '//nas:22',
    '//nas:99999//a',
    'na s:/a',
    '-oProxyCommand=x:/a',
  ])('is not meant by sftp:%s', (rest) => expect(() => parseLocation(`sftp:${rest}`)).toThrow(invalid));
});

describe('a password in an address', () => {
  test.each([
    ['rest:https://ada:hunter2@host/', 'RESTIC_REST_PASSWORD'],
    ['rest:https://hunter2@host/', '--secret password=env:NAME'],
    ['s3:https://AKIA:hunter2@host/bucket', 'AWS_SECRET_ACCESS_KEY'],
    ['s3:AKIA:hunter2@host/bucket', '--secret secret-access-key=env:NAME'],
    ['s3://AKIA:hunter2@host/bucket', '--secret secret-access-key=env:NAME'],
    ['sftp:ada:hunter2@nas:/backup', '--secret password=env:NAME'],
    ['sftp://ada:hunter2@nas/backup', '--secret password=env:NAME'],
  ])('%s is refused, with where it goes', (location, place) => {
    expect(() => parseLocation(location)).toThrow(invalid);
    expect(() => parseLocation(location)).toThrow(place);
    expect(() => parseLocation(location)).not.toThrow('hunter2');
  });
});

test('the one form of a location leads to the same place', () => {
  const name = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9._-]{1,20}[a-zA-Z0-9]$/);
  const path = fc.array(fc.stringMatching(/^[a-z.@:+ -]{1,8}$/), { maxLength: 4 }).map((parts) => parts.join('/'));
  const port = fc.option(fc.integer({ min: 1, max: 65_535 }));
  const text = fc.oneof(
    fc.tuple(
      fc.constantFrom('s3:https://', 's3:http://', 's3://', 's3:', 'rest:https://', 'rest:http://'),
      name,
      port,
      path,
    ),
    fc.tuple(fc.constantFrom('sftp://', 'sftp://ada@', 'sftp:ada@', 'sftp:'), name, port, path),
  );
  fc.assert(
    fc.property(text, ([beginning, host, number, rest]) => {
      const location = parsed(`${beginning}${host}${number === null ? '' : `:${number}`}/bucket/${rest}`);
      if (location !== null) expect(parseLocation(formatLocation(location))).toEqual(location);
    }),
  );
});

const invalid = expect.objectContaining({ code: 'LOCATION_INVALID' }) as Error;

function parsed(text: string) {
  try {
    return parseLocation(text);
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'LOCATION_INVALID') return null;
    throw error;
  }
}
