/** Failures of networks in words, without addresses: those may be secret. */

const known: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing listens there: the connection was refused.',
  ECONNRESET: 'The connection was cut.',
  EPIPE: 'The connection was cut.',
  ENOTFOUND: 'The name of the host is not known.',
  EAI_AGAIN: 'Names of hosts cannot be looked up at the moment.',
  ETIMEDOUT: 'No answer in time.',
  ESOCKET: 'The connection could not be made.',
  ECONNECTION: 'The connection could not be made.',
  ETLS: 'The server does not offer TLS, which this route asks for.',
  EHOSTUNREACH: 'There is no way to that host.',
  ENETUNREACH: 'There is no network.',
  EAUTH: 'The server refused the user or the password.',
  EENVELOPE: 'The server refused the sender or a recipient.',
  CERT_HAS_EXPIRED: 'Its certificate has expired.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'Its certificate is signed by itself, and by nobody this machine trusts.',
  SELF_SIGNED_CERT_IN_CHAIN: 'Its certificate is signed by nobody this machine trusts.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'Its certificate is signed by nobody this machine trusts.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Its certificate is for another host.',
  UND_ERR_CONNECT_TIMEOUT: 'No answer in time.',
  UND_ERR_SOCKET: 'The connection was cut.',
};

/** What Node says of certificates, where a mail library has put a code of its own in the place of Node's. */
const said: readonly (readonly [RegExp, string])[] = [
  [/certificate has expired/, 'CERT_HAS_EXPIRED'],
  [/self-signed certificate in certificate chain/, 'SELF_SIGNED_CERT_IN_CHAIN'],
  [/self-signed certificate/, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  [/unable to verify the first certificate/, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  [/does not match certificate's altnames/, 'ERR_TLS_CERT_ALTNAME_INVALID'],
];

export function errorWords(error: unknown): string {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth += 1) {
    const code = 'code' in current && typeof current.code === 'string' ? current.code : '';
    const { message } = current;
    const ofCertificate = said.find(([pattern]) => pattern.test(message))?.[1] ?? '';
    const words = known[ofCertificate] ?? known[/\bE[A-Z]{3,}\b/.exec(message)?.[0] ?? ''] ?? known[code];
    // The code of a mail library says less than the one that the socket below it left in the message.
    if (words !== undefined && !(current.cause instanceof Error)) return words;
  }
  return 'The connection failed.';
}
