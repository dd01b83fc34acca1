/** The code that a device shows now: asked for when it is needed, handed on once, and kept nowhere. */
import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import styles from './aws-rights.module.css';

type CodeFormProps = {
  /** Of the device, where it is known. */
  readonly serial: string | null;
  readonly busy: boolean;
  readonly onCode: (code: string) => void;
};

export function CodeForm({ serial, busy, onCode }: CodeFormProps) {
  const [code, setCode] = useState('');
  const ready = /^\d{6,8}$/.test(code.trim()) && !busy;
  return (
    <form
      className={styles['line']}
      aria-label="Sign in with a code"
      onSubmit={(event) => {
        event.preventDefault();
        if (!ready) return;
        onCode(code.trim());
        setCode('');
      }}
    >
      <TextInput
        label="Code of the MFA device"
        description={`${serial === null ? 'Six digits.' : `Of ${serial}.`} Used once, and kept nowhere; the sign-in holds until it ends or the engine does.`}
        value={code}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={8}
        spellCheck={false}
        onChange={(event) => setCode(event.currentTarget.value)}
        flex="1 1 320px"
      />
      <Button type="submit" variant="filled" disabled={!ready} loading={busy}>
        Sign in
      </Button>
    </form>
  );
}
