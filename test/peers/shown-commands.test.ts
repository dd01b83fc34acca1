import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recoveryKitSchema } from '../../shared/contract/recovery-kit.ts';
import { connect, toTheEnd } from '../support/client.ts';
import { describeTree } from '../support/describe-tree.ts';
import { expectDone } from '../support/expect-clean.ts';
import { describePeer } from '../support/peers.ts';
import { run as runProgram } from '../support/processes.ts';
import { makeWorkspace } from '../support/workspace.ts';

describePeer('restic', 'restic, with what Holdfast says to type', () => {
  test('the commands of the kit work as they stand, also where the path is an odd one', async () => {
    await using workspace = await makeWorkspace();
    const folder = await workspace.folder('it\'s a $HOME `id` "place"');
    const location = join(folder, 'repository');
    const env = { HOLDFAST_REPOSITORY: location };
    const source = await workspace.folder('source');
    writeFileSync(join(source, 'file'), 'content');
    expectDone(await workspace.here(['init', location], { env }));
    expectDone(await workspace.here(['protect', source], { env }));
    const kit = expectDone(await workspace.here(['recovery-kit', '--json'], { env })).json(recoveryKitSchema);
    const target = workspace.path('back');
    mkdirSync(target);
    for (const { command } of kit.commands.filter((each) => each.command.startsWith('restic'))) {
      const typed = command
        .replace('SNAPSHOT', 'latest')
        .replace('/path/to/new/folder', target)
        .replace('/path/in/the/snapshot', source);
      const ended = await runProgram('sh', ['-c', typed], { env: workspace.resticEnv() });
      expect(ended.code, `${typed}\n${ended.stderr}`).toBe(0);
    }
    expect(existsSync(join(target, source, 'file'))).toBe(true);
  });

  test('the command shown for a restore run brings back what the run does, to the same places', async () => {
    await using workspace = await makeWorkspace();
    const source = await workspace.folder('source');
    for (const name of ["it's [a]*?", 'plain', 'gr\u00fcn', 'line\nbreak', 'back\\slash']) {
      mkdirSync(join(source, name));
      writeFileSync(join(source, name, 'file'), name);
    }
    writeFileSync(join(source, 'not chosen'), 'content');
    workspace.init();
    expectDone(await workspace.here(['protect', source]));
    await using connected = await connect(workspace);
    const access = { location: workspace.repository, password: workspace.password };
    const listed = await connected.client.snapshots.ls({ repository: access, snapshot: `latest:${source}` });
    const selections: { snapshot: string; path: string }[] = [];
    for await (const event of listed) {
      if (event.type !== 'entries') continue;
      for (const { path, type } of event.entries) if (type === 'dir') selections.push({ snapshot: 'latest', path });
    }
    expect(selections).toHaveLength(5);
    const [ours, theirs] = [workspace.path('our place'), workspace.path('their place')];
    const run = await connected.client.restoreRuns.create({
      repository: access,
      selections,
      target: ours,
      overwrite: 'always',
    });
    await toTheEnd(await connected.client.restoreRuns.start({ run: run.id, repository: access }));
    const { commands } = await connected.client.restoreRuns.report({ run: run.id });
    expect(commands.restic).toHaveLength(1);
    const typed = commands.restic[0]?.replace(ours, theirs) ?? '';
    const ended = await runProgram('bash', ['-c', typed], { env: workspace.resticEnv() });
    expect(ended.code, `${typed}\n${ended.stderr}`).toBe(0);
    expect(describeTree(join(theirs, source))).toEqual(describeTree(join(ours, source)));
  });
});
