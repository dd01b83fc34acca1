/** A secret that is written and never shown: what is kept stays, unless something is typed. */
import { PasswordInput } from '@mantine/core';

type SecretFieldProps = {
  readonly label: string;
  readonly description?: string;
  /** Something is kept, and stays where this is left empty. */
  readonly kept: boolean;
  /** Something was kept, but for another server. */
  readonly forgotten?: boolean;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
  readonly onLeave: () => void;
};

export function SecretField({
  label,
  description,
  kept,
  forgotten,
  value,
  error,
  onChange,
  onLeave,
}: SecretFieldProps) {
  const again = 'It was given to another server, and is not handed to this one: type it again.';
  return (
    <PasswordInput
      label={label}
      description={forgotten === true ? again : description}
      placeholder={kept ? 'kept; type to replace' : ''}
      value={value}
      error={error}
      onChange={({ currentTarget: { value: typed } }) => onChange(typed)}
      onBlur={onLeave}
      autoComplete="off"
      spellCheck={false}
    />
  );
}
