// What the machine may do to a run's journal and owner: each ends in a right continuation or a clear refusal, and no write
// comes twice. The write is a line in a file outside the run, which the blocks append to and nothing verifies.
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { callRunbook, inside, launcher, setUpBench, type Finished } from './command-harness.ts';

const bench = setUpBench();

const writesIn = (folder: string): string[] => (existsSync(join(folder, 'effects')) ? readFileSync(join(folder, 'effects'), 'utf8').trim().split('\n') : []);

/** A run that has written twice and failed where it only reads; it reads well now, and its last step is due. */
async function stoppedRun(): Promise<{ folder: string; journal: string; resume(): Promise<Finished> }> {
  const { folder } = bench.desk;
  const step = (name: string, text: string, effect = 'write'): string => `## ${name}\n\n\`\`\`bash {name=${name} effect=${effect}}\n${text}\n\`\`\`\n`;
  const effect = (name: string): string => `echo ${name} >> '${folder}/effects'`;
  writeFileSync(join(folder, 'lies.md'), `# Lies\n\n${step('one', effect('one'))}\n${step('two', effect('two'))}\n${step('look', `test -e '${folder}/go'`, 'read')}\n${step('three', effect('three'))}`);
  const first = await callRunbook(['run', 'lies.md', '--yes'], { cwd: folder });
  expect(first.code, first.stderr).toBe(1);
  writeFileSync(join(folder, 'go'), '');
  const runs = join(folder, '.runbook/runs');
  const journal = join(runs, readdirSync(runs)[0] ?? '', 'journal.jsonl');
  return { folder, journal, resume: () => callRunbook(['resume', '--yes'], { cwd: folder }) };
}

test('a torn last line: the run goes on, nothing is done again', async () => {
  const { folder, journal, resume } = await stoppedRun();
  appendFileSync(journal, '{"at":1,"kind":"step-star');
  const resumed = await resume();
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(writesIn(folder)).toEqual(['one', 'two', 'three']);
});

test('a record of a done step spoilt by hand: refused with its line, nothing is done again', async () => {
  const { folder, journal } = await stoppedRun();
  const lines = readFileSync(journal, 'utf8').split('\n');
  const index = lines.findIndex((line) => line.includes('"step-ended"'));
  expect(index).toBeGreaterThan(0);
  writeFileSync(journal, lines.with(index, (lines[index] ?? '').slice(0, 20)).join('\n'));
  const id = basename(dirname(journal));
  expect((await callRunbook(['resume'], { cwd: folder })).code).toBe(2);
  const resumed = await callRunbook(['resume', id], { cwd: folder });
  expect(resumed.code, resumed.stderr).toBe(2);
  expect(resumed.stderr).toContain(`line ${index + 1} of the journal `);
  // the runs beside it are not affected, and the damaged one is not passed over in silence
  writeFileSync(join(folder, 'beside.md'), '# Beside\n\n```bash {name=b effect=read}\ntrue\n```\n');
  expect((await callRunbook(['run', 'beside.md', '--yes'], { cwd: folder })).code).toBe(0);
  const runs = await callRunbook(['runs'], { cwd: folder });
  expect(runs.code, runs.stderr).toBe(0);
  expect(runs.stdout).toContain('beside.md');
  expect(runs.stderr).toContain('of the journal ');
  expect(writesIn(folder)).toEqual(['one', 'two']);
});

test('ten racing resumes: one goes on, the others are refused or find it over, each write comes once', { timeout: 60_000 }, async () => {
  const { folder, resume } = await stoppedRun();
  const all = await Promise.all(Array.from({ length: 10 }, resume));
  for (const { code, stderr } of all) {
    expect([0, 2, 3], stderr).toContain(code);
    expect(stderr).toMatch(/three|is over|is being run by process|there is no such run/);
  }
  expect(all.some(({ code }) => code === 0)).toBe(true);
  expect(writesIn(folder)).toEqual(['one', 'two', 'three']);
});

test('a journal that cannot grow: the run ends with its path, resumed with room it writes nothing twice', async () => {
  const { folder, journal, resume } = await stoppedRun();
  const before = readFileSync(journal).length;
  const blocks = Math.ceil(before / 1024);
  const full = spawnSync('bash', ['-c', `trap '' XFSZ; ulimit -f ${blocks}; exec "$@"`, '-', process.execPath, launcher, 'resume', '--yes'], { cwd: folder, encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', HOME: folder, CI: 'true' } });
  expect(full.status, full.stderr).not.toBe(0);
  expect(full.stderr).toMatch(/cannot write the journal .*journal\.jsonl/);
  const resumed = await resume();
  expect([0, 3], resumed.stderr).toContain(resumed.code);
  expect(writesIn(folder).filter((line) => line === 'three').length).toBeLessThan(2);
  expect(writesIn(folder).slice(0, 2)).toEqual(['one', 'two']);
});

test.each([
  ['while it waits', 'run'],
  ['before it is resumed', 'resume'],
])('a clock that is set back a day %s: the run goes on in time, nothing is written twice, nothing takes less than no time', async (_when, at) => {
  const { folder } = bench.desk;
  const back = join(folder, 'clock-is-back');
  writeFileSync(join(folder, 'clock.mjs'), `import { existsSync } from 'node:fs';\nconst real = Date.now;\nDate.now = () => real() - (existsSync(${JSON.stringify(back)}) ? 86_400_000 : 0);\n`);
  const env = { NODE_OPTIONS: `--import=${join(folder, 'clock.mjs')}` };
  const block = (attributes: string, code: string): string => `\`\`\`bash {${attributes}}\n${code}\n\`\`\`\n\n`;
  const turn = at === 'run' ? `test -e '${back}' || { touch '${back}'; exit 1; }` : `test -e '${back}' || exit 3`;
  writeFileSync(join(folder, 'clock.md'), `# Clock\n\n${block('name=one effect=write', `echo one >> '${folder}/effects'`)}${block('name=gate effect=read poll=1s timeout=1m', turn)}${block('name=two effect=write', `echo two >> '${folder}/effects'`)}`);
  let last = await callRunbook(['run', 'clock.md', '--yes', '--json'], { cwd: folder, env });
  if (at === 'resume') {
    expect(last.code, last.stderr).toBe(1);
    writeFileSync(back, '');
    last = await callRunbook(['resume', '--json'], { cwd: folder, env });
  }
  expect(last.code, last.stderr).toBe(0);
  expect(writesIn(folder)).toEqual(['one', 'two']);
  const { steps } = JSON.parse(last.stdout) as { steps: { durationMs?: number }[] };
  expect(steps.every(({ durationMs }) => durationMs === undefined || (durationMs >= 0 && durationMs < 60_000))).toBe(true);
  expect(last.stderr).not.toMatch(/ -\d+[.\d]*(ms|s|m|h|d)\b/);
});

test('a runner killed in a write that nothing verifies: a rehearsal that asks nobody tells it as interrupted and does not repeat it', async () => {
  const { folder } = bench.desk;
  const env = inside(await bench.world());
  writeFileSync(join(folder, 'bare.md'), `# Bare\n\n\`\`\`bash {name=bare effect=write}\necho bare >> '${folder}/effects'\nkill -KILL "$PPID"\n\`\`\`\n`);
  const first = await callRunbook(['run', 'bare.md', '--rehearse', '--yes'], { cwd: folder, env });
  expect(first.signal, first.stderr).toBe('SIGKILL');
  const resumed = await callRunbook(['resume', '--yes'], { cwd: folder, env });
  expect(resumed.code, resumed.stderr).not.toBe(0);
  expect(resumed.stderr).toContain('it was begun before and may have happened');
  expect(writesIn(folder)).toEqual(['bare']);
});
