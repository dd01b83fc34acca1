/** Fields of one text or one number. */
import { NumberInput, TextInput } from '@mantine/core';
import styles from './plans.module.css';

type TextProps = {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly wide?: boolean;
};

export function Text({ label, value, onChange, wide = false }: TextProps) {
  return (
    <TextInput
      className={(wide ? styles['wide'] : undefined) ?? ''}
      label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

type NumberProps = { readonly label: string; readonly value: number; readonly onChange: (value: number) => void };

export function Amount({ label, value, onChange }: NumberProps) {
  return (
    <NumberInput
      label={label}
      value={value}
      min={1}
      allowDecimal={false}
      onChange={(given) => onChange(typeof given === 'number' ? given : value)}
    />
  );
}
