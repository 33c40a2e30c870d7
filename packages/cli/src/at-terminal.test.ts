// What a person at a real terminal is shown and asked. Skipped where there is no tmux.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { callRunbook, launcher, setUpBench } from './command-harness.ts';
import { canOpenTerminals, openTerminal, type Terminal } from './terminal.ts';

const bench = setUpBench();

const block = (attributes: string, code: string): string => `\`\`\`bash {${attributes}}\n${code}\n\`\`\`\n\n`;
const write = (...blocks: readonly string[]): void => writeFileSync(join(bench.desk.folder, 'doc.md'), `# Doc\n\n${blocks.join('')}`);
const line = (text: string): string => `echo ${text} >> '${bench.desk.folder}/effects'`;
const effects = (): string[] => (existsSync(join(bench.desk.folder, 'effects')) ? readFileSync(join(bench.desk.folder, 'effects'), 'utf8').trim().split('\n') : []);

function at(...args: string[]): Terminal {
  const terminal = openTerminal([process.execPath, launcher, ...args], { cwd: bench.desk.folder, env: {} });
  bench.closeLater(() => terminal.close());
  return terminal;
}

async function stateOf(step: string): Promise<unknown> {
  const { stdout } = await callRunbook(['report', '--json'], { cwd: bench.desk.folder });
  return (JSON.parse(stdout) as { steps: { id: string; state: string; reason?: string; by?: string }[] }).steps.find(({ id }) => id === step);
}

describe.skipIf(!canOpenTerminals)('--step (skipped without tmux)', () => {
  test('goes on, skips with a reason, shows the log of the step before, and stops where it can be resumed', async () => {
    write(block('name=look effect=read', 'echo looked; export found=42'), block('name=one effect=write', line('one-$found')), block('name=two effect=write', line('two')), block('name=three effect=read', 'echo three'));
    const terminal = at('run', 'doc.md', '--yes', '--step');
    await terminal.shows(/Next: look \[read\][^]*\[q\]uit\?/);
    terminal.type('g');
    await terminal.shows(/Next: one \[write\] shell bash, line 7\n {2}found = 42\n {2}│ echo one-\$found[^]*\[q\]uit\?/);
    terminal.type('l');
    await terminal.shows(/│ looked\n/);
    terminal.type('g');
    await terminal.shows(/Next: two[^]*\[q\]uit\?/);
    terminal.type('s');
    await terminal.shows(/Why is it skipped\?/);
    terminal.type('done by hand');
    await terminal.shows(/Next: three[^]*\[q\]uit\?/);
    terminal.type('q');
    expect(await terminal.shows(/\[exit \d+\]/)).toContain('[exit 3]');
    expect(effects()).toEqual(['one-42']);
    expect(await stateOf('two')).toMatchObject({ state: 'declined', reason: 'done by hand' });
    expect(await stateOf('three')).toMatchObject({ state: 'pending' });
  });
});

test('--step without a terminal is refused before anything is begun', async () => {
  write(block('name=one effect=write', line('one')));
  const refused = await callRunbook(['run', 'doc.md', '--yes', '--step'], { cwd: bench.desk.folder });
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('it needs a terminal');
  expect(effects()).toEqual([]);
});

describe.skipIf(!canOpenTerminals)('a done step of an edited document (skipped without tmux)', () => {
  test.each([
    ['y', ['old'], 'counts'],
    ['n', ['old', 'new'], 'is done again'],
  ])('is a question; answered with %s', async (answer, written) => {
    write(block('name=one effect=write', line('old')), block('name=look effect=read', 'exit 7'));
    await callRunbook(['run', 'doc.md', '--yes'], { cwd: bench.desk.folder });
    write(block('name=one effect=write', line('new')), block('name=look effect=read', 'true'));
    const terminal = at('resume');
    await terminal.shows(/Does what was done still count\?/);
    terminal.type(answer);
    expect(await terminal.shows(/\[exit \d+\]/)).toContain('[exit 0]');
    expect(effects()).toEqual(written);
  });
});

/** A run whose runner is killed in the middle of a write that nothing verifies. */
async function cutOff(): Promise<void> {
  write(block('name=bare effect=write', `${line('bare')}\ntest -e '${bench.desk.folder}/once' || { touch '${bench.desk.folder}/once'; kill -KILL "$PPID"; }`), block('name=after effect=write', line('after')));
  expect((await callRunbook(['run', 'doc.md', '--yes'], { cwd: bench.desk.folder })).signal).toBe('SIGKILL');
}

describe.skipIf(!canOpenTerminals)('a write that was cut off (skipped without tmux)', () => {
  test.each([
    ['d', 0, ['bare', 'after']],
    ['n', 0, ['bare', 'bare', 'after']],
    ['s', 3, ['bare']],
  ])('is a question; answered with %s', async (answer, code, written) => {
    await cutOff();
    const terminal = at('resume');
    await terminal.shows(/bare was begun before and may have happened; nothing verifies it[^]*\[s\]top:/);
    terminal.type(answer);
    expect(await terminal.shows(/\[exit \d+\]/)).toContain(`[exit ${code}]`);
    expect(effects()).toEqual(written);
  });
});

test('a write that was cut off is told with what to type, and a word about it is taken and recorded', async () => {
  await cutOff();
  const told = await callRunbook(['resume'], { cwd: bench.desk.folder });
  expect(told.code).toBe(3);
  expect(told.stderr).toMatch(/Look whether bare has happened\. Then: runbook resume \S+ --done bare, or --not-done bare/);
  const wrong = await callRunbook(['resume', '--done', 'bar'], { cwd: bench.desk.folder });
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('did you mean bare? Those are: bare.')]);
  const resumed = await callRunbook(['resume', '--done', 'bare', '--json'], { cwd: bench.desk.folder });
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(effects()).toEqual(['bare', 'after']);
  expect((JSON.parse(resumed.stdout) as { approvals: unknown[] }).approvals).toMatchObject([{ step: 'bare', decision: 'done', by: { verified: 'os' } }]);
});

describe.skipIf(!canOpenTerminals)('an interactive block (skipped without tmux)', () => {
  test('has a terminal of its own, takes what is typed, exports, and gives the terminal back', async () => {
    write(
      block('name=before effect=read', 'export greeting=hello'),
      block('name=ask effect=read interactive=true', 'tty -s && stty size\nread -r -p "$greeting, who are you? " who\nexport who'),
      block('name=after effect=write', line('$who')),
      '- [ ] Look. <!-- {name=look} -->\n',
    );
    const terminal = at('run', 'doc.md', '--yes');
    await terminal.shows(/40 100[^]*hello, who are you\?/);
    terminal.type('a person');
    await terminal.shows(/Look\.[^]*Done\? \[y\]es/);
    terminal.type('y');
    expect(await terminal.shows(/\[exit \d+\]/)).toContain('[exit 0]');
    expect(effects()).toEqual(['a person']);
    const { stdout } = await callRunbook(['report', '--json'], { cwd: bench.desk.folder });
    const log = await callRunbook(['logs', (JSON.parse(stdout) as { run: string }).run, 'ask'], { cwd: bench.desk.folder });
    expect(log.stdout).toContain('hello, who are you?');
  });

  test('Ctrl-C goes to the block; the run goes on from its end', async () => {
    write(block('name=ask effect=read interactive=true', "trap 'echo caught; exit 0' INT\necho 'waiting now'\nsleep 60 & wait"), block('name=after effect=read', 'echo after'));
    const terminal = at('run', 'doc.md', '--yes');
    await terminal.shows(/^waiting now/m);
    terminal.press('C-c');
    const seen = await terminal.shows(/\[exit \d+\]/);
    expect(seen).toContain('caught');
    expect(seen).toContain('[exit 0]');
  });
});

test('an interactive block without a terminal is refused before anything is begun; left out, the rest runs', async () => {
  write(block('name=one effect=write', line('one')), block('name=ask effect=read interactive=true', 'read -r x'));
  const refused = await callRunbook(['run', 'doc.md', '--yes'], { cwd: bench.desk.folder });
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('doc.md:7  ask is interactive: it needs a terminal')]);
  expect(effects()).toEqual([]);
  expect((await callRunbook(['run', 'doc.md', '--yes', '--until', 'one'], { cwd: bench.desk.folder })).code).toBe(0);
  expect(effects()).toEqual(['one']);
});

test('a resumed run with an interactive block left is refused without a terminal, and a dry run that withholds it is not', async () => {
  const ask = block('name=ask effect=write interactive=true', 'read -r x');
  write(block('name=one effect=read', 'exit 7'));
  expect((await callRunbook(['run', 'doc.md', '--yes'], { cwd: bench.desk.folder })).code).toBe(1);
  write(block('name=one effect=read', 'true'), ask);
  const refused = await callRunbook(['resume'], { cwd: bench.desk.folder });
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('ask is interactive: it needs a terminal')]);
  expect((await callRunbook(['run', 'doc.md', '--dry-run'], { cwd: bench.desk.folder })).code).toBe(0);
});

describe.skipIf(!canOpenTerminals)('an interactive block that is stopped (skipped without tmux)', () => {
  test('gives the terminal back: it echoes again', async () => {
    write(block('name=ask effect=read interactive=true', 'echo "runner: $PPID"; exec sleep 60'), block('name=after effect=read', 'true'));
    const terminal = at('run', 'doc.md', '--yes');
    const [, pid = ''] = /^runner: (\d+)/m.exec(await terminal.shows(/^runner: \d+/m)) ?? [];
    process.kill(Number(pid), 'SIGTERM');
    expect(await terminal.shows(/\[exit \d+\]/)).toContain('[exit 130]');
    terminal.press('x');
    await terminal.shows(/\[exit 130\]\nx/);
  });
});

describe.skipIf(!canOpenTerminals)('a manual step (skipped without tmux)', () => {
  test.each([
    ['y the image starts', 0, { state: 'passed', evidence: 'the image starts' }],
    ['https://example.org/minutes', 0, { state: 'passed', evidence: 'https://example.org/minutes' }],
    ['no, it crashes', 3, { state: 'declined', reason: expect.stringContaining('it crashes') as string }],
  ])('is ticked by a yes only: a slip and "not yet" are asked again, then %s', async (answer, code, end) => {
    write('- [ ] Look. <!-- {name=look} -->\n');
    const terminal = at('run', 'doc.md', '--yes');
    await terminal.shows(/Done\? \[y\]es/);
    terminal.type('g');
    await terminal.shows(/neither yes nor no[^]*Done\? \[y\]es/);
    terminal.type('not yet, it is broken');
    await terminal.shows(/neither yes nor no[^]*neither yes nor no[^]*Done\? \[y\]es/);
    terminal.type(answer);
    expect(await terminal.shows(/\[exit \d+\]/)).toContain(`[exit ${code}]`);
    expect(await stateOf('look')).toMatchObject(end);
  });
});

test.skipIf(!canOpenTerminals)('an input that does not fit is asked for again; a secret is said to be one (skipped without tmux)', async () => {
  const inputs = "---\ninputs:\n  version: { type: string, pattern: '^v\\d+$' }\n  token: { type: secret }\n---\n";
  writeFileSync(join(bench.desk.folder, 'doc.md'), `${inputs}# Doc\n\n${block('name=one effect=read', 'echo "is $version ${#token}"')}`);
  const terminal = at('run', 'doc.md', '--yes');
  await terminal.shows(/version: $/m);
  terminal.type('1');
  await terminal.shows(/"1" does not fit: expected .*\^v\\d\+\$[^]*version: $/m);
  terminal.type('v1');
  await terminal.shows(/token \(a secret, not shown as you type\): $/m);
  terminal.type('some-long-secret');
  const screen = await terminal.shows(/\[exit \d+\]/);
  expect(screen).toContain('is v1 16');
  expect(screen).not.toContain('some-long-secret');
});
