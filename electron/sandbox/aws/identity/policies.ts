/** What policies allow: patterns of actions alone, or a whole document as AWS takes it, with resources and conditions. */

export type Patterns = {
  /** `*`, `s3:*`, `ec2:Describe*`. */
  readonly allow: readonly string[];
  readonly deny?: readonly string[];
};

type Texts = string | readonly string[];

export type Statement = {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: Texts;
  readonly Resource: Texts;
  /** By operator, then by key. */
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Texts>>>>;
};
export type PolicyDocument = { readonly Statement: readonly Statement[] };

export type Policy = Patterns | PolicyDocument;

/** One right that a request takes, of one thing. */
export type Need = {
  readonly action: string;
  /** Its ARN; `*`: none in particular, which only statements of everything are about. */
  readonly resource: string;
  /** What conditions ask about; what is not in it is not there. */
  readonly keys: Readonly<Record<string, Texts | undefined>>;
};

/**
 * Whether anything of the kind may be done at all. A denial goes before what is allowed, and what nothing allows is denied.
 * Patterns such as `s3:Get*`, without case.
 */
export function allows(policy: Policy, action: string): boolean {
  if (!('Statement' in policy)) return isIn(policy.allow, action) && !isIn(policy.deny ?? [], action);
  const about = policy.Statement.filter(({ Action }) => isIn(Action, action));
  const isClosed = about.some(({ Effect, Condition }) => Effect === 'Deny' && Condition === undefined);
  return !isClosed && about.some(({ Effect }) => Effect === 'Allow');
}

export function permits(policy: Policy, need: Need): boolean {
  if (!('Statement' in policy)) return allows(policy, need.action);
  const about = policy.Statement.filter(
    ({ Action, Resource, Condition = {} }) =>
      isIn(Action, need.action) && isIn(Resource, need.resource) && holds(Condition, need.keys),
  );
  return about.length > 0 && about.every(({ Effect }) => Effect === 'Allow');
}

function holds(conditions: NonNullable<Statement['Condition']>, keys: Need['keys']): boolean {
  return Object.entries(conditions).every(([operator, wanted]) =>
    Object.entries(wanted).every(([key, values]) => isMet(operator, keys[key], values)),
  );
}

/** Throws for an operator that is not played: nothing is to pass because it was not understood. */
function isMet(operator: string, given: Texts | undefined, values: Texts): boolean {
  switch (operator) {
    case 'Null':
      return [values].flat().includes(String(given === undefined));
    case 'StringEquals':
    case 'Bool':
      return given !== undefined && [given].flat().some((one) => [values].flat().includes(one));
    case 'StringLike':
      return given !== undefined && [given].flat().some((one) => isIn(values, one));
    case 'ForAllValues:StringEquals':
      return [given ?? []].flat().every((one) => [values].flat().includes(one));
    default:
      throw new RangeError(`the condition ${operator} is not played`);
  }
}

function isIn(patterns: Texts, text: string): boolean {
  return [patterns].flat().some((pattern) => matches(pattern, text));
}

function matches(pattern: string, text: string): boolean {
  const source = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${source}$`, 'i').test(text);
}
