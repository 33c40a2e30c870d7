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

const fence = (info: string, code = 'x'): string => `\`\`\`${info}\n${code}\n\`\`\`\n\n`;

test('problems come in the order of the document, then of their names', () => {
  const text = `${fence('sh {name=b wat=1 effect=no}')}- [ ] a <!-- {name=b} -->\n\n${fence('js {needs=gone if=gone}')}---\n`;
  expect(parseRunbook(text, 'a.md').problems.map(({ code, line, column }) => `${line}:${column} ${code}`)).toEqual([
    '1:15 unknown-attribute',
    '1:28 bad-attribute-value',
    '5:15 duplicate-name',
    '7:8 unknown-step',
    '7:19 unknown-name',
  ]);
  const verifier = fence('sh {verifies=push effect=local}');
  expect(parseRunbook(fence('sh {name=push effect=write}') + verifier + verifier, 'a.md').problems.map(({ code, line }) => `${line} ${code}`)).toEqual(['5 verifier-not-read', '9 duplicate-verifier', '9 verifier-not-read']);
});

test('the title of a file without headings is its name', () => {
  const title = (file: string): string => parseRunbook('text', file).runbook.title;
  expect([title('a/b.markdown'), title('a\\b.MD'), title('b.md.txt'), title('README'), title('a.mdx')]).toEqual(['b', 'b', 'b.md.txt', 'README', 'a.mdx']);
});

test('headings of quotes and lists belong to no path, and a heading ends those below it', () => {
  const text = `# A\n\n## B\n\n### C\n\n## D\n\n> # Q\n\n- # L\n\n${fence('js {name=a}')}# E\n\n${fence('js {name=b}')}`;
  expect(parseRunbook(text, 'a.md').runbook.steps.map((step) => step.heading)).toEqual([['A', 'D'], ['E']]);
  expect(parseRunbook('> # Q\n', 'a.md').runbook.title).toBe('a');
  expect(parseRunbook('# A\n\n# B\n', 'a.md').runbook.title).toBe('A');
});

test('a fence at the very end, with and without its code', () => {
  const data = (text: string): unknown => parseRunbook(text, 'a.md').runbook.data.map(({ language, source, line, column, codeLine }) => [language, source, line, column, codeLine]);
  expect(data('```text\n```')).toEqual([['text', '', 1, 1, 2]]);
  expect(data('   ```  text \t\n   a\n   ```')).toEqual([['text', 'a', 1, 4, 2]]);
  expect(data('> ~~~~ text\n> a\n> ~~~~')).toEqual([['text', 'a', 1, 3, 2]]);
});

describe('items', () => {
  const items = (text: string): unknown => {
    const { runbook, problems } = parseRunbook(text, 'a.md');
    expect(problems).toEqual([]);
    return runbook.steps.map(({ id, kind, source, target, attributes }) => ({ id: id.replace(/-[0-9a-f]{6}$/, ''), kind, source, ...(target === undefined ? {} : { target }), attributes }));
  };
  const manual = (source: string, attributes = {}, id = 'name' in attributes ? attributes.name : 'manual') => [{ id, kind: 'manual', source, attributes }];

  test.each([
    ['- [ ] a', manual('a')],
    ['- [x]   a  ', manual('a')],
    ['- [ ] a <!-- a remark -->', manual('a <!-- a remark -->')],
    ['- [ ] a <!-- {name=b} -->  ', manual('a', { name: 'b' })],
    ['- [ ] a <!--{ name=b }-->', manual('a', { name: 'b' })],
    ['- [ ] a <!--\n  {name=b}\n  -->', manual('a', { name: 'b' })],
    ['- [ ] a <!-- one --> b <!-- {name=b} -->', manual('a <!-- one --> b', { name: 'b' })],
    ['- [ ] a\n  <!-- {name=b} -->', manual('a', { name: 'b' })],
    ['- [ ] a\n\n  <!-- {name=b} -->', manual('a', { name: 'b' })],
    ['- [ ] a <!-- {} -->', manual('a')],
    ['- [ ] a <!-- {id=7} -->', manual('a', { id: '7' })],
    ['- [ ] {name=b}', manual('{name=b}')],
    ['- [ ] [a](b.md)', manual('[a](b.md)')],
    ['- [ ] a --> b', manual('a --> b')],
  ])('%j is a manual step', (text, steps) => expect(items(text)).toEqual(steps));

  test.each([
    ['- [a](b.md) <!-- {include name=c} -->', { id: 'c', source: '[a](b.md)', target: 'b.md', attributes: { name: 'c' } }],
    ['- [](b.md) <!-- {include} -->', { id: 'include', source: '[](b.md)', target: 'b.md', attributes: {} }],
    ['* [a b](../b%20c.md)\n  <!-- {name=c include} -->', { id: 'c', source: '[a b](../b%20c.md)', target: '../b%20c.md', attributes: { name: 'c' } }],
  ])('%j is an include', (text, step) => expect(items(text)).toEqual([{ kind: 'include', ...step }]));

  test.each(['- a', '- a <!-- {wat=1} -->', '- []', '- [ ]', '- [  ] a', '- x [ ] a', 'text <!-- {name=a} -->', '- a\n\n  [ ] b', '- [b](c.md)', '<!-- a {name=a} -->'])('%j is no step', (text) => expect(items(text)).toEqual([]));

  test.each([
    ['- [a](b.md) c <!-- {include} -->', 'include stands on an item that is not just a link'],
    ['- c [a](b.md) <!-- {include} -->', 'include stands on an item that is not just a link'],
    ['- [a](b c.md) <!-- {include} -->', 'include stands on an item that is not just a link'],
    ['- [a]() <!-- {include} -->', 'include stands on an item that is not just a link'],
    ['- a <!-- {tag=a wat=1} -->', 'these attributes stand on an item that is no step'],
    ['- [ ] a <!--\t{name=b} --> c <!-- d -->', 'these attributes do not stand at the end of their item'],
    ['a\n\n<!-- {include} -->', 'these attributes belong to no step'],
    ['- a\n\n  b\n\n  <!-- {name=c} -->', 'these attributes belong to no step'],
    ['- [ ] a\n\n<!-- {name=c} -->', 'these attributes belong to no step'],
  ])('%j is told', (text, message) => expect(parseRunbook(text, 'a.md').problems).toMatchObject([{ code: 'attributes-to-nowhere', message }]));

  test('attributes of a manual step and an include are judged like any', () => {
    const told = (text: string): string[] => parseRunbook(text, 'a.md').problems.map(({ code, line, column, message, hint }) => `${code} ${line}:${column} ${message}. ${hint}`);
    expect(told('- [ ] a <!-- {name="b c"} -->')).toEqual(['bad-attribute-value 1:20 "name" is "b c"; expected a name of letters, digits and . _ / -, beginning with a letter or digit. Correct the value.']);
    expect(told('- [a](b.md) <!-- {include poll=1s} -->')).toEqual(['attribute-not-here 1:27 "poll" has no meaning on an include. Leave it out.']);
    expect(told('- [ ] a <!-- {name} -->')).toEqual(['bad-attributes 1:15 "name" has no value. Write name=value.']);
    expect(told('- [ ] a <!-- {include} -->')).toEqual([expect.stringContaining('unknown-attribute 1:15 "include" is no attribute. ')]);
  });
});

describe('a block', () => {
  const told = (text: string): string[] => parseRunbook(text, 'a.md').problems.map(({ code, message, hint }) => `${code} ${message}. ${hint}`);

  test.each([
    ['js {interactive}', 'bad-attributes "interactive" has no value. Write interactive=true.'],
    ['js {background}', 'bad-attributes "background" has no value. Write background=true.'],
    ['js {cwd}', 'bad-attributes "cwd" has no value. Write cwd=value.'],
    [' {poll=1s}', 'attribute-not-here "poll" has no meaning on a block that does not run. Leave it out.'],
    ['yaml {poll=1s}', 'attribute-not-here "poll" has no meaning on a block that does not run. "yaml" is data. Use a language that runs, or name an interpreter.'],
    ['text {file=a poll=1s}', 'attribute-not-here "poll" has no meaning on a file block. Leave it out.'],
    ['js {expect=a}', 'attribute-not-here "expect" has no meaning on a block that runs. Use a language that does not run, for example text, or say ignore=true.'],
    ['js {source=a}', 'attribute-not-here "source" has no meaning on a block that runs. Use a language that does not run, for example text, or say ignore=true.'],
    ['js {file=a}', 'attribute-not-here "file" has no meaning on a block that runs. Use a language that does not run, for example text, or say ignore=true.'],
    [`js {cwd="${' '.repeat(100)}"}`, `bad-attribute-value "cwd" is "${' '.repeat(80)}"; expected a folder. Correct the value.`],
    ["js {if='a ='}", 'bad-condition "if" is "a =", which cannot be read: "=" does not compare; write "==". Correct the expression.'],
    [`js {${'x'.repeat(100)}=1}`, `unknown-attribute "${'x'.repeat(60)}" is no attribute. There are name,`],
  ])('of "%s" is told', (info, problem) => expect(told(fence(info))).toEqual([expect.stringContaining(problem)]));

  test('behind another interpreter uses any name it mentions', () => {
    const text = `---\ninputs: { ab: { type: string }, c_d: { type: string } }\n---\n${fence('python {interpreter=python3 effect=read}', 'print(ab, x.c_d, abc)')}`;
    expect(parseRunbook(text, 'a.md').runbook.steps[0]).toMatchObject({ uses: ['ab', 'c_d'], publishes: [] });
    const late = `${fence('python {interpreter=python3 effect=read}', 'os.environ["out"]')}${fence('sh {effect=read}', 'export out=1')}`;
    expect(parseRunbook(late, 'a.md').problems).toMatchObject([{ code: 'used-before-produced', line: 2, column: 13 }]);
    expect(parseRunbook(fence('python {interpreter=" "}'), 'a.md').problems).toMatchObject([{ code: 'attribute-not-here' }]);
    expect(parseRunbook(fence('{interpreter=bash effect=read}', 'export a=1'), 'a.md').runbook.steps[0]?.publishes).toEqual(['a']);
  });

  test('without a name gets one that nobody took', () => {
    const ids = (text: string): string[] => parseRunbook(text, 'a.md').runbook.steps.map((step) => step.id);
    const [plain = ''] = ids(fence('js'));
    expect(ids(fence('js').repeat(4))).toEqual([plain, `${plain}-2`, `${plain}-3`, `${plain}-4`]);
    expect(ids(fence(`js {name=${plain}}`, 'other') + fence('js') + fence('js'))).toEqual([plain, `${plain}-2`, `${plain}-3`]);
    expect(ids(fence('js') + fence(`js {name=${plain}-2}`, 'other') + fence('js'))).toEqual([plain, `${plain}-2`, `${plain}-3`]);
  });

  test('uses an include that hands over names, and takes back others', () => {
    const text = `---\ninputs: { v: { type: string } }\n---\n- [x](y.md) <!-- {include with="a=$v b=text c=$w" outputs="d, e"} -->\n`;
    expect(parseRunbook(text, 'a.md').runbook.steps[0]).toMatchObject({ uses: ['v'], publishes: ['d', 'e'], effect: 'write', effectDeclared: false });
  });

  test('has an effect of its kind, unless it says another', () => {
    const effects = (text: string) => parseRunbook(text, 'a.md').runbook.steps.map(({ effect, effectDeclared }) => [effect, effectDeclared]);
    expect(effects(fence('sh') + fence('js') + fence('text {file=a}') + '- [ ] a\n- [b](c.md) <!-- {include} -->\n')).toEqual([['write', false], ['read', false], ['local', false], ['read', false], ['write', false]]);
    expect(effects(fence('sh {effect=read}') + fence('js {effect=write name=a}') + '- [ ] a <!-- {effect=local} -->\n- [b](c.md) <!-- {include effect=read} -->\n')).toEqual([['read', true], ['write', true], ['local', true], ['read', true]]);
  });
});
