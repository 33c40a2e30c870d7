// Interpreters that a machine lacks, as a user meets them: before anything is begun, not in the middle of a release.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callRunbook, setUpBench, type Finished } from './command-harness.ts';

const bench = setUpBench();
const path = (name: string): string => join(bench.desk.folder, name);
const call = (...args: string[]): Promise<Finished> => callRunbook(args, { cwd: bench.desk.folder });
const block = (info: string, code: string): string => `\`\`\`${info}\n${code}\n\`\`\`\n\n`;
const write = (...parts: string[]): void => writeFileSync(path('doc.md'), `# Doc\n\n${parts.join('')}`);
const one = block('bash {name=one effect=write}', 'true');
const lacking = 'no-such-interpreter';

test('the run is refused, with the place, what is lacking and what to do; nothing is left behind', async () => {
  write(one, block(`lua {name=odd effect=read interpreter="${lacking} -x"}`, 'print(1)'), block(`lua {name=other effect=read interpreter=/nowhere/lua}`, 'print(1)'));
  const run = await call('run', 'doc.md', '--yes');
  expect([run.code, run.stdout]).toEqual([2, '']);
  expect(run.stderr).toContain(`doc.md:7  odd is run by ${lacking}, and this machine has none in PATH (others that lack theirs: other, /nowhere/lua). Nothing was begun. Install it, or leave the step out with --only, --from or --until.`);
  expect(JSON.parse((await call('runs', '--json')).stdout)).toEqual({ runs: [] });
  expect((await call('run', 'doc.md', '--yes', '--until', 'one')).code).toBe(0);
});

test('so is a verifier\'s, and a dry run\'s unless it withholds the step', async () => {
  write(one, block(`lua {verifies=one effect=read interpreter=${lacking}}`, 'print(1)'));
  expect((await call('run', 'doc.md', '--yes')).stderr).toContain(`is run by ${lacking}`);
  write(one, block(`lua {name=odd effect=write interpreter=${lacking}}`, 'print(1)'));
  expect((await call('run', 'doc.md', '--dry-run')).code).toBe(0);
});

test('one that an earlier block brings is left to the run', async () => {
  write(block('bash {name=install effect=local}', `mkdir -p bin; printf '#!/bin/sh\nexec sh "$@"\n' > bin/${lacking}; chmod +x bin/${lacking}; export PATH="$PWD/bin:$PATH"`), block(`lua {name=odd effect=local interpreter=${lacking}}`, `echo ran > '${path('trace')}'`));
  const run = await call('run', 'doc.md', '--yes');
  expect([run.code, readFileSync(path('trace'), 'utf8')], run.stderr).toEqual([0, 'ran\n']);
});

test('a resumed run is refused as well, and goes on once it is there', async () => {
  write(one, block('bash {name=bad effect=read}', 'exit 7'));
  expect((await call('run', 'doc.md', '--yes')).code).toBe(1);
  write(one, block('bash {name=bad effect=read}', 'true'), block(`lua {name=odd effect=read interpreter=${lacking}}`, 'x'));
  expect((await call('resume', '--yes')).stderr).toContain(`odd is run by ${lacking}`);
  write(one, block('bash {name=bad effect=read}', 'true'), block('lua {name=odd effect=read interpreter=sh}', 'true'));
  expect((await call('resume', '--yes')).code).toBe(0);
});
