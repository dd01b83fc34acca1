/** Machine, versions, commands and method, so that others can repeat it and object. */
import { isAtLeast } from '../machine.ts';
import { shownLauncher } from '../measure/launcher.ts';
import { toolWords } from '../measure/tools.ts';
import { toolNames, type Results } from '../results.ts';
import { placeTitles } from './words.ts';

const folders = { node: 'node', launcher: shownLauncher };

export function howSection(results: Results): string {
  return [machineText(results), commandText(results), methodText(results), dataText(results), limitsText(results)].join(
    '\n\n',
  );
}

function machineText({ machine, versions, commitAfter, places, load }: Results): string {
  const fileSystems = places.map(({ place, fileSystem }) => `${placeTitles[place].toLowerCase()} ${fileSystem}`);
  const changed = commitAfter === versions.commit ? '' : `; **changed during the run**, at its end ${commitAfter}`;
  return `## Machine and versions

- ${machine.cores} cores, ${machine.processor}; ${(machine.memoryBytes / 1024 ** 3).toFixed(1)} GiB of memory; ${machine.kernel}
- file systems: ${fileSystems.join(', ') || 'none'}
- load average over one minute: ${load[0].toFixed(2)} before, ${load[1].toFixed(2)} after
- Node.js ${versions.node}; ${versions.resticLine}
- Holdfast at commit ${versions.commit}${changed}`;
}

function commandText({ versions }: Results): string {
  const lines = toolNames.flatMap((name) => {
    const words = toolWords(name, versions, folders);
    const serve = words.serve === null ? [] : [words.serve];
    const commands = [words.init, [...words.snapshot, '$D/data'], ...serve, words.check, words.restore('$D/restored')];
    return commands.map((command) => [...words.program, ...command].join(' '));
  });
  return `## Commands

\`$D\` is a new folder on the file system in question. Both get \`TMPDIR=$D\`; restic \`RESTIC_REPOSITORY\`,
\`RESTIC_PASSWORD\` and \`RESTIC_CACHE_DIR\` below \`$D\`; Holdfast \`HOLDFAST_REPOSITORY\`, \`HOLDFAST_PASSWORD\` and
\`HOLDFAST_HOME\` below \`$D\`.

\`\`\`sh
${lines.join('\n')}
\`\`\``;
}

function methodText({ options, places }: Results): string {
  const rounds = places.map(({ place, rounds: count }) => `${count} ${placeTitles[place].toLowerCase()}`).join(', ');
  return `## How it was measured

- The run: \`npm run bench -- --rounds ${options.rounds} --scale ${options.scale} --seed ${options.seed}\`. Rounds: ${rounds || 'none'}.
- In every round each tool starts with an empty folder and a new repository; \`init\` is not timed. Then each operation is
  done by restic and at once by Holdfast: first snapshot, snapshot of the unchanged data, check of all data, restore into
  an empty folder. The data is the same files throughout.
- _unchanged, console open_ is the same two commands once more, that of Holdfast beside an open console (\`serve\`), which then
  does the work, as it is where a workstation has Holdfast in its tray. The console has done one such run before and then
  nothing for eleven seconds, so that its threads have ended; that is not timed. It has the key of its repository already; the
  command brings the password all the same, and waits for its run to end. CPU and memory are those of command and console
  together. Restic has nothing that stays.
- Wall time is from the start of the process to its end, key derivation and start of the runtime included. CPU is user
  and system time of the process; peak memory is the largest resident set of the process with all its threads, the
  highest of all rounds, both as the kernel reports them to GNU \`time\`. For Holdfast that process is Node.js itself.
- Medians of the rounds, in brackets least and most. Ratios are of medians, rounded to Holdfast's disadvantage. MB are
  1,000,000 bytes.
- Restic is run in the way that is best for it: quiet, with its cache kept between commands on the same file system (for
  \`check\` too, by \`--with-cache\`), with its default compression and number of processors.
- On disk, \`sync\` runs before each timed command, so that no command pays for what an earlier one left to be written;
  nothing is dropped from the page cache, so data and repositories are mostly read from memory. Both tools write their
  repositories through to the disk; what a restore leaves in the page cache is not waited for.
- What was restored on disk of _small files_ stays there until all rounds are over, as ext4 does not hand out the inodes of files
  that were removed in the last minutes and looks for others one by one (\`recently_deleted\` in its \`ialloc.c\`): a restore
  right after 100,000 files were removed takes several times as long, whichever tool does it.
- Before the first round in each place, every command runs once on a folder with one line of text.
- What the first round of each tool restored is compared with the data byte for byte, that of later rounds by its size;
  a command that fails, or a restore that differs, leaves its row without numbers.
- The repository's size is the sum of the sizes of its files.`;
}

function dataText({ options }: Results): string {
  const scale = options.scale === 1 ? '' : ` (times ${options.scale})`;
  return `## Data

Made from the seed, the same on every machine${scale}:

- _random_: one file of 2 GiB that does not compress.
- _disk image_: one file of 2 GiB; extents of 64 KiB to 8 MiB, in bytes 40 % zeros (written, no holes), 25 % text, 25 %
  random, 10 % copies of earlier text and random extents that start at any sector.
- _small files_: 100,000 files of 0 to 8 KiB in 1,000 folders, 30 % random and 70 % text, no two alike but for empty ones.

Text is words of a made-up vocabulary of 8,192, drawn by Zipf's law.`;
}

function limitsText({ versions }: Results): string {
  const verifies = isAtLeast(versions.restic, '0.16.4')
    ? `Both tools verify what they are about to store; restic ${versions.restic} decodes each blob again, Holdfast each pack.`
    : `Holdfast decodes each pack again before it stores it; restic ${versions.restic} stores its packs unverified (it
  verifies them from 0.16.4 on). First snapshots of Holdfast include that work, those of restic do not.`;
  return `## What is not comparable

- ${verifies}
- The two tools cut large files at different places, so the chunks and their number differ; the format of the repository
  is the same.
- Restic runs as machine code that starts in milliseconds, Holdfast on Node.js; where an operation takes less than a
  second, most of it is the start and the derivation of the key, whose cost each tool has chosen in \`init\`.
- Data and repository share one file system and the machine's few cores; over a network the network decides.`;
}
