import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseRunbook } from './index.ts';

const sample = readFileSync(new URL('./fixtures/release.md', import.meta.url), 'utf8');

describe('a whole runbook', () => {
  const { runbook, problems } = parseRunbook(sample, 'docs/release.md');

  test('has no problems', () => expect(problems).toEqual([]));

  test('declares what its front matter says', () => {
    expect(runbook.title).toBe('Release an APISnoop image');
    expect(runbook.requires).toBe('runbook >= 0.1');
    expect(runbook.lock).toBe('apisnoop-{version}');
    expect(runbook.inputs).toEqual([
      { name: 'version', type: 'string', description: 'the tag to release', example: 'v1.2.3', required: true, pattern: 'v\\d+\\.\\d+\\.\\d+(-[0-9a-z.]+)?', line: 6, column: 3 },
      { name: 'images', type: 'list', default: ['snoopdb'], required: false, choices: ['snoopdb', 'auditlogger'], line: 11, column: 3 },
      { name: 'token', type: 'secret', required: true, env: 'GITHUB_TOKEN', line: 12, column: 3 },
    ]);
  });

  test('has its steps in order, with what they publish and use', () => {
    expect(runbook.steps.map((step) => [step.id.replace(/-[0-9a-f]{6}$/, '-#'), step.kind, step.effect, step.line, step.publishes.join(), step.uses.join()])).toEqual([
      ['release-commit', 'shell', 'read', 21, 'releaseCommit', ''],
      ['push-tag', 'shell', 'write', 26, '', 'version,releaseCommit'],
      ['tag-the-release-#', 'shell', 'read', 33, '', 'version,releaseCommit'],
      ['remove-tag', 'shell', 'write', 41, '', 'version'],
      ['build', 'script', 'read', 49, 'built', 'releaseCommit'],
      ['smoke', 'manual', 'read', 55, '', ''],
      ['go-ahead', 'manual', 'read', 56, '', ''],
      ['wait-for-the-image-#', 'file', 'local', 67, '', ''],
      ['tell', 'shell', 'local', 71, '', 'version'],
    ]);
  });

  test('reads attributes into values', () => {
    const step = (id: string) => runbook.steps.find((known) => known.id === id);
    expect(step('build')?.gate).toEqual({ pollMs: 30_000, timeoutMs: 7_200_000, attemptTimeoutMs: 60_000 });
    expect(step('build')?.timeoutMs).toBeUndefined();
    expect(step('go-ahead')).toMatchObject({ approvers: 2, needs: ['smoke'], condition: 'version != "v0.0.0"', source: 'Two people agree that it goes out.' });
    expect(step('smoke')?.source).toBe('The image starts: `docker run` it once.');
    expect(step('remove-tag')?.undoes).toBe('push-tag');
    expect(step('tell')?.onFailure).toBe(true);
    expect(runbook.steps[2]).toMatchObject({ verifies: 'push-tag', absent: [1], named: false, heading: ['Release an image', 'Tag the release'] });
    expect(runbook.steps[7]).toMatchObject({ path: 'notes/release.json', source: '{ "draft": true }' });
    expect(runbook.data.map((block) => [block.language, block.line, block.codeLine, block.attributes])).toEqual([
      ['text', 59, 60, { expect: 'release-commit' }],
      ['yaml', 63, 64, {}],
    ]);
  });
});

test('line ends and a byte order mark change nothing but the hash of the document', () => {
  const plain = parseRunbook(sample, 'a.md').runbook;
  for (const variant of [sample.replaceAll('\n', '\r\n'), `\uFEFF${sample}`, sample.replaceAll('\n', '\r')]) {
    const { runbook, problems } = parseRunbook(variant, 'a.md');
    expect(problems).toEqual([]);
    expect({ ...runbook, text: '', hash: '' }).toEqual({ ...plain, text: '', hash: '' });
    expect(runbook.text).toBe(variant.replace('\uFEFF', ''));
  }
});

test('ids of unnamed steps hang on heading and content, not on place', () => {
  const ids = (text: string): string[] => parseRunbook(text, 'a.md').runbook.steps.map((step) => step.id);
  const block = '```sh {effect=read}\nls\n```\n';
  const [first, second] = ids(`# Über uns: a/b\n${block}${block}`);
  expect(first).toMatch(/^uber-uns-a-b-[0-9a-f]{6}$/);
  expect(second).toBe(`${first ?? ''}-2`);
  expect(ids(`text\n\n# Über uns: a/b {#x}\n\nmore\n\n${block}`)).toEqual([first]);
  expect(ids(block)[0]).toMatch(/^shell-[0-9a-f]{6}$/);
});

test.each([
  ['bash', 'shell'],
  ['sh', 'shell'],
  ['shell', 'shell'],
  ['zsh', 'shell'],
  ['BASH', 'shell'],
  ['js', 'script'],
  ['mjs', 'script'],
  ['ts', 'script'],
  ['javascript', 'script'],
  ['typescript', 'script'],
  ['python {interpreter=python3}', 'shell'],
  ['text {file=a.txt}', 'file'],
  ['bash {ignore=true}', 'data'],
  ['console', 'data'],
  ['python', 'data'],
  ['', 'data'],
])('a block of "%s" is %s', (info, kind) => {
  const { runbook } = parseRunbook(`\`\`\`${info}\nx\n\`\`\`\n`, 'a.md');
  expect([...runbook.steps.map((step) => step.kind), ...runbook.data.map(() => 'data')]).toEqual([kind]);
});

test('the title is the front matter, else the first heading of level 1, else any heading, else the file', () => {
  const title = (text: string): string => parseRunbook(text, 'docs/my-release.md').runbook.title;
  expect(title('## a\n\n# *b* [c](d)\n')).toBe('b c');
  expect(title('## a\n')).toBe('a');
  expect(title('text')).toBe('my-release');
  expect(title('+++\ntitle = "t"\n+++\n# a\n')).toBe('t');
  expect(title('{ "title": "t" }\n# a\n')).toBe('t');
});

test('manual items and includes', () => {
  const text = ['# A', '', '1. [ ] one', '   goes on <!-- {name=one} -->', '   ```sh {effect=read}', '   ls', '   ```', '   - [X] nested', '* [b](sub/b.md) <!-- {include name=sub} -->', '> - [ ] quoted', '>   text', '- [ ]', '- [y] no', '- [ ]no'].join('\n');
  const { runbook, problems } = parseRunbook(text, 'a.md');
  expect(problems).toEqual([]);
  expect(runbook.steps.map((step) => [step.kind, step.line, step.column, step.source, step.target])).toEqual([
    ['manual', 3, 1, 'one\ngoes on', undefined],
    ['shell', 5, 4, 'ls', undefined],
    ['manual', 8, 4, 'nested', undefined],
    ['include', 9, 1, '[b](sub/b.md)', 'sub/b.md'],
    ['manual', 10, 3, 'quoted\ntext', undefined],
  ]);
});

test('code is what Markdown says it is', () => {
  const source = (text: string): string | undefined => parseRunbook(text, 'a.md').runbook.steps[0]?.source;
  expect(source('1. a\n   ```sh\n   x\n     y\n   ```\n')).toBe('x\n  y');
  expect(source('1. a\n    ```sh\n    x\n    ```\n')).toBe('x');
  expect(source('  ```sh\n  x\n y\n   z\n  ```\n')).toBe('x\ny\n z');
  expect(source('- p\n```sh\nx\n```\n')).toBe('x');
  expect(source('- ```sh\n  x\n  ```\n')).toBe('x');
  expect(source('> ```sh\n> x\n>  y\n> ```\n')).toBe('x\n y');
  expect(source('````sh\n```\nx\n```\n````\n')).toBe('```\nx\n```');
  expect(source('~~~sh {name=a if=`x`}\nx\n~~~\n')).toBe('x');
  expect(source('```sh\r\nx\r\ny\r\n```\r\n')).toBe('x\ny');
  expect(source('```sh\na &amp; \\* $HOME\n```\n')).toBe('a &amp; \\* $HOME');
});

test('a document of many pieces is read as one', () => {
  const filler = 'Some text about nothing at all, to fill the page.\n\n'.repeat(200);
  const text = `# A\n\n${filler}\`\`\`sh {name=a effect=read}\nx\n\n# no heading\n\n${filler}\`\`\`\n\n${filler}<!--\n\n# none\n\n-->\n\n## B\n\n- [ ] m\n`;
  const { runbook, problems } = parseRunbook(text, 'a.md');
  expect(problems).toEqual([]);
  expect(runbook.steps.map((step) => [step.kind, step.heading, step.line])).toEqual([
    ['shell', ['A'], 403],
    ['manual', ['A', 'B'], text.split('\n').indexOf('- [ ] m') + 1],
  ]);
});

test('the post that this began with is a document without problems', (context) => {
  const seed = new URL('../../../../shared/seed/how-ii-makes-apisnoop-releases.md', import.meta.url);
  if (!existsSync(seed)) return context.skip('the seed post is not here');
  const { runbook, problems } = parseRunbook(readFileSync(seed, 'utf8'), 'post.md');
  expect(problems).toEqual([]);
  expect(runbook.title).toBe('How ii makes APISnoop releases');
  expect(runbook.steps).toEqual([]);
  expect(runbook.data.map((block) => [block.language, block.line])).toEqual([
    ['yaml', 39],
    ['yaml', 45],
    ['yaml', 63],
  ]);
});
