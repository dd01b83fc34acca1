/** Makes the repository of the measurement, in a process of its own: `generate.ts <folder> <files>`. */
import { makeLargeRepository } from '../../support/large-repository.ts';

const [location = '', files = ''] = process.argv.slice(2);
makeLargeRepository(location, { files: Number(files), snapshots: 2, changedFiles: 10 });
