/**
 * A certificate that a server makes for itself (RFC 5280): who connects to it knows its fingerprint, so nobody has to sign
 * it. The key is on the curve P-256.
 */
import { generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { isIP, SocketAddress } from 'node:net';

export type SelfSigned = { /** PEM. */ readonly cert: string; /** PEM, PKCS #8. */ readonly key: string };

export type SelfSignedOptions = {
  /** Names and addresses that it answers to. The first one is its own name. */
  readonly hosts: readonly string[];
  readonly fromMs: number;
  readonly untilMs: number;
};

const oids = {
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  subjectAltName: '2.5.29.17',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;

export function makeSelfSigned({ hosts, fromMs, untilMs }: SelfSignedOptions): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid(oids.ecdsaWithSha256));
  const [name = 'holdfast'] = hosts;
  // 64 signs at most: X.520's bound for a common name.
  const self = sequence(set(sequence(oid(oids.commonName), der(0x0c, Buffer.from(name.slice(0, 64), 'utf8')))));
  const content = sequence(
    der(0xa0, integer(Buffer.of(2))),
    integer(serialNumber()),
    algorithm,
    self,
    sequence(time(fromMs), time(untilMs)),
    self,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions(hosts))),
  );
  const signature = sign('sha256', content, privateKey);
  const cert = sequence(content, algorithm, bitString(signature));
  return {
    cert: new X509Certificate(cert).toString(),
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}

function extensions(hosts: readonly string[]): readonly Buffer[] {
  const critical = der(0x01, Buffer.of(0xff));
  const extension = (id: string, value: Buffer, ...flags: readonly Buffer[]): Buffer =>
    sequence(oid(id), ...flags, der(0x04, value));
  // digitalSignature alone, the first of the bits.
  const usage = der(0x03, Buffer.of(7, 0x80));
  return [
    extension(oids.basicConstraints, sequence(), critical),
    extension(oids.keyUsage, usage, critical),
    extension(oids.extendedKeyUsage, sequence(oid(oids.serverAuth))),
    extension(oids.subjectAltName, sequence(...hosts.map(alternativeName))),
  ];
}

/** dNSName or iPAddress. */
function alternativeName(host: string): Buffer {
  const family = isIP(host);
  if (family === 0) return der(0x82, Buffer.from(host, 'latin1'));
  return der(0x87, family === 4 ? Buffer.from(host.split('.').map(Number)) : ipv6Bytes(host));
}

function ipv6Bytes(host: string): Buffer {
  const plain = new SocketAddress({ address: host, family: 'ipv6' }).address.replace(/%.*$/, '');
  const [before = '', after = ''] = plain.split('::');
  const groups = (text: string): readonly string[] => (text === '' ? [] : text.split(':'));
  const [head, tail] = [groups(before), groups(after)];
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return Buffer.from([...head, ...zeros, ...tail].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

/** Positive, and no two alike. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

/** From 2050 on with four digits of the year. */
function time(ms: number): Buffer {
  const digits = `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`;
  return digits < '2050' ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits));
}

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const base128 = (value: number): readonly number[] =>
    value < 128 ? [value] : [...base128(Math.floor(value / 128)).map((byte) => byte | 0x80), value % 128];
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function set(...parts: readonly Buffer[]): Buffer {
  return der(0x31, Buffer.concat(parts));
}

function integer(bytes: Buffer): Buffer {
  return der(0x02, bytes);
}

function bitString(bytes: Buffer): Buffer {
  return der(0x03, Buffer.concat([Buffer.of(0), bytes]));
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}
