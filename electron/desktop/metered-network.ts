/**
 * Whether somebody pays for what travels over the network. Only NetworkManager on Linux can be asked for that without code
 * of the system's own, over the bus; elsewhere it is not known.
 */
import { execFile } from 'node:child_process';

export type NetworkParts = {
  readonly platform: NodeJS.Platform;
  /** The program that asks on the bus. */
  readonly busctl?: string;
};

const name = 'org.freedesktop.NetworkManager';
// Nobody starts a service only because it is asked about.
const question = ['--system', '--auto-start=no', '--timeout=5', 'get-property', name, `/${name.replaceAll('.', '/')}`];
const patienceMs = 10_000;
/** Of NetworkManager: yes, no, and the same as a guess; it says 0 where it does not know. */
const meanings: Readonly<Record<string, boolean>> = { 'u 1': true, 'u 2': false, 'u 3': true, 'u 4': false };

/** Null: it cannot be known. */
export function isMetered({ platform, busctl = 'busctl' }: NetworkParts): Promise<boolean | null> {
  if (platform !== 'linux') return Promise.resolve(null);
  return new Promise((resolve) => {
    execFile(busctl, [...question, name, 'Metered'], { timeout: patienceMs, maxBuffer: 4096 }, (error, stdout) => {
      resolve(error === null ? (meanings[stdout.trim()] ?? null) : null);
    });
  });
}
