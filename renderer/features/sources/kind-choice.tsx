/** What kind of thing is to be protected: each kind has a form of its own. */
import { Link } from '@tanstack/react-router';
import type { SourceKind } from '../../../shared/model/source-kinds.ts';
import { Page } from '../../components/page.tsx';
import styles from './sources.module.css';

type Choice = { readonly kind: SourceKind; readonly title: string; readonly words: string; readonly needs: string };

const choices: readonly Choice[] = [
  {
    kind: 'folder',
    title: 'Folders',
    words: 'Folders and files of this machine, also of disks and network shares that are mounted on it.',
    needs: 'Asks for paths, and for what is left out.',
  },
  {
    kind: 'github',
    title: 'GitHub organisation or user',
    words:
      'All repositories of an owner, or those that filters select, new ones on their own: Git with its whole history, LFS, wikis, issues, pull requests and releases.',
    needs: 'Asks for the owner, and for a token or a GitHub App. Rights to read are enough.',
  },
  {
    kind: 'git',
    title: 'Git addresses',
    words: 'Repositories of any Git server, one by one: branches, tags, notes and LFS.',
    needs: 'Asks for addresses, and for a token where they need one.',
  },
  {
    kind: 's3-bucket',
    title: 'S3 bucket',
    words: 'Objects of a bucket of AWS, or of a store that speaks as S3 does, with what is known of each.',
    needs: 'Asks for the bucket, and for an AWS account. Rights to list and to read are enough.',
  },
];

export function KindChoice() {
  return (
    <Page title="Add a source" sub="A source is what is protected under one name. Which kind is it?">
      <div className={styles['kinds']}>
        {choices.map(({ kind, title, words, needs }) => (
          <Link key={kind} to="/sources/new" search={{ kind }} className={styles['kind'] ?? ''}>
            <h2>{title}</h2>
            <p>{words}</p>
            <p className={styles['dim']}>{needs}</p>
          </Link>
        ))}
      </div>
    </Page>
  );
}
