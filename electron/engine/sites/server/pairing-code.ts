/**
 * A registration code: where the server is, the one certificate it shows, and a secret that is good once. One word that can be
 * copied; its last bytes tell a slip of the hand from a code that is over.
 */
import { createHash } from 'node:crypto';
import { HoldfastError } from '../../../../shared/model/errors.ts';

export type PairingCode = {
  /** Host and port. */
  readonly address: string;
  /** SHA-256 of the certificate, 64 hexadecimal digits. */
  readonly fingerprint: string;
  /** 16 bytes. */
  readonly secret: Buffer;
};

const mark = 'hfsite1_';
const secretBytes = 16;
const fingerprintBytes = 32;
const checkBytes = 4;
const longest = 1000;
/** As a URL has it between its scheme and its path. */
const addressPattern = /^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):\d{1,5}$/;

export function writePairingCode({ address, fingerprint, secret }: PairingCode): string {
  const content = Buffer.concat([secret, Buffer.from(fingerprint, 'hex'), Buffer.from(address, 'latin1')]);
  return mark + Buffer.concat([content, checkOf(content)]).toString('base64url');
}

/** SITE_CODE_INVALID. White space in it does no harm: mail programs break long words. */
export function readPairingCode(text: string): PairingCode {
  const word = text.length > longest ? '' : text.replaceAll(/\s/g, '');
  if (!word.startsWith(mark)) throw invalid('That is no registration code: those begin with hfsite1_.');
  const bytes = Buffer.from(word.slice(mark.length), 'base64url');
  const content = bytes.subarray(0, -checkBytes);
  const address = content.subarray(secretBytes + fingerprintBytes).toString('latin1');
  if (!checkOf(content).equals(bytes.subarray(-checkBytes)) || !isAddress(address))
    throw invalid('The registration code is not whole, or mistyped.');
  return {
    address,
    secret: content.subarray(0, secretBytes),
    fingerprint: content.subarray(secretBytes, secretBytes + fingerprintBytes).toString('hex'),
  };
}

/** Host and port as they stand in an address. */
export function isAddress(text: string): boolean {
  return text.length <= 300 && addressPattern.test(text) && URL.canParse(`https://${text}/`);
}

function checkOf(content: Buffer): Buffer {
  return createHash('sha256').update(mark).update(content).digest().subarray(0, checkBytes);
}

function invalid(text: string): HoldfastError {
  return new HoldfastError('SITE_CODE_INVALID', text);
}
