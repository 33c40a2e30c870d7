// What was run: listed, shown, compared, and taken away.
import { readdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { callRunbook, setUpBench, type Finished } from './command-harness.ts';

const bench = setUpBench();

const call = (...args: string[]): Promise<Finished> => callRunbook(args, { cwd: bench.desk.folder });
const block = (attributes: string, code: string): string => `\`\`\`bash {${attributes}}\n${code}\n\`\`\`\n\n`;
const write = (name: string, ...blocks: readonly string[]): void => writeFileSync(join(bench.desk.folder, name), `---\ninputs:\n  v: { type: string, default: v1 }\n---\n# Doc\n\n${blocks.join('')}`);
const ids = (): string[] => readdirSync(join(bench.desk.folder, '.runbook/runs')).sort();
const listed = async (...flags: string[]): Promise<string[]> => (JSON.parse((await call('runs', '--json', ...flags)).stdout) as { runs: { run: string }[] }).runs.map(({ run }) => run);

/** A run that passed, one that failed and a dry run; their ids in this order. */
async function threeRuns(): Promise<string[]> {
  write('good.md', block('name=look effect=read', 'echo "$v"; export found=1'));
  write('bad.md', block('name=look effect=read', 'exit 3'));
  const order: string[] = [];
  for (const args of [['good.md', '--yes'], ['bad.md', '--yes'], ['good.md', '--dry-run']]) {
    await call('run', ...args);
    order.push(ids().find((id) => !order.includes(id)) ?? '');
  }
  return order;
}

test('runs are filtered, newest first; what is no filter is refused', async () => {
  const [good = '', bad = '', dry = ''] = await threeRuns();
  expect(await listed()).toEqual([dry, bad, good]);
  expect(await listed('--state', 'failed')).toEqual([bad]);
  expect(await listed('--mode', 'dry-run')).toEqual([dry]);
  expect(await listed('--runbook', 'good')).toEqual([dry, good]);
  expect(await listed('--limit', '1')).toEqual([dry]);
  expect(await listed('--since', '1h')).toHaveLength(3);
  expect(await listed('--since', '2199-01-01')).toEqual([]);
  for (const wrong of [['--state', 'done'], ['--mode', 'wet'], ['--since', 'monday'], ['--limit', '0']]) expect((await call('runs', ...wrong)).code, wrong.join(' ')).toBe(2);
});

test('a rehearsal began when it began here, whatever time it was in its world; the list says where a run stands', async () => {
  const earlier = await threeRuns();
  const [, bad = ''] = earlier;
  await call('run', 'good.md', '--rehearse', '--yes');
  // ids of one second are in no order
  const newest = ids().find((id) => !earlier.includes(id)) ?? '';
  expect(await listed('--since', '1h', '--mode', 'rehearse')).toEqual([newest]);
  expect((await call('runs', 'prune', '--older', '1d')).stderr).toContain('0 runs would be removed');
  const lines = (await call('runs')).stdout.split('\n');
  expect(lines[0]).toMatch(/^run +state +mode +began \(UTC\) +took +runbook$/);
  expect(lines[1]).toMatch(new RegExp(`^${newest} +rehearsed +rehearse +${new Date().getUTCFullYear()}-`));
  expect(lines.find((line) => line.startsWith(bad))).toMatch(/ failed +live .* bad\.md +at look$/);
});

test('prune says what would go, and removes only what is over', async () => {
  const [good = '', bad = '', dry = ''] = await threeRuns();
  expect((await call('runs', 'prune')).code).toBe(2);
  const told = await call('runs', 'prune', '--keep', '1');
  expect(told.stdout).toContain(good);
  expect(told.stderr).toContain(`${bad} stays: it is failed and could be resumed`);
  expect(told.stderr).toContain('1 run would be removed');
  expect(ids()).toHaveLength(3);
  expect((await call('runs', 'prune', '--older', '1d', '--yes')).stderr).toContain('0 runs removed.');
  await call('runs', 'prune', '--keep', '1', '--yes');
  expect(ids()).toEqual([bad, dry].sort());
  await call('runs', 'prune', '--keep', '0', '--yes', '--force');
  expect(ids()).toEqual([]);
});

test('diff tells what differs: document, inputs, states, outputs; and nothing where nothing does', async () => {
  const [good = '', bad = ''] = await threeRuns();
  write('good.md', block('name=look effect=read', 'echo "$v"; export found=2'));
  await call('run', 'good.md', '--yes', '--input', 'v=v2');
  const [newest = ''] = await listed();
  const { stdout } = await call('diff', good, newest, '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    before: good,
    after: newest,
    document: expect.stringContaining('-echo "$v"; export found=1\n+echo "$v"; export found=2'),
    inputs: [{ name: 'v', before: { value: 'v1' }, after: { value: 'v2' } }],
    steps: [{ name: 'look', before: { outputs: { found: '1' } }, after: { outputs: { found: '2' } } }],
  });
  expect(JSON.parse(stdout)).toMatchObject({ tools: [] });
  const journal = join(bench.desk.folder, '.runbook/runs', bad, 'journal.jsonl');
  writeFileSync(journal, readFileSync(journal, 'utf8').replace(/"node":"[^"]*"/, '"node":"1.2.3","crane":"0.20.1"'));
  const text = (await call('diff', good, bad)).stdout;
  expect(text).toContain(`Tools\n- node: ${process.versions.node}\n+ node: 1.2.3\n+ crane: 0.20.1\n`);
  expect(text).toContain('- look: passed\n+ look: failed');
  expect((await call('diff', good, good)).stdout).toContain('They do not differ.');
  expect((await call('diff', good, 'nothing')).code).toBe(2);
});

describe('logs', () => {
  test('are whole, or their last lines, and a wrong step is told with the right one', async () => {
    write('long.md', block('name=count effect=read', 'seq 1 5000'));
    await call('run', 'long.md', '--yes');
    const [run = ''] = ids();
    const whole = Array.from({ length: 5000 }, (_, i) => `${i + 1}\n`);
    expect((await call('logs', run, 'count')).stdout).toBe(whole.join(''));
    expect((await call('logs', run, 'count', '--lines', '3')).stdout).toBe('4998\n4999\n5000\n');
    expect((await call('logs', run, 'count', '-n', '9999')).stdout).toBe(whole.join(''));
    expect((await call('logs', run, 'cuont')).stderr).toContain('has no step cuont; did you mean count?');
    expect((await call('logs', run, 'count', '-n', 'x')).code).toBe(2);
    expect((await call('logs', run)).stdout).toBe('count  passed  23893 bytes\n');
    expect((await call('logs', run, '-f')).stderr).toContain('--follow needs a step');
  });

  test('are followed until the step has ended, whole', async () => {
    const { folder } = bench.desk;
    write('slow.md', block('name=slow effect=read', `echo first; touch '${folder}/begun'; until test -e '${folder}/go'; do sleep 0.05; done; echo last`));
    const begun = new Promise<void>((resolve) => {
      const watcher = watch(folder, (_, name) => {
        if (name !== 'begun') return;
        watcher.close();
        resolve();
      });
    });
    const running = call('run', 'slow.md', '--yes');
    await begun;
    const followed = callRunbook(['logs', ids()[0] ?? '', 'slow', '-f'], {
      cwd: folder,
      onChild: (child) => child.stdout?.once('data', () => writeFileSync(join(folder, 'go'), '')),
    });
    expect((await followed).stdout).toBe('first\nlast\n');
    expect((await running).code).toBe(0);
  });
});
