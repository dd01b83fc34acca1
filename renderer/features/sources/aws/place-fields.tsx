/** As whom AWS is asked, and where: a registered account and its regions, or what this machine says by itself. */
import { Autocomplete, Select, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useAwsAccounts } from '../../../client/aws.ts';
import { asksForCode } from '../../../components/aws-words.ts';
import { Notice } from '../../../components/error-notice.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from '../remote/remote.module.css';
import { endpointFault, regionFault, type PlaceDraft } from './place-draft.ts';

type PlaceFieldsProps = { readonly draft: PlaceDraft; readonly onChange: (change: Partial<PlaceDraft>) => void };

export function PlaceFields({ draft, onChange }: PlaceFieldsProps) {
  const accounts = useAwsAccounts().data?.accounts ?? [];
  const chosen = accounts.find(({ name }) => name === draft.account);
  const names = accounts.map(({ name, identity }) => ({
    value: name,
    label: identity === null ? visibleText(name) : `${visibleText(name)} (${identity.account})`,
  }));
  // One that is not there, as of a source that came from a repository, is shown as it is.
  const isLost = draft.account !== '' && chosen === undefined;
  return (
    <>
      <div className={styles['pair']}>
        <Select
          label="AWS account"
          description="As whom AWS is asked."
          data={[
            { value: '', label: 'What this machine says by itself' },
            ...names,
            ...(isLost ? [{ value: draft.account, label: visibleText(draft.account) }] : []),
          ]}
          value={draft.account}
          allowDeselect={false}
          searchable={names.length > 8}
          onChange={(account) => onChange({ account: account ?? '', ...(account === '' ? {} : { endpoint: '' }) })}
        />
        <Autocomplete
          label="Region"
          description={
            chosen === undefined ? 'Empty: as the AWS environment says.' : 'Empty: the first of the account.'
          }
          placeholder={chosen?.regions[0] ?? 'eu-central-1'}
          data={[...(chosen?.regions ?? [])]}
          value={draft.region}
          error={regionFault(draft.region)}
          spellCheck={false}
          onChange={(region) => onChange({ region })}
        />
      </div>
      {draft.account === '' ? (
        <>
          <p className={styles['dim']}>
            The AWS environment and AWS profiles of this machine. With{' '}
            <Link to="/settings" search={{ section: 'aws' }}>
              an account
            </Link>
            , its rights are checked, and an alert is raised before its credentials end.
          </p>
          <TextInput
            label="Endpoint"
            description="Of a store or a cloud that speaks as AWS does. Empty: AWS itself."
            placeholder="AWS itself"
            value={draft.endpoint}
            error={endpointFault(draft.endpoint)}
            spellCheck={false}
            onChange={(event) => onChange({ endpoint: event.currentTarget.value })}
            maw={560}
          />
        </>
      ) : null}
      {chosen === undefined || !asksForCode(chosen) ? null : (
        <Notice tone="part" title="No schedule can give a code">
          {visibleText(chosen.name)} asks for the code of a device: runs by schedule are refused with it.
        </Notice>
      )}
    </>
  );
}
