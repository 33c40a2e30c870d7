// A run that is taken back or ended for good: `runbook undo` and `runbook cancel`. The writes are lines in a file outside the run.
import { existsSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callRunbook, setUpBench, type Finished } from './command-harness.ts';

const bench = setUpBench();

const call = (...args: string[]): Promise<Finished> => callRunbook(args, { cwd: bench.desk.folder });
const block = (attributes: string, code: string): string => `\`\`\`bash {${attributes}}\n${code}\n\`\`\`\n\n`;
const line = (text: string): string => `echo ${text} >> '${bench.desk.folder}/effects'`;
const effects = (): string[] => (existsSync(join(bench.desk.folder, 'effects')) ? readFileSync(join(bench.desk.folder, 'effects'), 'utf8').trim().split('\n') : []);
const write = (...blocks: readonly string[]): void => writeFileSync(join(bench.desk.folder, 'end.md'), `# End\n\n${blocks.join('')}`);
const runId = (): string => readdirSync(join(bench.desk.folder, '.runbook/runs'))[0] ?? '';
const statesOf = ({ stdout }: Finished): Record<string, string> => Object.fromEntries((JSON.parse(stdout) as { steps: { id: string; state: string }[] }).steps.map(({ id, state }) => [id, state]));

test('undo takes back what the run wrote, newest first, leaves alone what was there before, and a resume does it again', async () => {
  write(
    block('name=old effect=write', line('old')),
    block('name=old-is-there verifies=old effect=read', 'true'),
    block('name=one effect=write', line('one')),
    block('name=two effect=write', line('two')),
    block('name=undo-old undoes=old effect=write', line('undo-old')),
    block('name=undo-one undoes=one effect=write', line('undo-one')),
    block('name=undo-two undoes=two effect=write', line('undo-two')),
  );
  const run = await call('run', 'end.md', '--yes');
  expect(run.code, run.stderr).toBe(0);
  const unasked = await call('undo', runId());
  expect(unasked.code, unasked.stderr).toBe(3);
  expect(effects()).toEqual(['one', 'two']);
  const undone = await call('undo', runId(), '--yes', '--json');
  expect(undone.code, 'the run is not over: its steps are due again').toBe(3);
  expect(effects(), undone.stderr).toEqual(['one', 'two', 'undo-two', 'undo-one']);
  expect(statesOf(undone)).toMatchObject({ old: 'skipped', one: 'undone', two: 'undone', 'undo-old': 'not-needed' });
  const again = await call('resume', runId());
  expect(again.code, again.stderr).toBe(0);
  expect(effects().slice(4)).toEqual(['one', 'two']);
});

test.each([
  ['a dry run', ['--dry-run'], block('name=one effect=write', 'true') + block('name=undo-one undoes=one effect=write', 'true'), 'was a dry run'],
  ['a document without undoes', ['--yes'], block('name=one effect=write', 'true'), 'has no block with undoes=STEP'],
])('%s cannot be undone, and says why', async (_, flags, text, why) => {
  write(text);
  await call('run', 'end.md', ...flags);
  const refused = await call('undo', runId(), '--yes');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain(why);
});

test('a failed run tells how to take back what it wrote, where that can be', async () => {
  const parts = [block('name=one effect=write', line('one')), block('name=undo-one undoes=one effect=write', line('undo-one')), block('name=bad effect=read', 'exit 7')];
  write(...parts);
  const failed = await call('run', 'end.md', '--yes');
  expect(failed.stderr).toMatch(/Go on with: runbook resume (\S+) --yes\nOr take back what it wrote: runbook undo \1\n$/);
  write(...parts.toReversed());
  expect((await call('run', 'end.md', '--yes')).stderr).toMatch(/Go on with: runbook resume \S+ --yes\n$/);
});

test('cancel stops the process that runs the run, lets failure steps clean up, and the run is over', async () => {
  const { folder } = bench.desk;
  write(block('name=long effect=read', `touch '${folder}/begun'\nsleep 60`), block('name=after effect=write', line('after')), block('name=clean on=failure effect=write', line('clean')));
  const begun = new Promise<void>((resolve) => {
    const watcher = watch(folder, (_, name) => {
      if (name !== 'begun') return;
      watcher.close();
      resolve();
    });
  });
  const running = call('run', 'end.md', '--yes');
  await begun;
  const cancelled = await call('cancel', runId(), '--json');
  expect(cancelled.code, cancelled.stderr).toBe(0);
  expect(JSON.parse(cancelled.stdout)).toMatchObject({ state: 'cancelled' });
  expect((await running).code).toBe(130);
  expect(effects()).toEqual(['clean']);
  const resumed = await call('resume', runId());
  expect(resumed.stderr).toContain('is over: cancelled');
  expect((await call('cancel', runId())).stderr).toContain('There is nothing to cancel');
});
