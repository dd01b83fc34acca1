/**
 * The programs that some tests hold Holdfast against. On a machine without one, its tests are skipped by name; in CI
 * (`CI=true`) its absence is a failure, so that nothing stays unproven in silence.
 */
import { spawnSync } from 'node:child_process';
import { describe, test } from 'vitest';

type Probe = { readonly command: string; readonly args: readonly string[]; readonly package: string };

const probes = {
  restic: { command: 'restic', args: ['version'], package: 'restic' },
  git: { command: 'git', args: ['--version'], package: 'git' },
  gitLfs: { command: 'git', args: ['lfs', 'version'], package: 'git-lfs' },
  sshd: { command: '/usr/sbin/sshd', args: ['-V'], package: 'openssh-server' },
  aws: { command: 'aws', args: ['--version'], package: 'awscli' },
  rclone: { command: 'rclone', args: ['version'], package: 'rclone' },
  promtool: { command: 'promtool', args: ['--version'], package: 'prometheus' },
  /** Networks of one's own, which only root may make. */
  networks: { command: 'unshare', args: ['--net', 'ip', '-V'], package: 'iproute2' },
  pdftotext: { command: 'pdftotext', args: ['-v'], package: 'poppler-utils' },
  curl: { command: 'curl', args: ['--version'], package: 'curl' },
  getfattr: { command: 'getfattr', args: ['--version'], package: 'attr' },
  getfacl: { command: 'getfacl', args: ['--version'], package: 'acl' },
} as const satisfies Record<string, Probe>;

export type Peer = keyof typeof probes;

/** What some machines forbid, whatever is installed there: in CI too its tests are skipped by name then. */
const forbidden: ReadonlySet<Peer> = new Set(['networks']);

const found = new Map<Peer, string | null>();

/** The peer's version, as in `0.14.0`, or null where the peer is not installed. Asked once per process. */
export function peerVersion(peer: Peer): string | null {
  let version = found.get(peer);
  if (version === undefined) {
    version = askVersion(probes[peer]);
    found.set(peer, version);
  }
  return version;
}

/** Whether the peer is installed in this version (`0.17`, `0.17.1`) or a later one. */
export function peerIsAtLeast(peer: Peer, wanted: string): boolean {
  const version = peerVersion(peer);
  return version !== null && compareVersions(version, wanted) >= 0;
}

/** A `describe` whose tests need the named peers. */
export function describePeer(peer: Peer | readonly Peer[], title: string, body: () => void): void {
  const peers: readonly Peer[] = typeof peer === 'string' ? [peer] : peer;
  const missing = peers.filter((name) => peerVersion(name) === null);
  if (missing.length === 0) {
    describe(title, body);
    return;
  }
  const reason = `needs ${missing.join(', ')} (package ${missing.map((name) => probes[name].package).join(', ')})`;
  if (process.env['CI'] === 'true' && missing.some((name) => !forbidden.has(name))) {
    describe(title, () => {
      test(reason, () => {
        throw new Error(`${title}: ${reason}. In CI a missing peer is a failure.`);
      });
    });
    return;
  }
  describe.skip(`${title} [skipped: ${reason}]`, body);
}

function askVersion({ command, args }: Probe): string | null {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 10_000 });
  if (status !== 0) return null;
  return /\d+(?:\.\d+)+/.exec(stdout === '' ? stderr : stdout)?.[0] ?? 'unknown';
}

function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split('.').map(Number));
  for (let part = 0; part < 3; part++) {
    const difference = (a?.[part] ?? 0) - (b?.[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
