/** How a screen tells sources apart: by their name, and by the machine where that is another one. */
export function sourceKey(name: string, hostname: string, ownHostname: string): string {
  return hostname === ownHostname ? name : `${name}@${hostname}`;
}
