/** Addresses of Git repositories, one a line, each checked as it is typed. */
import { Textarea } from '@mantine/core';
import { PathText } from '../../../components/path-text.tsx';
import { StatusMark } from '../../../components/status-badge.tsx';
import { addressesOf } from './git-draft.ts';
import styles from './remote.module.css';

type AddressesFieldProps = { readonly urls: string; readonly onChange: (urls: string) => void };

export function AddressesField({ urls, onChange }: AddressesFieldProps) {
  const addresses = addressesOf(urls);
  return (
    <>
      <Textarea
        label="Addresses"
        description="One a line: https://…, ssh://… or user@host:path"
        placeholder={'https://git.example.org/team/tool.git\ngit@git.example.org:team/library.git'}
        value={urls}
        onChange={(event) => onChange(event.currentTarget.value)}
        autosize
        minRows={3}
        maxRows={12}
        spellCheck={false}
      />
      {addresses.length === 0 ? null : (
        <ul className={styles['addresses']} aria-label="What was typed" tabIndex={0}>
          {addresses.map(({ url, fault, path }) => (
            <li key={url}>
              <StatusMark
                tone={fault === null ? 'good' : 'fail'}
                label={fault === null ? 'an address' : 'not usable'}
              />
              <div>
                <PathText path={url} mono />
                <div className={fault === null ? styles['dim'] : styles['fault']}>
                  {fault ?? (
                    <>
                      lies in snapshots as <PathText path={path ?? ''} mono />
                    </>
                  )}
                </div>
              </div>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
