/** STS (Query protocol): who one is, and roles that are taken on for a while. */
import { type Identities } from '../identity/identities.ts';
import { type AuthProblem } from '../identity/signature.ts';
import { xmlDocument, type XmlTree } from '../protocol/xml.ts';
import { Refusal, type Answer, type Asked, type Call, type Operation, type Service } from '../service.ts';

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';
const shortestSeconds = 900;
const longestSeconds = 43_200;
/** Of a role that is taken on with the session of another. */
const chainedSeconds = 3_600;

const words: Readonly<Record<AuthProblem, readonly [number, string, string]>> = {
  missing: [403, 'MissingAuthenticationToken', 'Request is missing Authentication Token'],
  malformed: [400, 'IncompleteSignature', 'The authorization header is malformed'],
  'unknown-key': [403, 'InvalidClientTokenId', 'The security token included in the request is invalid.'],
  'bad-token': [403, 'InvalidClientTokenId', 'The security token included in the request is invalid.'],
  'expired-token': [403, 'ExpiredToken', 'The security token included in the request is expired'],
  mismatch: [
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  ],
  skewed: [403, 'RequestTimeTooSkewed', 'Signature expired: the time of the request is too far from the present.'],
};

export class StsService implements Service {
  readonly name = 'sts';
  readonly readsBodies = false;
  readonly #identities: Identities;

  constructor(identities: Identities) {
    this.#identities = identities;
  }

  operation(asked: Asked): Operation {
    const form = new URLSearchParams(asked.body.toString('utf8'));
    const name = form.get('Action') ?? '';
    if (name === 'GetCallerIdentity') return { name, action: null, answer: whoIs };
    if (name === 'AssumeRole') return { name, action: 'sts:AssumeRole', answer: (call) => this.#assume(call, form) };
    throw new Refusal(400, 'InvalidAction', `Could not find operation ${name} for version 2011-06-15`);
  }

  unproven(problem: AuthProblem): Refusal {
    return new Refusal(...words[problem]);
  }

  denied({ arn }: Call['caller'], { action }: Operation): Refusal {
    return new Refusal(403, 'AccessDenied', `User: ${arn} is not authorized to perform: ${action}`);
  }

  throttled(): Refusal {
    return new Refusal(400, 'Throttling', 'Rate exceeded');
  }

  refuse({ status, code, message }: Refusal, requestId: string): Answer {
    const error = { Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: message };
    const body = xmlDocument('ErrorResponse', namespace, { Error: error, RequestId: requestId });
    return { status, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }, body };
  }

  #assume(call: Call, form: URLSearchParams): Answer {
    const [roleArn, sessionName] = [form.get('RoleArn') ?? '', form.get('RoleSessionName') ?? ''];
    const seconds = Number(form.get('DurationSeconds') ?? 3600);
    if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) throw invalid('roleSessionName');
    if (!(seconds >= shortestSeconds && seconds <= longestSeconds)) throw invalid('durationSeconds');
    if (call.caller.arn.includes(':assumed-role/') && seconds > chainedSeconds)
      throw new Refusal(
        400,
        'ValidationError',
        'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
      );
    const { identity, session, roleId, ...keys } = this.#identities.assume(call.caller, {
      roleArn,
      sessionName,
      externalId: form.get('ExternalId'),
      serialNumber: form.get('SerialNumber'),
      tokenCode: form.get('TokenCode'),
      durationMs: seconds * 1000,
    });
    return result('AssumeRole', call, {
      AssumedRoleUser: { AssumedRoleId: `${roleId}:${sessionName}`, Arn: identity.arn },
      Credentials: {
        AccessKeyId: keys.accessKeyId,
        SecretAccessKey: keys.secretAccessKey,
        SessionToken: session?.token,
        Expiration: new Date(session?.expiresMs ?? 0).toISOString(),
      },
    });
  }
}

function whoIs(call: Call): Answer {
  const { account, arn, userId } = call.caller;
  return result('GetCallerIdentity', call, { Arn: arn, UserId: userId, Account: account });
}

function result(name: string, { requestId }: Call, content: XmlTree): Answer {
  const tree = { [`${name}Result`]: content, ResponseMetadata: { RequestId: requestId } };
  return {
    status: 200,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body: xmlDocument(`${name}Response`, namespace, tree),
  };
}

function invalid(field: string): Refusal {
  const message = `1 validation error detected: Value at '${field}' failed to satisfy constraint`;
  return new Refusal(400, 'ValidationError', message);
}
