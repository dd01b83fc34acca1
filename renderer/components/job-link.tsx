/** The name of a job, which leads to its page. */
import { Link } from '@tanstack/react-router';
import type { Job } from '../../shared/contract/jobs.ts';
import { visibleText } from './visible-text.ts';

type JobNameProps = {
  readonly job: Pick<Job, 'id' | 'title'>;
  /** How its title is called, which may be the place of a repository that has a name. */
  readonly nameOf: (title: string) => string;
};

export function JobLink(props: JobNameProps) {
  return (
    <Link to="/activity/$job" params={{ job: props.job.id }}>
      <JobName {...props} />
    </Link>
  );
}

export function JobName({ job: { title }, nameOf }: JobNameProps) {
  return <span title={visibleText(title)}>{visibleText(nameOf(title))}</span>;
}
