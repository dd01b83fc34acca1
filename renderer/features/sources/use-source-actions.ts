/** What the palette can do with sources, from any screen. */
import { notifications } from '@mantine/notifications';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import { mirroredKinds, type SourceKind } from '../../../shared/model/source-kinds.ts';
import { registerActions, type PaletteItem } from '../../client/actions.ts';
import { useSources } from '../../client/live-store.ts';
import { useMay } from '../../client/me.ts';
import type { ProblemError } from '../../client/problem.ts';
import { useProtectNow } from '../../client/protect-now.ts';
import { visibleText } from '../../components/visible-text.ts';

const additions: readonly {
  readonly kind: SourceKind | null;
  readonly title: string;
  readonly keywords: readonly string[];
}[] = [
  { kind: null, title: 'Add a source', keywords: ['new', 'protect'] },
  { kind: 'folder', title: 'Add a source of folders', keywords: ['new', 'protect', 'path', 'nas'] },
  {
    kind: 'github',
    title: 'Add a source of GitHub',
    keywords: ['new', 'protect', 'organisation', 'organization', 'git'],
  },
  { kind: 'git', title: 'Add a source of Git addresses', keywords: ['new', 'protect', 'url', 'repository'] },
  { kind: 's3-bucket', title: 'Add a source of an S3 bucket', keywords: ['new', 'protect', 'aws', 'objects'] },
  {
    kind: 'ec2',
    title: 'Add a source of an EC2 instance or volume',
    keywords: ['new', 'protect', 'aws', 'ebs', 'snapshot'],
  },
];

/** More are found on their own screen; the palette would be all of them. */
const most = 500;

export function useSourceActions(): void {
  const sources = useSources();
  const navigate = useNavigate();
  const { mutate: protect } = useProtectNow();
  const mayAdd = useMay('sources.add');
  const mayRestore = useMay('git.restore');
  const mayProtect = useMay('protection.protect');
  const names = useMemo(
    () => (mayProtect ? sources.flatMap(({ registered }) => (registered === null ? [] : [registered.name])) : []),
    [sources, mayProtect],
  );
  const git = useMemo(
    () => sources.filter(({ kind, newest }) => newest !== null && mirroredKinds.has(kind as SourceKind)),
    [sources],
  );
  useEffect(() => {
    const group = 'Sources';
    const onError = ({ problem }: ProblemError) => {
      const message = `${visibleText(problem.message)} ${problem.action} (${problem.code})`;
      notifications.show({ title: 'Nothing was started', message, color: 'red', autoClose: false });
    };
    const onSuccess = (jobs: readonly string[]) => {
      const [job] = jobs;
      if (jobs.length === 1 && job !== undefined) void navigate({ to: '/activity/$job', params: { job } });
      else void navigate({ to: '/activity' });
    };
    const add = additions.map(({ kind, title, keywords }): PaletteItem => ({
      id: kind === null ? 'sources:add' : `sources:add:${kind}`,
      title,
      group,
      keywords,
      run: () => void navigate({ to: '/sources/new', search: kind === null ? {} : { kind } }),
    }));
    const items: PaletteItem[] = [
      ...(mayAdd ? add : []),
      ...names.slice(0, most).map((name) => ({
        id: `sources:protect:${name}`,
        title: `Protect ${name} now`,
        group,
        run: () => protect([name], { onSuccess, onError }),
      })),
    ];
    if (names.length > 1) {
      items.push({
        id: 'sources:protect-all',
        title: `Protect all ${names.length} sources now`,
        group,
        run: () => protect(names, { onSuccess, onError }),
      });
    }
    for (const { key, name, hostname } of git.slice(0, most)) {
      const search = { source: name, host: hostname };
      items.push({
        id: `git:${key}`,
        title: `Look into the Git repositories of ${name}`,
        group: 'Git',
        keywords: ['branches', 'tags', 'commits'],
        run: () => void navigate({ to: '/snapshots/git', search }),
      });
    }
    if (mayRestore && git.length > 0) {
      items.push({
        id: 'git:restore',
        title: 'Restore Git repositories',
        group: 'Git',
        keywords: ['github', 'recover', 'push', 'branch', 'bundle'],
        run: () => void navigate({ to: '/recovery/git', search: {} }),
      });
    }
    return registerActions('sources', items);
  }, [names, git, mayAdd, mayRestore, navigate, protect]);
}
