// Reports as people and machines get them: several at once, by the schema that is published, in the summary of a job. What was
// asked for and cannot be had is said, before or after, and never changes what the run did.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { describe, expect, test } from 'vitest';
import { callRunbook, setUpBench, type Finished } from './command-harness.ts';

const bench = setUpBench();

const block = (attributes: string, code: string): string => `\`\`\`bash {${attributes}}\n${code}\n\`\`\`\n\n`;
const path = (name: string): string => join(bench.desk.folder, name);
const read = (name: string): string => readFileSync(path(name), 'utf8');
const write = (...blocks: readonly string[]): void => writeFileSync(path('doc.md'), `---\ninputs:\n  v: { type: string, default: v1 }\n---\n# Doc\n\n${blocks.join('')}`);
const call = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> => callRunbook(args, { cwd: bench.desk.folder, env });
const runIds = (): string[] => (existsSync(path('.runbook/runs')) ? readdirSync(path('.runbook/runs')) : []);

const look = block('name=look effect=read', 'echo looked at "$v"; export page=https://github.com/kubernetes/k8s.io/pull/12');
const one = block('name=one effect=write', 'echo one');
const verifies = block('name=one-is-there verifies=one effect=read', 'test -e ../one || { touch ../one; exit 1; }');

async function schema(): Promise<ValidateFunction> {
  const { stdout } = await call(['schema', 'report']);
  return new Ajv({ strict: true }).compile(JSON.parse(stdout) as object);
}

describe('several at once', () => {
  test('each in the format of its name, all of the same run', async () => {
    write(look, one, verifies, '- [ ] Tell them. <!-- {name=tell} -->\n');
    const files = ['a.md', 'a.json', 'a.xml', 'a.html', 'b.MARKDOWN'];
    const run = await call(['run', 'doc.md', '--yes', ...files.flatMap((file) => ['--report', file])]);
    expect(run.code, run.stderr).toBe(3);
    const [id = ''] = runIds();
    expect(run.stderr).toContain(`Report: ${path(`.runbook/runs/${id}/report.md`)}, ${files.join(', ')}\n`);
    expect(read('a.md')).toBe(read('b.MARKDOWN'));
    expect(read('a.md')).toContain('| `look` | `echo looked at "$v"; export page=https://github.com/kubernetes/k8s.io/pull/12` | [kubernetes/k8s.io\\#12](<https://github.com/kubernetes/k8s.io/pull/12>) |');
    expect(read('a.md')).toMatch(/## Tools[^]*\| `node` \| `\d+\.\d+\.\d+` \|/);
    expect(JSON.parse(read('a.json'))).toMatchObject({ run: id, state: 'waiting' });
    expect(read('a.xml')).toMatch(/<testsuite name="Doc" tests="3" failures="0" errors="0" skipped="1"/);
    expect(read('a.html')).toMatch(/^<!doctype html>[^]*Log, 13 bytes[^]*looked at v1/);
    for (const [format, file] of [['md', 'a.md'], ['json', 'a.json'], ['junit', 'a.xml'], ['html', 'a.html']] as const) expect((await call(['report', id, '--format', format])).stdout, format).toBe(read(file));
  });

  test.each([
    ['no format', ['a.txt'], 'use .md, .json, .xml (JUnit) or .html'],
    ['the same file', ['a.md', './a.md'], 'it is given twice'],
    ['no folder', ['nowhere/a.md'], 'there is no folder'],
    ['a folder', ['folder.md'], 'it is a folder'],
  ])('%s is refused before anything is begun', async (_, files, why) => {
    write(look);
    mkdirSync(path('folder.md'));
    const refused = await call(['run', 'doc.md', '--yes', ...files.flatMap((file) => ['--report', file])]);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(why)]);
    expect(runIds()).toEqual([]);
  });

  test('one that cannot be written in the end is said, and the run stays what it was', async () => {
    mkdirSync(path('there'));
    write(block('name=look effect=read', `rm -r '${path('there')}'`));
    const run = await call(['run', 'doc.md', '--yes', '--report', 'there/a.md', '--report', 'a.json']);
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining('The report there/a.md could not be written: ENOENT')]);
    expect(JSON.parse(read('a.json'))).toMatchObject({ state: 'passed' });
  });
});

test('every kind of run keeps to the published schema', async () => {
  const validate = await schema();
  const kept = (run: Finished, state: string): void => {
    const report = JSON.parse(run.stdout) as { state: string };
    expect([validate(report), validate.errors]).toEqual([true, null]);
    expect(report.state, run.stderr).toBe(state);
  };
  write(look, one, verifies);
  kept(await call(['run', 'doc.md', '--dry-run', '--json']), 'dry');
  kept(await call(['run', 'doc.md', '--rehearse', '--yes', '--json']), 'rehearsed');
  kept(await call(['run', 'doc.md', '--yes', '--json']), 'passed');
  write(look, block('name=bad effect=write', 'exit 7'), block('name=tidy on=failure effect=local', 'true'), block('name=back undoes=look effect=write', 'true'));
  kept(await call(['run', 'doc.md', '--yes', '--json']), 'failed');
  write(look, '- [ ] Tell them. <!-- {name=tell approvers=2} -->\n', block('name=later effect=read if=v', 'true'));
  const waiting = await call(['run', 'doc.md', '--yes', '--json']);
  kept(waiting, 'waiting');
  const { run: id } = JSON.parse(waiting.stdout) as { run: string };
  await call(['approve', id, 'tell', '--evidence', 'https://example.org/minutes']);
  kept(await call(['resume', id, '--json']), 'waiting');
  kept(await call(['report', id, '--json']), 'waiting');
});

describe('tools', () => {
  test('are told once at the start, only those that the code names, and again when a resume finds others', async () => {
    mkdirSync(path('bin'));
    const tool = (name: string, says: string): void => writeFileSync(path(`bin/${name}`), `#!/bin/sh\n${says}\n`, { mode: 0o755 });
    tool('crane', 'echo 0.20.1');
    tool('kubectl', 'echo "Client Version: v1.31.0"');
    tool('helm', 'exit 3');
    const env = { PATH: `${path('bin')}:${process.env['PATH'] ?? ''}` };
    write(block('name=look effect=read', '# kubectl is not used\ncrane ls x; helm list || true; echo oras:x ./go; skopeo-like || test -e ../go'), block('name=no effect=read if="v == \'v2\'"', 'kpromo run'));
    await call(['run', 'doc.md', '--yes'], env);
    const [id = ''] = runIds();
    const versions = async (): Promise<unknown> => (JSON.parse((await call(['report', id, '--json'])).stdout) as { tools: { versions: unknown }[] }).tools.map((some) => some.versions);
    const first = { crane: '0.20.1', helm: 'not told', kpromo: 'not found', node: process.versions.node };
    expect(await versions()).toEqual([first]);
    await call(['resume', id, '--yes'], env);
    expect(await versions()).toEqual([first]);
    tool('crane', 'echo 0.21.0');
    await call(['resume', id, '--yes'], env);
    expect(await versions()).toEqual([first, { ...first, crane: '0.21.0' }]);
  });
});

describe('the summary of a job', () => {
  const env = { GITHUB_STEP_SUMMARY: 'summary.md' };
  const limit = 1_048_576;

  test('gets the report below what stands there; a second run is added', async () => {
    write(look);
    writeFileSync(path('summary.md'), '# Before\n');
    await call(['run', 'doc.md', '--yes'], env);
    const [first = ''] = runIds();
    await call(['run', 'doc.md', '--dry-run'], env);
    // Both may have begun within one second: the names of runs do not tell which was first.
    const second = runIds().find((id) => id !== first) ?? '';
    expect(read('summary.md')).toMatch(new RegExp(`^# Before\\n\\n# Doc\\n[^]*run: \`${first}\`[^]*> \\*\\*Dry run\\.\\*\\*[^]*run: \`${second}\``));
  });

  test('is never longer than GitHub shows: parts are left out by name, then it is said that nothing fits', async () => {
    write(block('name=look effect=read', `export long="$(printf 'é%.0s' {1..4000})"`));
    writeFileSync(path('summary.md'), 'x'.repeat(limit - 6000));
    expect((await call(['run', 'doc.md', '--yes'], env)).code).toBe(0);
    expect(statSync(path('summary.md')).size).toBeLessThanOrEqual(limit);
    expect(read('summary.md')).toContain('*Left out for want of room: Outputs.');
    writeFileSync(path('summary.md'), 'x'.repeat(limit - 20));
    const full = await call(['run', 'doc.md', '--yes'], env);
    expect([full.code, full.stderr]).toEqual([0, expect.stringContaining("Left out: the job's summary summary.md is full")]);
    expect(statSync(path('summary.md')).size).toBe(limit - 20);
  });

  test('that cannot be written is said, and changes nothing else', async () => {
    write(look);
    const run = await call(['run', 'doc.md', '--yes'], { GITHUB_STEP_SUMMARY: 'nowhere/summary.md' });
    expect([run.code, run.stderr]).toEqual([0, expect.stringContaining("the job's summary could not be written: ENOENT")]);
    expect((await call(['run', 'doc.md', '--yes'], { GITHUB_STEP_SUMMARY: '' })).stderr).not.toContain('summary');
  });
});

describe('logs on a page', () => {
  test('a long one is cut at lines in its middle, and what is left out is counted', async () => {
    write(block('name=long effect=read', 'seq 1 200000'));
    await call(['run', 'doc.md', '--yes', '--report', 'a.html']);
    const page = read('a.html');
    const whole = Array.from({ length: 200_000 }, (_, i) => `${i + 1}\n`).join('');
    const [, head = ''] = /aria-label="Log of long, its beginning"><code>([^<]*)/.exec(page) ?? [];
    const [, tail = ''] = /aria-label="Log of long, its end"><code>([^<]*)/.exec(page) ?? [];
    expect([whole.startsWith(head), head.endsWith('\n'), whole.endsWith(tail), whole.at(-tail.length - 1)]).toEqual([true, true, true, '\n']);
    const omitted = String(whole.length - head.length - tail.length).replaceAll(/\B(?=(?:\d{3})+$)/g, ' ');
    expect(page).toContain(`${omitted} bytes in between are left out here.`);
    expect(page.length).toBeLessThan(200_000);
  });

  test('a journal of somebody else leads to no file outside of the logs', async () => {
    write(look);
    await call(['run', 'doc.md', '--yes']);
    const [id = ''] = runIds();
    const journal = path(`.runbook/runs/${id}/journal.jsonl`);
    writeFileSync(path('private'), 'private words');
    for (const log of ['../../../private', path('private'), 'logs/../../../../private', 'logs/link']) {
      if (log === 'logs/link') symlinkSync(path('private'), path(`.runbook/runs/${id}/logs/link`));
      chmodSync(journal, 0o600);
      writeFileSync(journal, readFileSync(journal, 'utf8').replace(/"log":"[^"]*"/, `"log":${JSON.stringify(log)}`));
      const page = await call(['report', id, '--format', 'html']);
      expect(page.code, page.stderr).toBe(0);
      expect(page.stdout + (await call(['logs', id, 'look'])).stdout, log).not.toContain('private words');
    }
  });
});
