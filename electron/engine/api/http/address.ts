/** Where the door is, and under which names it answers: a page elsewhere cannot reach it by giving it a name of its own. */
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { isLoopback } from '../../platform/certificate.ts';

export type DoorAddress = {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  /** Names other than those of loopback are the ones of the certificate. */
  readonly certificate: X509Certificate | null;
};

const loopbackNames = ['127.0.0.1', '::1', 'localhost'];

/** The address in a link for a browser. */
export function originOf({ scheme, host, port }: DoorAddress): string {
  const everywhere = host === '0.0.0.0' || host === '::';
  const name = everywhere ? 'localhost' : host;
  return new URL(`${scheme}://${isIP(name) === 6 ? `[${name}]` : name}:${port}`).origin;
}

/** The origin that a Host header stands for; null where that is none of this door's. */
export function ownOrigin(address: DoorAddress, hostHeader: string | undefined): string | null {
  if (hostHeader === undefined || !/^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(?::\d{1,5})?$/.test(hostHeader)) return null;
  if (!URL.canParse(`${address.scheme}://${hostHeader}`)) return null;
  const url = new URL(`${address.scheme}://${hostHeader}`);
  const port = url.port === '' ? (address.scheme === 'https' ? 443 : 80) : Number(url.port);
  if (port !== address.port) return null;
  return answersTo(address, url.hostname.replace(/^\[|\]$/g, '')) ? url.origin : null;
}

function answersTo({ host, certificate }: DoorAddress, name: string): boolean {
  if (loopbackNames.includes(name) || (name === host && isLoopback(host))) return true;
  if (certificate === null) return false;
  return (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined;
}
