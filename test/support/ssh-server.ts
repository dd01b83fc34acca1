/**
 * An OpenSSH server for the length of a test: keys of its own on both sides, one account (that of the test), and a client
 * that knows nothing of the account's own keys and hosts.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, chmod, readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { mustRun } from './processes.ts';
import type { Workspace } from './workspace.ts';

export type SshServer = AsyncDisposable & {
  /** `ssh://user@127.0.0.1:port/<path>`, of an absolute path. */
  url(path: string): string;
  readonly port: number;
  /** The account that it lets in, by the private key in this file. */
  readonly user: string;
  readonly keyFile: string;
  /** Of its host key, as `ssh-keygen -lf` shows it. */
  readonly fingerprint: string;
  /** Lets the owner of a further key in; the file of its public half. */
  admit(publicKey: string): Promise<void>;
  /** Cuts all connections. */
  cut(): void;
  /** What the client's PATH has to begin with, so that it uses the keys of the test. */
  readonly programs: string;
  /** Whom the client trusts: the server as it is, nobody, or one with another key. */
  trust(whom: 'server' | 'nobody' | 'another'): Promise<void>;
  /** Further lines of the client's configuration. */
  configure(lines: string): Promise<void>;
  /** Takes connections from now on and says nothing. */
  fallSilent(): void;
  /** From now on that program is run in place of every command. */
  answerWith(command: string): Promise<void>;
  /** Of each command that was run: the agent that it could ask, or `none`. */
  agents(): Promise<readonly string[]>;
};

export async function startSshServer(workspace: Workspace): Promise<SshServer> {
  const folder = await workspace.folder('ssh');
  const programs = await workspace.folder('ssh', 'bin');
  const file = (name: string): string => join(folder, name);
  for (const name of ['host', 'other', 'user']) {
    await mustRun('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file(name)]);
  }
  await writeServer(folder);
  let isSilent = false;
  const children = new Set<ChildProcess>();
  const sockets = new Set<Socket>();
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (!isSilent) children.add(serve(file('sshd_config'), socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const configure = (lines: string): Promise<void> => writeFile(file('config'), `${clientLines(folder)}${lines}`);
  const trust: SshServer['trust'] = async (whom) => {
    const key = whom === 'nobody' ? '' : await readFile(file(whom === 'server' ? 'host.pub' : 'other.pub'), 'utf8');
    await writeFile(file('known_hosts'), key === '' ? '' : `[127.0.0.1]:${port} ${key}`);
  };
  await configure('');
  await trust('server');
  const real = (await mustRun('sh', ['-c', 'command -v ssh'])).stdout.trim();
  // What comes first counts; the waits of a test are shorter.
  const shorter = `case "$*" in *-oConnectTimeout=*) set -- -oConnectTimeout=2 "$@";; esac`;
  await writeProgram(join(programs, 'ssh'), `${shorter}\nexec '${real}' -F '${file('config')}' "$@"\n`);
  return {
    url: (path) => `ssh://${userInfo().username}@127.0.0.1:${port}${path}`,
    port,
    user: userInfo().username,
    keyFile: file('user'),
    fingerprint: (await mustRun('ssh-keygen', ['-lf', file('host.pub')])).stdout.split(' ')[1] ?? '',
    admit: async (publicKey) => appendFile(file('authorized_keys'), await readFile(publicKey, 'utf8')),
    cut: () => {
      for (const socket of sockets) socket.destroy();
      for (const child of children) child.kill('SIGKILL');
    },
    programs,
    trust,
    configure,
    answerWith: (command) => writeProgram(file('record'), `exec ${command}\n`),
    fallSilent: () => void (isSilent = true),
    agents: async () => (await readFile(file('agents'), 'utf8')).trimEnd().split('\n'),
    [Symbol.asyncDispose]: async () => {
      for (const child of children) child.kill('SIGKILL');
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** As inetd starts it. Root's server wants a folder in /run, which need not be there: it gets a /run of its own. */
function serve(configuration: string, socket: Socket): ChildProcess {
  const command = `exec /usr/sbin/sshd -i -f '${configuration}'`;
  const own = `mount -t tmpfs none /run && mkdir /run/sshd && ${command}`;
  const words = process.getuid?.() === 0 ? ['unshare', '--mount', 'sh', '-c', own] : ['sh', '-c', command];
  const child = spawn(words[0] ?? '', words.slice(1), { stdio: [socket, socket, 'ignore'] });
  child.once('exit', () => socket.destroy());
  return child;
}

async function writeServer(folder: string): Promise<void> {
  const record = join(folder, 'record');
  const agents = join(folder, 'agents');
  await writeProgram(record, `echo "\${SSH_AUTH_SOCK:-none}" >> '${agents}'\nexec sh -c "$SSH_ORIGINAL_COMMAND"\n`);
  const key = await readFile(join(folder, 'user.pub'), 'utf8');
  await writeFile(join(folder, 'authorized_keys'), `command="${record}" ${key}`);
  const lines = [
    `HostKey ${join(folder, 'host')}`,
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    'PidFile none',
    'UsePAM no',
    'StrictModes no',
    'PasswordAuthentication no',
    'PermitRootLogin prohibit-password',
    'AllowAgentForwarding yes',
    'Subsystem sftp /usr/lib/openssh/sftp-server',
  ];
  await writeFile(join(folder, 'sshd_config'), `${lines.join('\n')}\n`);
}

function clientLines(folder: string): string {
  const lines = [
    `IdentityFile ${join(folder, 'user')}`,
    'IdentitiesOnly yes',
    `UserKnownHostsFile ${join(folder, 'known_hosts')}`,
    'GlobalKnownHostsFile none',
  ];
  return `${lines.join('\n')}\n`;
}

async function writeProgram(path: string, text: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${text}`);
  await chmod(path, 0o755);
}
