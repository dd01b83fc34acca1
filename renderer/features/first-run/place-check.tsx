/** What lies at a place: of a folder while it is typed, of a place elsewhere when somebody asks. */
import { Button } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import type { Place } from '../../../shared/contract/repositories.ts';
import type { RepositoryReach } from '../../../shared/contract/repository-access.ts';
import { problemIn, useAnswer } from '../../client/ask.ts';
import type { Problem } from '../../client/problem.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { givenReach, kindOf, withSetting } from '../../components/place-draft.ts';

export type PlaceCheck = {
  /** Of what is entered now; undefined until it is known. */
  readonly place: Place | undefined;
  readonly problem: Problem | null;
  readonly isChecking: boolean;
  /** Null where it is looked at by itself. */
  readonly check: (() => void) | null;
};

export function usePlaceCheck(typed: string, reach: RepositoryReach): PlaceCheck {
  const location = typed.trim();
  const isFolder = kindOf(location) === 'local';
  const [settled] = useDebouncedValue(location, 250);
  // Kept in memory alone, and only of the last question.
  const [asked, setAsked] = useState<{ readonly draft: string; readonly turn: number } | null>(null);
  const given = givenReach(location, reach);
  const draft = JSON.stringify([location, given]);
  const isAsked = isFolder || asked?.draft === draft;
  const answer = useAnswer(
    ['repositories.inspect', isFolder ? settled : location, isFolder ? 0 : (asked?.turn ?? 0)],
    (client, signal) =>
      client.repositories.inspect({ location, ...(given === undefined ? {} : { reach: given }) }, { signal }),
    { enabled: isAsked && settled !== '' && (!isFolder || settled === location), staleTimeMs: 0 },
  );
  const isCurrent = isAsked && (!isFolder || settled === location);
  return {
    place: isCurrent ? answer.data : undefined,
    problem: isCurrent ? problemIn(answer) : null,
    isChecking: isCurrent && answer.isFetching,
    check: isFolder ? null : () => setAsked({ draft, turn: (asked?.turn ?? 0) + 1 }),
  };
}

export function CheckButton({ check, isChecking }: Pick<PlaceCheck, 'check' | 'isChecking'>) {
  if (check === null) return null;
  return (
    <Button onClick={check} loading={isChecking}>
      Check this place
    </Button>
  );
}

/** Why a place cannot be used; where only its key is new, with the way to confirm it. */
export function PlaceProblem({
  place,
  reach,
  onReach,
}: {
  readonly place: Place;
  readonly reach: RepositoryReach;
  readonly onReach: (reach: RepositoryReach) => void;
}) {
  const { problem, fingerprint } = place;
  if (problem === null) return null;
  if (fingerprint === null) return <ErrorNotice problem={problem} />;
  return (
    <Notice tone="part" title="Is this the right server?">
      <div>{problem.message}</div>
      <div>Compare the key with what its administrator says. Nothing was sent to it yet.</div>
      <Button size="compact-xs" onClick={() => onReach(withSetting(reach, { fingerprint }))}>
        It is the right one
      </Button>
    </Notice>
  );
}
