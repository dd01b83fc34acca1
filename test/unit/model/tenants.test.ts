import { describe, expect, test } from 'vitest';
import { covers, roles } from '../../../shared/model/roles.ts';
import {
  liesWithin,
  offerState,
  refusalOf,
  tenantRules,
  tenantStates,
  type Admission,
} from '../../../shared/model/tenants.ts';

const standings = [...tenantStates, 'unknown'] as const;

function everyAdmission(): Admission[] {
  return ['default', 'acme'].flatMap((tenant) =>
    [null, 'default', 'acme', 'other'].flatMap((actsFor) =>
      roles.flatMap((role) =>
        roles.flatMap((required) =>
          standings.flatMap((standing) =>
            tenantRules.map((rule) => ({ tenant, actsFor, role, required, standing, rule })),
          ),
        ),
      ),
    ),
  );
}

describe('whether a call may be made', () => {
  test('nobody gets what is above their role, and a tenant nothing of the operator’s', () => {
    for (const asked of everyAdmission()) {
      if (refusalOf(asked) !== null) continue;
      expect(covers(asked.role, asked.required)).toBe(true);
      if (asked.rule === 'operator') expect(asked.actsFor ?? asked.tenant).toBe('default');
    }
  });

  test('for another than oneself only by an admin of the owner, and nobody else learns who there is', () => {
    for (const asked of everyAdmission()) {
      const acts = asked.actsFor !== null && asked.actsFor !== asked.tenant;
      if (!acts || (asked.tenant === 'default' && asked.role === 'admin')) continue;
      expect(refusalOf(asked)).toBe('FORBIDDEN');
    }
  });

  test('of a tenant that is not active nothing is changed, and only the operator looks', () => {
    for (const asked of everyAdmission()) {
      const effective = asked.actsFor ?? asked.tenant;
      if (effective === 'default' || asked.standing === 'active' || refusalOf(asked) !== null) continue;
      expect(asked).toMatchObject({ tenant: 'default', role: 'admin', required: 'read' });
      expect(asked.standing).not.toBe('unknown');
    }
  });
});

test('a folder lies in itself and in those above it, not beside one that begins so', () => {
  expect(liesWithin('/srv/acme', ['/srv/acme'])).toBe(true);
  expect(liesWithin('/srv/acme/a', ['/srv/acme'])).toBe(true);
  expect(liesWithin('/srv/acme-b', ['/srv/acme'])).toBe(false);
  expect(liesWithin('/srv', ['/srv/acme'])).toBe(false);
  expect(liesWithin('', ['/'])).toBe(false);
  expect(liesWithin('/etc', [])).toBe(false);
});

test('an offer is open until it was copied, withdrawn or has expired', () => {
  const offer = { expiresAtMs: 100, withdrawnAtMs: null, copiedAtMs: null };
  expect(offerState(offer, 99)).toBe('open');
  expect(offerState(offer, 100)).toBe('expired');
  expect(offerState({ ...offer, withdrawnAtMs: 5 }, 6)).toBe('withdrawn');
  expect(offerState({ ...offer, withdrawnAtMs: 5, copiedAtMs: 4 }, 200)).toBe('copied');
});
