/**
 * Alerts: one for each fact that somebody has to know, from the moment it is true to the moment it is not any more. What
 * becomes of them is decided here, from what holds now and from what was open before; nothing is written or told here.
 */

/** Worst last. */
export const alertLevels = ['info', 'warning', 'error'] as const;
export type AlertLevel = (typeof alertLevels)[number];

export const subjectKinds = [
  'source',
  'repository',
  'site',
  'standby',
  'route',
  'peer',
  'plan',
  'subscription',
  'console',
] as const;
export type SubjectKind = (typeof subjectKinds)[number];

/** Every rule, and what it is about. */
const subjectOf = {
  overdue: 'source',
  'run-failed': 'source',
  'run-partial': 'source',
  'not-quiesced': 'source',
  'source-emptied': 'source',
  suspect: 'source',
  'retention-review': 'source',
  'history-lost': 'source',
  'part-missing': 'source',
  'mirror-damaged': 'source',
  'mirror-repaired': 'source',
  'credential-expires': 'source',
  'expiry-stuck': 'source',
  'drill-failed': 'source',
  'drill-overdue': 'source',
  'rto-missed': 'source',
  'compliance-lost': 'source',
  'repository-unreachable': 'repository',
  'repository-locked': 'repository',
  'site-silent': 'site',
  'site-behind': 'site',
  'sync-failed': 'site',
  'standby-failed': 'standby',
  'standby-behind': 'standby',
  'standby-changed': 'standby',
  'damage-found': 'repository',
  'damage-repaired': 'repository',
  'damage-lost': 'repository',
  'locks-not-extended': 'repository',
  'storage-full': 'repository',
  'storage-full-locked': 'repository',
  'route-failing': 'route',
  'peer-silent': 'peer',
  'pusher-silent': 'peer',
  'plan-invalid': 'plan',
  'report-undelivered': 'subscription',
  'taken-over': 'console',
  promoted: 'console',
  'promotion-blocked': 'console',
  'lease-elsewhere': 'console',
  'lease-lost': 'console',
  'standby-blind': 'console',
  clock: 'console',
  'configuration-lost': 'console',
  'routes-damaged': 'console',
  frozen: 'console',
  'case-review': 'console',
  'clone-expired': 'console',
  'clone-left': 'console',
  'evidence-broken': 'console',
  'evidence-unwritten': 'console',
  'kit-outdated': 'console',
} as const satisfies Record<string, SubjectKind>;
export type AlertRule = keyof typeof subjectOf;
export const alertRules = Object.keys(subjectOf) as [AlertRule, ...AlertRule[]];

/** Nothing can be said now about anything of these kinds. */
export function nothingKnownOf(...kinds: readonly SubjectKind[]): Unknown[] {
  return alertRules.filter((rule) => kinds.includes(subjectOf[rule])).map((rule) => ({ rule, subject: null }));
}

/** What makes two facts one: there is one open alert of a key at most. */
export type AlertKey = {
  readonly rule: AlertRule;
  readonly kind: SubjectKind;
  /** Name of the source, site or other console, id of the repository or route; empty for this console. */
  readonly subject: string;
};

/** A fact that holds now. Its texts do not change while it is the same: nothing in them counts the time. */
export type Condition = AlertKey & {
  readonly level: AlertLevel;
  readonly title: string;
  readonly detail: string;
  /** What to do, in a sentence. */
  readonly todo: string;
  /**
   * Which happening it is, where one follows the other, as failed runs: one that somebody has put aside does not come
   * back, the next one does. Empty for what simply is so.
   */
  readonly occasion: string;
};

export type OpenAlert = Condition & { readonly alert: string };

/** Nothing can be said now about alerts of the rule, or of the one subject: those that are open stay as they are. */
export type Unknown = { readonly rule: AlertRule; readonly subject: string | null };

export type PutAside = AlertKey & Pick<Condition, 'occasion'>;

export type AlertChanges = {
  readonly raise: readonly Condition[];
  /** Still so, in other words, or another happening of the same kind. */
  readonly update: readonly OpenAlert[];
  readonly resolve: readonly OpenAlert[];
};

/** `putAside` are the newest resolved alerts of their keys, where a person has resolved them. */
export function reconcileAlerts(
  conditions: readonly Condition[],
  {
    open,
    unknown,
    putAside,
  }: {
    readonly open: readonly OpenAlert[];
    readonly unknown: readonly Unknown[];
    readonly putAside: readonly PutAside[];
  },
): AlertChanges {
  const wanted = new Map(conditions.map((condition) => [keyOf(condition), condition]));
  const isOpen = new Set(open.map(keyOf));
  const aside = new Map(putAside.map((one) => [keyOf(one), one.occasion]));
  const silent = new Set(unknown.map(({ rule, subject }) => `${rule} ${subject ?? '*'}`));
  const isUnknown = ({ rule, subject }: AlertKey): boolean =>
    silent.has(`${rule} *`) || silent.has(`${rule} ${subject}`);
  return {
    raise: [...wanted.values()].filter((one) => {
      const key = keyOf(one);
      return !isOpen.has(key) && !(one.occasion !== '' && aside.get(key) === one.occasion);
    }),
    update: open.flatMap((alert) => {
      const now = wanted.get(keyOf(alert));
      return now === undefined || isSame(now, alert) ? [] : [{ ...now, alert: alert.alert }];
    }),
    resolve: open.filter((alert) => !wanted.has(keyOf(alert)) && !isUnknown(alert)),
  };
}

export function keyOf({ rule, kind, subject }: AlertKey): string {
  return `${rule} ${kind} ${subject}`;
}

export function isAtLeast(level: AlertLevel, least: AlertLevel): boolean {
  return alertLevels.indexOf(level) >= alertLevels.indexOf(least);
}

function isSame(a: Condition, b: Condition): boolean {
  return (
    a.level === b.level &&
    a.title === b.title &&
    a.detail === b.detail &&
    a.todo === b.todo &&
    a.occasion === b.occasion
  );
}
