// Disks that are full or cannot be written: a run is refused or stops with a clear word, and goes on when there is room. The
// disks are mounts in a namespace of the test's own. Skipped where the system does not let us make one.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { launcher, setUpBench } from './command-harness.ts';

const bench = setUpBench();
const canMount = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

/** Runs shell lines in a mount namespace of their own, with `rb` as the command; gives what each `rb` ended with and all output. */
function inNamespace(lines: readonly string[]): { readonly codes: readonly number[]; readonly output: string } {
  const { folder } = bench.desk;
  const script = ['exec 2>&1', 'rb() { "$node" "$launcher" "$@"; echo "[ended with $?]"; }', ...lines].join('\n');
  const { stdout } = spawnSync('unshare', ['--mount', 'bash', '-c', script], { cwd: folder, encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', HOME: folder, CI: 'true', node: process.execPath, launcher } });
  return { output: stdout, codes: [...stdout.matchAll(/\[ended with (\d+)\]/g)].map((found) => Number(found[1])) };
}

function write(...steps: readonly (readonly [name: string, effect: string, code: string])[]): void {
  mkdirSync(join(bench.desk.folder, 'home/.git'), { recursive: true });
  writeFileSync(join(bench.desk.folder, 'home/doc.md'), `# Doc\n\n${steps.map(([name, effect, code]) => `\`\`\`bash {name=${name} effect=${effect}}\n${code}\n\`\`\`\n\n`).join('')}`);
}

const effect = (text: string): string => `echo ${text} >> '${bench.desk.folder}/effects'`;
const effects = (): string[] => (existsSync(join(bench.desk.folder, 'effects')) ? readFileSync(join(bench.desk.folder, 'effects'), 'utf8').trim().split('\n') : []);

describe.skipIf(!canMount)('disks (skipped where no mount namespace can be made)', () => {
  test('a small disk that fills up under the journal: nothing is begun that cannot be recorded; with room it goes on', () => {
    // so many steps that the page that the journal has begun cannot hold them
    write(['one', 'write', effect('one')], ['fill', 'local', 'test -e ../filled || head -c 10M /dev/zero > big || true'], ...Array.from({ length: 30 }, (_, i) => [`s${i}`, 'read', 'true'] as const), ['two', 'write', effect('two')], ['three', 'write', effect('three')]);
    const { codes, output } = inNamespace(['mkdir home/.runbook', 'mount -t tmpfs -o size=400k tmpfs home/.runbook', 'rb run home/doc.md --yes', 'rm home/.runbook/runs/*/work/big', 'touch "$(echo home/.runbook/runs/*)/filled"', 'cd home', 'rb resume', 'rb report --json']);
    expect(codes[0], output).not.toBe(0);
    expect(output).toMatch(/cannot write the (?:journal|shell state) .*home\/\.runbook\/runs\/.*: .*no space left.* Make room for it, then resume\./i);
    expect(codes.slice(1), output).toEqual([0, 0]);
    expect(effects()).toEqual(['one', 'two', 'three']);
  });

  test('a folder that cannot be written: a run is refused before anything is begun, and says where it needs to write', () => {
    write(['one', 'write', effect('one')]);
    const { codes, output } = inNamespace(['mount --bind home home', 'mount -o remount,ro,bind home', 'rb run home/doc.md --yes', 'rb check home/doc.md', 'rb plan home/doc.md']);
    expect(codes, output).toEqual([2, 0, 0]);
    expect(output).toMatch(/cannot make .*home\/\.runbook.*read-only/i);
    expect(output).not.toContain('bug in runbook');
    expect(effects()).toEqual([]);
  });

  test('a run whose disk has become read-only: resume refuses, reports still read, and it goes on where it can write again', () => {
    write(['one', 'write', effect('one')], ['look', 'read', `test -e '${bench.desk.folder}/go'`], ['two', 'write', effect('two')]);
    const { codes, output } = inNamespace(['rb run home/doc.md --yes', 'touch go', 'mount --bind home home', 'mount -o remount,ro,bind home', 'cd home', 'rb resume', 'rb report', 'rb runs', 'cd ..', 'umount home', 'cd home', 'rb resume']);
    expect(codes, output).toEqual([1, 2, 0, 0, 0]);
    expect(output).toMatch(/cannot write .*read-only file system/i);
    expect(output).not.toContain('bug in runbook');
    expect(effects()).toEqual(['one', 'two']);
  });
});
