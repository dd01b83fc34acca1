/** The OpenAPI document as a list that can be searched, and the pieces that a reader of one operation wants. */

type Schema = { readonly [key: string]: unknown };
type Media = { readonly schema?: Schema; readonly example?: unknown };
type Body = {
  readonly description?: string;
  readonly content?: Readonly<Record<string, Media>>;
  readonly $ref?: string;
};

export type ApiParameter = {
  readonly name: string;
  readonly where: string;
  readonly required: boolean;
  readonly type: string;
  readonly about: string;
};
export type ApiFailure = {
  readonly status: string;
  readonly codes: readonly { readonly code: string; readonly means: string }[];
};
export type ApiOperation = {
  readonly id: string;
  readonly tag: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  /** In paragraphs. */
  readonly about: readonly string[];
  readonly role: string;
  readonly parameters: readonly ApiParameter[];
  /** JSON; null: there is no body. */
  readonly request: string | null;
  /** JSON, or an event of a stream; null: nothing. */
  readonly answer: string | null;
  readonly isStream: boolean;
  readonly failures: readonly ApiFailure[];
};

export type ApiDocument = {
  readonly info?: { readonly version?: string };
  readonly servers?: readonly { readonly url: string }[];
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Raw>>>>;
  readonly components?: Components;
};
type Components = {
  readonly parameters?: Readonly<Record<string, RawParameter>>;
  readonly responses?: Readonly<Record<string, Body>>;
};
type RawParameter = {
  readonly $ref?: string;
  readonly name?: string;
  readonly in?: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
};
type Raw = {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly RawParameter[];
  readonly requestBody?: Body;
  readonly responses?: Readonly<Record<string, Body>>;
  readonly 'x-holdfast-role'?: string;
};

const methods = ['get', 'post', 'put', 'patch', 'delete'];

/** In the order of the document, which is that of the contract. */
export function operationsOf({ paths = {}, components = {} }: ApiDocument): readonly ApiOperation[] {
  return Object.entries(paths).flatMap(([path, own]) =>
    Object.entries(own)
      .filter(([method]) => methods.includes(method))
      .map(([method, raw]) => operationOf(path, method, raw, components)),
  );
}

function operationOf(path: string, method: string, raw: Raw, components: Components): ApiOperation {
  const answer = raw.responses?.['200']?.content ?? {};
  const stream = answer['text/event-stream'];
  const request = raw.requestBody?.content?.['application/json']?.example;
  return {
    id: raw.operationId ?? path,
    tag: raw.tags?.[0] ?? '',
    method: method.toUpperCase(),
    path,
    summary: raw.summary ?? '',
    about: (raw.description ?? '').split('\n\n').filter((paragraph) => !paragraph.startsWith('Asks for the role')),
    role: raw['x-holdfast-role'] ?? 'admin',
    parameters: (raw.parameters ?? []).map((one) => parameterOf(one, components)),
    request: request === undefined ? null : json(request),
    answer: stream === undefined ? jsonOrNothing(answer['application/json']?.example) : textOf(stream.example),
    isStream: stream !== undefined,
    failures: failuresOf(raw.responses ?? {}, components),
  };
}

function parameterOf(given: RawParameter, { parameters = {} }: Components): ApiParameter {
  const one = given.$ref === undefined ? given : (parameters[given.$ref.split('/').at(-1) ?? ''] ?? given);
  const { type, format } = one.schema ?? {};
  return {
    name: one.name ?? '',
    where: one.in ?? '',
    required: one.required === true,
    type: [type, format].filter((word) => typeof word === 'string').join(', '),
    about: one.description ?? '',
  };
}

function failuresOf(given: Readonly<Record<string, Body>>, { responses = {} }: Components): readonly ApiFailure[] {
  return Object.entries(given)
    .filter(([status]) => /^[45]\d\d$/.test(status))
    .map(([status, body]) => {
      const whole = body.$ref === undefined ? body : (responses[body.$ref.split('/').at(-1) ?? ''] ?? body);
      const codes = [...(whole.description ?? '').matchAll(/^`([A-Z_]+)`: (.*)$/gm)];
      return { status, codes: codes.map(([, code = '', means = '']) => ({ code, means })) };
    });
}

function jsonOrNothing(value: unknown): string | null {
  return value === undefined ? null : json(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** Those that have every word somewhere: in the name, the address, the summary or the codes. */
export function found(operations: readonly ApiOperation[], words: string): readonly ApiOperation[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return operations;
  return operations.filter(({ id, method, path, summary, about, failures }) => {
    const codes = failures.flatMap((failure) => failure.codes.map(({ code }) => code));
    const text = [id, method, path, summary, ...about, ...codes].join(' ').toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

/** By tag, in the order in which they come first. */
export function byTag(operations: readonly ApiOperation[]): ReadonlyMap<string, readonly ApiOperation[]> {
  const groups = new Map<string, ApiOperation[]>();
  for (const one of operations) groups.set(one.tag, [...(groups.get(one.tag) ?? []), one]);
  return groups;
}

/** The call for a shell; the token comes from the environment, so that it is in no history. */
export function curlOf({ method, path, request, isStream }: ApiOperation, server: string): string {
  const sent = method === 'GET' ? '' : ` -X ${method}`;
  const body = request === null ? [] : [`-H 'content-type: application/json'`, `-d '${oneLine(request)}'`];
  const token = `-H "authorization: Bearer $HOLDFAST_TOKEN"`;
  const call = `curl ${isStream ? '-sN' : '-s'}${sent} "${server}${path}"`;
  return [call, token, ...body].join(' \\\n  ');
}

function oneLine(text: string): string {
  return JSON.stringify(JSON.parse(text)).replaceAll("'", String.raw`'\''`);
}
