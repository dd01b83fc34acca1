/** Copies a text, and says that it did. */
import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';

type CopyButtonProps = {
  readonly text: string;
  /** What is copied, in a word. */
  readonly what: string;
};

export function CopyButton({ text, what }: CopyButtonProps) {
  const [said, setSaid] = useState<'copied' | 'failed' | null>(null);
  useEffect(() => {
    if (said === null) return undefined;
    const timer = setTimeout(() => setSaid(null), 2000);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setSaid('copied'),
      () => setSaid('failed'),
    );
  };
  return (
    <Button onClick={copy} aria-label={`Copy the ${what}`}>
      <span aria-live="polite">{said === null ? 'Copy' : said === 'copied' ? 'Copied' : 'Not allowed'}</span>
    </Button>
  );
}
