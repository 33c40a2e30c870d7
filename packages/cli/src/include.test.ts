// A document that includes others, as a user runs it.
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { callRunbook, inside, setUpBench, type Finished } from './command-harness.ts';

const bench = setUpBench();

const call = (args: readonly string[], env: Record<string, string> = {}): Promise<Finished> => callRunbook(args, { cwd: bench.desk.folder, env });
const block = (attributes: string, code: string): string => `\`\`\`bash {${attributes}}\n${code}\n\`\`\`\n\n`;
const write = (name: string, text: string): void => {
  mkdirSync(dirname(join(bench.desk.folder, name)), { recursive: true });
  writeFileSync(join(bench.desk.folder, name), text);
};
const line = (text: string): string => `echo "${text}" >> '${bench.desk.folder}/effects'`;
const effects = (): string[] => (existsSync(join(bench.desk.folder, 'effects')) ? readFileSync(join(bench.desk.folder, 'effects'), 'utf8').trim().split('\n') : []);

interface Told {
  readonly state: string;
  readonly steps: readonly { readonly id: string; readonly state: string; readonly outputs: Readonly<Record<string, unknown>>; readonly file?: string }[];
}
const told = ({ stdout }: Finished): Told => JSON.parse(stdout) as Told;
const states = (finished: Finished): Record<string, string> => Object.fromEntries(told(finished).steps.map(({ id, state }) => [id, state]));

/** A document that tags, included twice by one that hands it a value of its own and takes one back. */
function writeFamily(): void {
  write('parts/tag.md', `---\ninputs:\n  version: { type: string, pattern: 'v\\d' }\n  channel: { type: choice, choices: [stable, beta], default: stable }\n---\n# Tag\n\n${block('name=tag effect=write', `name=mine; ${line('tag $version $channel')}\nurl=https://tags.test/$version\nexport url`)}${block('name=tagged verifies=tag effect=read', `grep -q "^tag $version " '${bench.desk.folder}/effects' 2>/dev/null || exit 1\nexport url=https://tags.test/$version`)}`);
  write(
    'main.md',
    `---\ninputs:\n  version: { type: string }\n---\n# Main\n\n${block('name=look effect=read', 'name=parent\nnext=v2\nexport next')}- [Tag it](parts/tag.md) <!-- {include name=first with="version=$version" outputs=url} -->\n- [Tag the next](parts/tag.md) <!-- {include name=second with="version=$next channel=beta"} -->\n\n${block('name=tell effect=read needs=first', 'echo "told $url $name"')}`,
  );
}

test('its steps run in sessions of their own, get what is handed over and hand back what is asked for', async () => {
  writeFamily();
  const run = await call(['run', 'main.md', '--yes', '--json', '--input', 'version=v1']);
  expect(run.code, run.stderr).toBe(0);
  expect(states(run)).toEqual({ look: 'passed', 'first/tag': 'passed', 'first/tagged': 'passed', first: 'passed', 'second/tag': 'passed', 'second/tagged': 'passed', second: 'passed', tell: 'passed' });
  expect(effects()).toEqual(['tag v1 stable', 'tag v2 beta']);
  expect(told(run).steps.find(({ id }) => id === 'first')?.outputs).toEqual({ url: 'https://tags.test/v1' });
  expect(told(run).steps.find(({ id }) => id === 'second/tag')?.file).toBe('parts/tag.md');
  // the variables of an included document are its own
  expect(run.stderr).toContain('told https://tags.test/v1 parent');
});

test('the plan and the list show it, and a check follows it', async () => {
  writeFamily();
  const plan = await call(['plan', 'main.md', '--json', '--input', 'version=v1']);
  expect((JSON.parse(plan.stdout) as { steps: { id: string }[] }).steps.map(({ id }) => id)).toEqual(['look', 'first/tag', 'first/tagged', 'first', 'second/tag', 'second/tagged', 'second', 'tell']);
  expect((await call(['list', 'main.md'])).stdout).toMatch(/^first +include/m);
  expect((await call(['check', 'main.md'])).code).toBe(0);
  write('main.md', readFileSync(join(bench.desk.folder, 'main.md'), 'utf8').replace('channel=beta', 'chanel=beta'));
  const checked = await call(['check', 'main.md']);
  expect(checked.code).toBe(2);
  expect(checked.stdout).toContain('main.md:14:1  include-input: parts/tag.md has no input "chanel"');
});

test('a value that does not fit is refused before anything is begun; one that is wrong only then, fails its step', async () => {
  writeFamily();
  write('main.md', readFileSync(join(bench.desk.folder, 'main.md'), 'utf8').replace('channel=beta', 'channel=gamma'));
  const refused = await call(['run', 'main.md', '--yes', '--input', 'version=v1']);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('input "channel" is "gamma"');
  expect(effects()).toEqual([]);
  writeFamily();
  write('main.md', readFileSync(join(bench.desk.folder, 'main.md'), 'utf8').replace('next=v2', 'next=two'));
  const failed = await call(['run', 'main.md', '--yes', '--input', 'version=v1', '--json']);
  expect(failed.code, failed.stderr).toBe(1);
  expect(states(failed)).toMatchObject({ first: 'passed', 'second/tag': 'failed', tell: 'not-reached' });
  expect(failed.stderr).toContain('"version" is "two"; expected text matching v\\d');
  expect(effects()).toEqual(['tag v1 stable']);
});

test('resumed with its own text, it goes on with the documents it began with', async () => {
  writeFamily();
  write('main.md', `${readFileSync(join(bench.desk.folder, 'main.md'), 'utf8')}${block('name=last effect=read', `test -e '${bench.desk.folder}/go'`)}`);
  expect((await call(['run', 'main.md', '--yes', '--input', 'version=v1'])).code).toBe(1);
  write('parts/tag.md', '# Gone\n');
  write('go', '');
  const resumed = await call(['resume', '--json', '--keep-text']);
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(states(resumed)).toMatchObject({ 'first/tag': 'passed', last: 'passed' });
  expect(effects()).toEqual(['tag v1 stable', 'tag v2 beta']);
});

test('a dry run withholds its writes, and what depends on them is unreachable', async () => {
  writeFamily();
  const dry = await call(['run', 'main.md', '--dry-run', '--json', '--input', 'version=v1']);
  expect(dry.code, dry.stderr).toBe(0);
  expect(states(dry)).toMatchObject({ 'first/tag': 'withheld', first: 'unreachable', tell: 'unreachable' });
  expect(effects()).toEqual([]);
});

test('what an include says of itself holds for its steps', async () => {
  writeFamily();
  write('main.md', readFileSync(join(bench.desk.folder, 'main.md'), 'utf8').replace('{include name=second ', `{include name=second if='version == "v9"' tag=late `));
  const run = await call(['run', 'main.md', '--yes', '--json', '--input', 'version=v1']);
  expect(states(run), run.stderr).toMatchObject({ 'second/tag': 'not-needed', second: 'not-needed', tell: 'passed' });
  const refused = await call(['run', 'main.md', '--yes', '--tag', 'late', '--input', 'version=v1']);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('second uses next, which look publishes');
});

test('a secret is handed over by name and stays one', async () => {
  write('child.md', `---\ninputs:\n  token: { type: secret }\n---\n# Child\n\n${block('name=use effect=read', 'echo "length ${#token}, $token"')}${block('name=other effect=read', 'echo "other ${token:-none}" | tee /dev/null')}`);
  write('main.md', `---\ninputs:\n  key: { type: secret, env: KEY }\n---\n# Main\n\n- [c](child.md) <!-- {include name=c with="token=$key"} -->\n`);
  const run = await call(['run', 'main.md', '--yes'], { KEY: 'hunter2hunter2' });
  expect(run.code, run.stderr).toBe(0);
  expect(run.stderr).toContain('length 14');
  expect(run.stderr + run.stdout).not.toContain('hunter2hunter2');
});

test('it rehearses', async () => {
  writeFamily();
  const opened = await bench.world();
  const run = await call(['run', 'main.md', '--rehearse', '--yes', '--json', '--input', 'version=v1'], inside(opened));
  expect(run.code, run.stderr).toBe(0);
  expect(told(run).state).toBe('rehearsed');
});

test.each([
  ['../outside.md', 'it is not below'],
  ['https://example.org/a.md', 'it is no path of a file'],
  ['link.md', 'it is not below'],
  ['notes.txt', 'it is no Markdown file'],
])('%s is refused', async (target, why) => {
  mkdirSync(join(bench.desk.folder, '.git'));
  symlinkSync('/etc/hostname', join(bench.desk.folder, 'link.md'));
  writeFileSync(join(bench.desk.folder, '..', 'outside.md'), '# Outside\n');
  write('main.md', `# Main\n\n- [x](${target}) <!-- {include} -->\n`);
  const refused = await call(['run', 'main.md', '--yes']);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('main.md:3:1  include-outside: ');
  expect(refused.stderr).toContain(why);
});

test('a document that cleans up after a failure has background blocks and gates like any other', async () => {
  write('parts/clean.md', `# Clean\n\n${block('name=server effect=read background=true ready=up', 'sleep 0.2; : > up; while :; do sleep 0.05; done')}${block('name=up effect=read poll=1s timeout=20s', 'test -e up')}${block('name=settled effect=read poll=1s timeout=20s', 'echo look >> looks; test "$(wc -l < looks)" -ge 2')}${block('name=clean effect=write needs=server', line('clean'))}`);
  write('main.md', `# Main\n\n${block('name=bad effect=read', 'exit 3')}- [Clean up](parts/clean.md) <!-- {include name=cleaning on=failure} -->\n`);
  const run = await call(['run', 'main.md', '--yes', '--json']);
  expect(run.code, run.stderr).toBe(1);
  expect(states(run)).toEqual({ bad: 'failed', 'cleaning/server': 'passed', 'cleaning/up': 'passed', 'cleaning/settled': 'passed', 'cleaning/clean': 'passed', cleaning: 'passed' });
  expect(effects()).toEqual(['clean']);
});
