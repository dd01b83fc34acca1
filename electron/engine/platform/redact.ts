/** Takes secrets out of what is written into logs and crash reports. What is in doubt goes. */

const secretName =
  /pass(?:word|phrase|wd)?$|^pass|secret|token|authorization|cookie|credential|api[-_]?key|private[-_]?key|session/i;
const gone = '[removed]';
const maximumText = 4000;
const maximumDepth = 6;
const maximumEntries = 50;

/** A copy that is safe to write: values under secret names are gone, texts are as `redactText` leaves them. */
export function redactValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? undefined : value;
  if (depth >= maximumDepth) return '…';
  if (value instanceof Error) return redactError(value, depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, maximumEntries).map((element) => redactValue(element, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, maximumEntries)
      .map(([name, part]) => [name, secretName.test(name) ? gone : redactValue(part, depth + 1)]),
  );
}

/** Credentials in addresses, `Authorization`-like headers, `password=…` and JSON fields of such names. */
export function redactText(text: string): string {
  const redacted = text
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^/\s@]*@/gi, `$1${gone}@`)
    .replace(/\b((?:proxy-)?authorization|(?:set-)?cookie)(["']?\s*[:=]\s*)[^\r\n]*/gi, `$1$2${gone}`)
    .replace(/\b(bearer|basic)\s+[\w+/=.~-]{6,}/gi, `$1 ${gone}`)
    .replace(
      /((?:pass(?:word|phrase|wd)|secret|token|credential|api[-_]?key|private[-_]?key)[\w-]*["']?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s,;&}]+)/gi,
      `$1${gone}`,
    );
  return redacted.length > maximumText ? `${redacted.slice(0, maximumText)}…` : redacted;
}

function redactError(error: Error, depth: number): Record<string, unknown> {
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const cause = error.cause === undefined ? {} : { cause: redactValue(error.cause, depth + 1) };
  return {
    name: error.name,
    ...code,
    message: redactText(error.message),
    stack: redactText(error.stack ?? ''),
    ...cause,
  };
}
