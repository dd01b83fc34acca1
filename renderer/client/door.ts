/** The way from this page to the engine: the port of the desktop, or HTTP on the origin that served the page. */
import { clientOverHttp, clientOverPort, type Client } from './client.ts';
import { desktopHost, nextPort } from './host.ts';

/** Opens anew after each loss. Rejects with an AbortError when the signal fires. */
export interface Door {
  open(signal: AbortSignal): Promise<Client>;
}

export function doorOfThisPage(): Door {
  return desktopHost() === null ? httpDoor(window.location.origin) : portDoor();
}

export function httpDoor(origin: string): Door {
  const client = clientOverHttp(origin);
  return { open: () => Promise.resolve(client) };
}

/** Listens from the start: the preload may deliver before anybody asks. */
function portDoor(): Door {
  const never = new AbortController().signal;
  let coming = nextPort(never);
  return {
    async open(signal) {
      const port = await Promise.race([coming, aborted(signal)]);
      coming = nextPort(never);
      return clientOverPort(port);
    },
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new DOMException('No longer waited for.', 'AbortError')));
  });
}
