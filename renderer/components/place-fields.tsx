/** Asks where a repository lies, and what lets one in there. */
import { NativeSelect, NumberInput, PasswordInput, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { RepositoryReach } from '../../shared/contract/repository-access.ts';
import { storageClasses, type AccessSecret, type AccessSettings } from '../../shared/model/repository-access.ts';
import { beginningOf, kindOf, placeKinds, withSecret, withSetting, type PlaceKind } from './place-draft.ts';
import styles from './place-fields.module.css';

type PlaceFieldsProps = {
  readonly location: string;
  readonly reach: RepositoryReach;
  readonly onLocation: (location: string) => void;
  readonly onReach: (reach: RepositoryReach) => void;
  /** Beside the location of a folder. */
  readonly chooser: ReactNode;
};

const labels: Readonly<Record<PlaceKind, { readonly label: string; readonly description: string | null }>> = {
  local: { label: 'Folder of the repository', description: null },
  s3: { label: 'Bucket', description: 's3:https://host/bucket/prefix. The bucket has to be there already.' },
  rest: { label: 'Server', description: 'rest:https://host:port/path/' },
  sftp: { label: 'Server and folder', description: 'sftp:user@host:/path, or sftp://user@host:port//path' },
};

export function PlaceFields({ location, reach, onLocation, onReach, chooser }: PlaceFieldsProps) {
  const kind = kindOf(location);
  const { label, description } = labels[kind];
  return (
    <div className={styles['fields']}>
      <NativeSelect
        label="Kind of place"
        data={[...placeKinds]}
        value={kind}
        onChange={(event) => onLocation(beginningOf(event.currentTarget.value as PlaceKind))}
      />
      <div className={styles['row']}>
        <TextInput
          label={label}
          description={description}
          value={location}
          onChange={(event) => onLocation(event.currentTarget.value)}
          spellCheck={false}
          autoComplete="off"
        />
        {kind === 'local' ? chooser : null}
      </div>
      {kind === 's3' ? <BucketFields reach={reach} onReach={onReach} /> : null}
      {kind === 'rest' ? <RestFields reach={reach} onReach={onReach} /> : null}
      {kind === 'sftp' ? <SshFields reach={reach} onReach={onReach} /> : null}
    </div>
  );
}

type ReachProps = Pick<PlaceFieldsProps, 'reach' | 'onReach'>;

function BucketFields({ reach, onReach }: ReachProps) {
  const { settings } = reach;
  const change = (changed: AccessSettings): void => onReach(withSetting(reach, changed));
  const hasKey = (settings.accessKeyId ?? '') !== '';
  return (
    <>
      <Setting
        label="AWS account"
        description="A name from Settings. Without it and without a key: the AWS environment of the engine."
        value={settings.account}
        onChange={(account) => change({ account })}
      />
      <Setting label="Access key" value={settings.accessKeyId} onChange={(accessKeyId) => change({ accessKeyId })} />
      {hasKey ? <Secret name="secret-access-key" label="Secret access key" reach={reach} onReach={onReach} /> : null}
      <Setting
        label="Region"
        description="Where the host does not say it."
        value={settings.region}
        onChange={(region) => change({ region })}
      />
      <NativeSelect
        label="Storage class of packs"
        data={[{ value: '', label: 'As the bucket has it' }, ...storageClasses]}
        value={settings.storageClass ?? ''}
        onChange={({ currentTarget: { value } }) =>
          change({ storageClass: storageClasses.find((one) => one === value) })
        }
      />
      <NativeSelect
        label="Object Lock"
        description="Nobody can remove what is written for as many days. The bucket must have been made with it."
        data={[
          { value: '', label: 'None' },
          { value: 'governance', label: 'Governance: who has a special right may lift it' },
          { value: 'compliance', label: 'Compliance: nobody may lift it' },
        ]}
        value={settings.lockMode ?? ''}
        onChange={({ currentTarget: { value } }) =>
          change(
            value === 'governance' || value === 'compliance'
              ? { lockMode: value, lockDays: settings.lockDays ?? 30 }
              : { lockMode: undefined, lockDays: undefined },
          )
        }
      />
      {settings.lockMode === undefined ? null : (
        <NumberInput
          label="Locked for days"
          min={1}
          max={36_500}
          allowDecimal={false}
          value={settings.lockDays ?? 30}
          onChange={(days) => change({ lockDays: typeof days === 'number' ? days : undefined })}
        />
      )}
    </>
  );
}

function RestFields({ reach, onReach }: ReachProps) {
  const { settings } = reach;
  const change = (changed: AccessSettings): void => onReach(withSetting(reach, changed));
  return (
    <>
      <Setting label="User" value={settings.user} onChange={(user) => change({ user })} />
      <Secret name="password" label="Password on the server" reach={reach} onReach={onReach} />
      <Setting
        label="Fingerprint of its certificate"
        description="SHA-256, 64 digits. Without it, an authority this machine trusts must have signed the certificate."
        value={settings.fingerprint}
        onChange={(fingerprint) => change({ fingerprint })}
      />
    </>
  );
}

function SshFields({ reach, onReach }: ReachProps) {
  const { settings } = reach;
  const change = (changed: AccessSettings): void => onReach(withSetting(reach, changed));
  const hasKey = (settings.keyFile ?? '') !== '';
  return (
    <>
      <Setting
        label="Private key"
        description="A file on the machine of the engine. Without key and password: its SSH agent, then its usual keys."
        value={settings.keyFile}
        onChange={(keyFile) => change({ keyFile })}
      />
      {hasKey ? <Secret name="passphrase" label="Passphrase of the key" reach={reach} onReach={onReach} /> : null}
      <Secret name="password" label="Password on the server" reach={reach} onReach={onReach} />
      <Setting
        label="Fingerprint of the server’s key"
        description="SHA256:…, as ssh-keygen -lf shows it there. Left empty, what the server shows is asked about."
        value={settings.fingerprint}
        onChange={(fingerprint) => change({ fingerprint })}
      />
    </>
  );
}

type SettingProps = {
  readonly label: string;
  readonly description?: string;
  readonly value: string | undefined;
  readonly onChange: (value: string) => void;
};

function Setting({ label, description, value, onChange }: SettingProps) {
  return (
    <TextInput
      label={label}
      description={description}
      value={value ?? ''}
      onChange={(event) => onChange(event.currentTarget.value)}
      spellCheck={false}
      autoComplete="off"
    />
  );
}

function Secret({ name, label, reach, onReach }: ReachProps & { readonly name: AccessSecret; readonly label: string }) {
  return (
    <PasswordInput
      label={label}
      value={reach.secrets[name] ?? ''}
      onChange={(event) => onReach(withSecret(reach, name, event.currentTarget.value))}
      autoComplete="off"
    />
  );
}
