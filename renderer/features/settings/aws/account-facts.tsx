/** What is known of an account, as facts. */
import { useCallback } from 'react';
import { Link } from '@tanstack/react-router';
import type { AwsAccount } from '../../../../shared/contract/aws-accounts.ts';
import { accountStanding, asksForCode, isRenewal, sayArn, sayCredentials } from '../../../components/aws-words.ts';
import { Fact, Facts, Tag } from '../../../components/page.tsx';
import { DayTime, RelativeTime } from '../../../components/relative-time.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { useTicking } from '../../../components/ticker.ts';
import { visibleText } from '../../../components/visible-text.ts';
import styles from './aws.module.css';

export function AccountState({ account }: { readonly account: AwsAccount }) {
  const tone = useTicking(useCallback((nowMs: number) => accountStanding(account, nowMs).tone, [account]));
  const words = useTicking(useCallback((nowMs: number) => accountStanding(account, nowMs).words, [account]));
  return (
    <>
      <StatusBadge tone={tone}>{words}</StatusBadge>
      {asksForCode(account) ? <Tag>asks for a code</Tag> : null}
    </>
  );
}

export function AccountFacts({ account }: { readonly account: AwsAccount }) {
  const { identity, role, regions, endpoint, endsAt, secretAt, usedBy } = account;
  return (
    <Facts>
      <Fact name="Account">
        {identity === null ? (
          <span className={styles['dim']}>not known: test it</span>
        ) : (
          <>
            <b>{identity.account}</b>, {visibleText(sayArn(identity.arn))}
            <span className={styles['dim']}>
              {' '}
              · AWS said so <RelativeTime at={identity.at} />
            </span>
          </>
        )}
      </Fact>
      <Fact name="Credentials">
        {visibleText(sayCredentials(account))}
        {secretAt === null ? null : (
          <span className={styles['dim']}>
            {' '}
            · entered <RelativeTime at={secretAt} />
          </span>
        )}
      </Fact>
      {role === null ? null : (
        <Fact name="Role">
          <span className={styles['mono']}>{visibleText(role.arn)}</span>
          {role.externalId === null ? '' : ', with an external id'}
          {role.mfaSerial === null ? '' : `, with a code of ${visibleText(role.mfaSerial)}`}
        </Fact>
      )}
      <Fact name="Regions">{regions.length === 0 ? 'as the machine says' : regions.map(visibleText).join(', ')}</Fact>
      <Fact name="Endpoint">{endpoint === null ? 'AWS itself' : visibleText(endpoint)}</Fact>
      <Fact name={isRenewal(account) ? 'To be renewed' : 'Ends'}>
        {endsAt === null ? 'not by itself, as far as is known' : <DayTime at={endsAt} />}
      </Fact>
      <Fact name="Used by">
        {usedBy.length === 0
          ? 'no source'
          : usedBy.map((name, index) => (
              <span key={name}>
                {index === 0 ? '' : ', '}
                <Link to="/sources/$source" params={{ source: name }}>
                  {visibleText(name)}
                </Link>
              </span>
            ))}
      </Fact>
    </Facts>
  );
}
