/** How a screen tells sources apart: by their name, and by the machine where the snapshots say that it is another one. */
export function sourceKey(name: string, hostname: string, ownHostname: string): string {
  return hostname === ownHostname || hostname === '' ? name : `${name}@${hostname}`;
}
