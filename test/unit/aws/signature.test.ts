import { expect, test } from 'vitest';
import { RequestSigner } from '../../../electron/engine/aws/signature.ts';

// The example "GET Object" of the S3 API Reference, "Signature Calculations for the Authorization Header".
const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const request = {
  method: 'GET',
  path: '/test.txt',
  query: '',
  headers: { host: 'examplebucket.s3.amazonaws.com', range: 'bytes=0-9' },
};
const nowMs = Date.UTC(2013, 4, 24);

test('signs as AWS documents it', () => {
  const signer = new RequestSigner({ region: 'us-east-1', service: 's3' });
  const { authorization, ...others } = signer.sign(request, credentials, nowMs);
  expect(authorization).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  );
  expect(others).toMatchObject({ ...request.headers, 'x-amz-date': '20130524T000000Z' });
});

test('signs by the credential and the day it is given, whatever was before', () => {
  const signer = new RequestSigner({ region: 'us-east-1', service: 's3' });
  const first = signer.sign(request, credentials, nowMs)['authorization'];
  const others = [
    signer.sign(request, { ...credentials, secretAccessKey: 'another' }, nowMs),
    signer.sign(request, credentials, nowMs + 86_400_000),
    signer.sign(request, { ...credentials, sessionToken: 'of a session' }, nowMs),
  ];
  expect(new Set([first, ...others.map((headers) => headers['authorization'])]).size).toBe(4);
  expect(others[2]?.['x-amz-security-token']).toBe('of a session');
  expect(signer.sign(request, credentials, nowMs)['authorization']).toBe(first);
});
