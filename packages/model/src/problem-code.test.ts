// One wrong document for each code, with its place, and a right one beside it; and a row for each code in docs/errors.md.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Problem } from '@runbook/problem';
import { checkRequires, linkIncludes, parseRunbook, planRun, problemCodes, resolveInputs } from './index.ts';
import type { LoadDocument, ProblemCode } from './index.ts';

interface Case {
  readonly code: ProblemCode;
  /** The place is where the sign ▸ stands. */
  readonly bad: string;
  readonly good: string;
}

const sh = (info: string, code = 'true'): string => `\`\`\`${info}\n${code}\n\`\`\`\n`;
const yaml = (...rows: string[]): string => `---\n${rows.join('\n')}\n---\n`;
const read = sh('sh {name=look effect=read}');
const write = sh('sh {name=push effect=write}');
const publish = sh('sh {name=push effect=write}', 'export d=1');

const cases: readonly Case[] = [
  { code: 'bad-front-matter', bad: yaml('title: x', 'a: [1', '▸b: 2'), good: yaml('title: x', 'a: [1]', 'b: 2') },
  { code: 'bad-front-matter', bad: '▸---\ntitle: x\n\ntext\n', good: '---\n\nA rule above prose.\n' },
  { code: 'bad-front-matter', bad: '▸+++\ntitle = "x"\n', good: 'a\n+++\n' },
  { code: 'bad-front-matter', bad: '---\n▸just text\n---\n', good: '---\n\njust text\n\n---\n' },
  { code: 'bad-front-matter', bad: yaml('▸title: 7'), good: yaml('title: "7"') },
  { code: 'bad-front-matter', bad: '+++\ntitle = "x"\na = ▸= 1\n+++\n', good: '+++\ntitle = "x"\na = 1\n+++\n' },
  { code: 'bad-front-matter', bad: '{\n"title": "x",\n▸"title": "y" }\n', good: '{\n"title": "x", "tags": ["{"] }\ntext' },
  { code: 'bad-front-matter', bad: yaml('▸inputs: [version]'), good: yaml('inputs: { version: { type: string } }') },
  { code: 'misspelt-front-matter', bad: yaml('title: x', '▸input: {}'), good: yaml('title: x', 'inputs: {}', 'date: 2021-04-22', 'tags: [a]', 'block: 1') },
  { code: 'bad-requires', bad: yaml('▸requires: newest'), good: yaml('requires: runbook >= 0.1') },
  { code: 'bad-requires', bad: yaml('▸requires: runbook ^0.1'), good: yaml('requires: runbook > 0.1.2 <=2 = 1.4') },
  { code: 'bad-requires', bad: yaml('▸requires: runbook >= 0.1 ||'), good: yaml('requires: runbook>=0.1') },
  { code: 'unknown-lock-name', bad: yaml('▸lock: "{verson}"', 'inputs: { version: { type: string } }'), good: yaml('lock: "{version}"', 'inputs: { version: { type: string } }') },
  { code: 'unknown-lock-name', bad: yaml('▸lock: "{token}"', 'inputs: { token: { type: secret } }'), good: yaml('lock: "fixed"') },
  { code: 'unknown-lock-name', bad: yaml('▸lock: "a}"'), good: yaml('lock: a') },
  { code: 'bad-input-name', bad: yaml('inputs:', '  ▸my-tag: { type: string }'), good: yaml('inputs:', '  my_tag: { type: string }') },
  { code: 'reserved-name', bad: yaml('inputs:', '  ▸PATH: { type: string }'), good: yaml('inputs:', '  path2: { type: string }') },
  { code: 'reserved-name', bad: sh('sh {effect=read}', 'export ▸registry=x'), good: sh('sh {effect=read}', 'export PATH=$PATH:/x registry2=x') },
  { code: 'bad-input-declaration', bad: yaml('inputs:', '  v: { ▸type: text }'), good: yaml('inputs:', '  v: { type: string }') },
  { code: 'bad-input-declaration', bad: yaml('inputs:', '  ▸v: string'), good: yaml('inputs:', '  v: { type: string }') },
  { code: 'bad-input-declaration', bad: yaml('inputs:', '  ▸v: { description: x }'), good: yaml('inputs:', '  v: { type: number, description: x }') },
  { code: 'bad-input-declaration', bad: yaml('inputs:', '  v: { type: string, ▸default: 1.20 }'), good: yaml('inputs:', "  v: { type: string, default: '1.20' }") },
  { code: 'bad-input-declaration', bad: yaml('inputs:', '  v: { type: secret, ▸default: hunter22 }'), good: yaml('inputs:', '  v: { type: secret, env: V }') },
  { code: 'bad-input-declaration', bad: yaml('inputs:', '  v: { type: secret, ▸env: a-b }'), good: yaml('inputs:', '  v: { type: secret, env: a_b }') },
  { code: 'bad-input-declaration', bad: yaml('inputs:', '  v: { type: string, ▸required: maybe }'), good: yaml('inputs:', '  v: { type: string, required: false }') },
  { code: 'bad-input-declaration', bad: yaml('inputs:', '  v: { type: string, ▸description: 7 }'), good: yaml('inputs:', '  v: { type: string, description: "7" }') },
  { code: 'bad-input-declaration', bad: yaml('inputs:', '  v: { type: number, ▸pattern: a }'), good: yaml('inputs:', '  v: { type: number, default: 1 }') },
  { code: 'bad-input-declaration', bad: yaml('inputs:', "  v: { type: string, ▸pattern: '(' }"), good: yaml('inputs:', "  v: { type: string, pattern: '\\(' }") },
  { code: 'bad-input-declaration', bad: yaml('inputs:', '  v: { ▸type: choice }'), good: yaml('inputs:', '  v: { type: choice, choices: [a, b] }') },
  { code: 'bad-input-declaration', bad: yaml('inputs:', '  v: { type: choice, ▸choices: [1, 2] }'), good: yaml('inputs:', '  v: { type: choice, choices: ["1", "2"] }') },
  { code: 'bad-input-declaration', bad: yaml('inputs:', '  v: { type: choice, choices: [a], ▸example: b }'), good: yaml('inputs:', '  v: { type: choice, choices: [a], example: a }') },
  { code: 'bad-input-declaration', bad: yaml('inputs:', '  v: { type: boolean, ▸default: "yes" }'), good: yaml('inputs:', '  v: { type: boolean, default: true }') },
  { code: 'bad-input-declaration', bad: '+++\n[inputs]\nv = { type="list", ▸choices="a" }\n+++\n', good: '+++\n[inputs]\nv = { type="list", choices=["a"] }\n+++\n' },
  { code: 'bad-input-declaration', bad: '+++\n[inputs.v]\n▸type = "word"\n+++\n', good: '+++\n[inputs.v]\ntype = "string"\n+++\n' },
  { code: 'unknown-input-key', bad: yaml('inputs:', '  v: { type: string, ▸patern: a }'), good: yaml('inputs:', '  v: { type: string, pattern: a }') },
  { code: 'nesting-too-deep', bad: `a\n▸${'>'.repeat(101)} x\n`, good: `a\n${'>'.repeat(100)} x\n${'* '.repeat(120)}\n` },
  { code: 'nesting-too-deep', bad: `a\n▸${'- '.repeat(101)}x\n`, good: `a\n${'- '.repeat(100)}x\n` },
  { code: 'nesting-too-deep', bad: `${'> '.repeat(100)}a\n▸${'> '.repeat(100)}- a\n`, good: `${'> '.repeat(100)}a\n\n${' '.repeat(202)}- x\n` },
  { code: 'unclosed-fence', bad: 'a\n▸```sh\nls\n``` sh\n', good: 'a\n```text\nls\n```\n' },
  { code: 'unclosed-fence', bad: '▸````text\n```\n', good: '````text\n```\n`````\n' },
  { code: 'unclosed-fence', bad: '1. a\n   ▸```sh {effect=read}\n   ls\nb\n', good: '1. a\n   ```sh {effect=read}\n   ls\n   ```\nb\n' },
  { code: 'lazy-quote-fence', bad: '> ▸```sh {effect=read}\n> ls\nls\n', good: '> ```sh {effect=read}\n> ls\n> ls\n> ```\n' },
  { code: 'over-indented-fence', bad: '- a\n      ▸```sh\n      ls\n      ```\n', good: '- a\n  ```sh {effect=read}\n  ls\n  ```\n' },
  { code: 'over-indented-fence', bad: '- a\n\n      ▸```sh\n      ls\n      ```\n', good: '- a\n\n  ```sh {effect=read}\n  ls\n  ```\n' },
  { code: 'over-indented-fence', bad: '!!! note\n    ▸~~~\n    ls\n    ~~~\n', good: '!!! note\n    ls\n' },
  { code: 'fence-in-html', bad: '<details>\n▸```sh\nls\n```\n</details>\n', good: '<details>\n\n```sh {effect=read}\nls\n```\n\n</details>\n' },
  { code: 'fence-in-html', bad: '<!-- ▸```variables\nexport A=b\n``` -->\n', good: '<!-- a remark -->\n' },
  { code: 'not-a-fence', bad: '▸```sh {name=`x`} text\n', good: 'A span ```x``` of code.\n\n```x``` too\n' },
  { code: 'bad-attributes', bad: sh('sh { ▸name: "test" }'), good: sh('sh { name=test effect=read }') },
  { code: 'bad-attributes', bad: sh('sh {"nested":▸{"a":"b"}}'), good: sh('sh {"name":"b","effect":"read"}') },
  { code: 'bad-attributes', bad: sh('sh {"name" ▸"b"}'), good: sh('sh {"name" : "b" , "effect":"read"}') },
  { code: 'bad-attributes', bad: sh('sh {"name":"b"▸;}'), good: sh('sh {"name":"b","retry":1,"effect":"read"}') },
  { code: 'bad-attributes', bad: sh('sh {"name":"x"} ▸{"tag":"y"}'), good: sh('sh {"name":"x","tag":"y","effect":"read"}') },
  { code: 'bad-attributes', bad: sh('sh { cwd=.. ▸"id":"01" }'), good: sh('sh { cwd=.. id=01 effect=read }') },
  { code: 'bad-attributes', bad: sh('sh {▸name=a,tag=b}'), good: sh('sh {name=a tag=b effect=read}') },
  { code: 'bad-attributes', bad: sh('sh {name=▸"a}'), good: sh('sh {name="a" effect=read}') },
  { code: 'bad-attributes', bad: sh('sh {name=▸"a"b}'), good: sh('sh {name=\'a\' effect=read}') },
  { code: 'bad-attributes', bad: sh('sh {▸background}'), good: sh('sh {background=true effect=read}') },
  { code: 'bad-attributes', bad: sh('sh▸{name=a}'), good: sh('sh {name=a effect=read}') },
  { code: 'bad-attributes', bad: sh('{▸.bash .n}'), good: sh('js title=x {1,3}') },
  { code: 'bad-attributes', bad: sh('{▸r, echo=FALSE}'), good: sh('r') },
  { code: 'bad-attributes', bad: sh('sh▸\u00a0{name=a}'), good: sh('sh\t{name=a effect=read}') },
  { code: 'bad-attributes', bad: sh('sh ▸name=a'), good: sh('sh title=a {effect=read} {}') },
  { code: 'bad-attributes', bad: sh('sh ▸{name=a'), good: sh('sh {name=a effect=read}') },
  { code: 'unknown-attribute', bad: sh('sh {▸effct=read}'), good: sh('sh {effect=read promptEnv=no runme.dev/id=1}') },
  { code: 'unknown-attribute', bad: sh('sh {▸"a":"}"}'), good: sh('sh {"cwd":"}","effect":"read"}') },
  { code: 'unknown-attribute', bad: '- [ ] Look. <!-- {▸aprovers=2} -->\n', good: '- [ ] Look. <!-- {approvers=2} -->\n' },
  { code: 'duplicate-attribute', bad: sh('sh {name=a ▸name=b}'), good: sh('sh {name=a effect=read}') },
  { code: 'duplicate-attribute', bad: sh('sh {"name":"a",▸"name":"b"}'), good: sh('sh {"name":"a","effect":"read"}') },
  { code: 'attribute-not-here', bad: sh('yaml {▸effect=write}'), good: sh('yaml {name=a}') },
  { code: 'attribute-not-here', bad: sh('bash {▸file=a}'), good: sh('text {file=a}') },
  { code: 'attribute-not-here', bad: sh('js {effect=read ▸approvers=2}'), good: '- [ ] a <!-- {approvers=2} -->\n' },
  { code: 'attribute-not-here', bad: '- [ ] a <!-- {▸poll=3s} -->\n', good: '- [ ] a <!-- {timeout=3d} -->\n' },
  { code: 'attribute-conflict', bad: write + sh('sh {verifies=push effect=read timeout=1m ▸poll=1s}'), good: write + sh('sh {verifies=push effect=read}') },
  { code: 'attribute-conflict', bad: write + sh('sh {name=v verifies=push effect=read}') + sh('sh {effect=read ▸verifies=v}'), good: write + sh('sh {name=v verifies=push effect=read}') },
  { code: 'attribute-incomplete', bad: sh('sh {effect=read ▸poll=1m}'), good: sh('sh {effect=read poll=1m timeout=1h attempt-timeout=10s}') },
  { code: 'attribute-incomplete', bad: sh('sh {effect=read ▸absent=1,2}'), good: write + sh('sh {effect=read absent=1,2 verifies=push}') },
  { code: 'attribute-incomplete', bad: sh('sh {effect=read ▸attempt-timeout=1m}'), good: sh('sh {effect=read timeout=1m}') },
  { code: 'attribute-incomplete', bad: read + sh('sh {effect=read ▸ready=look}'), good: sh('sh {effect=read background=true ready=up}') + sh('sh {name=up effect=read poll=1s timeout=1m}') },
  { code: 'attributes-to-nowhere', bad: '- Look <!-- ▸{name=a} -->\n', good: '- [ ] Look <!-- {name=a} -->\n- plain <!-- a remark -->\n' },
  { code: 'attributes-to-nowhere', bad: '- [ ] Look ▸<!-- {name=a} --> here\n', good: '- [ ] Look here <!-- {name=a} -->\n' },
  { code: 'attributes-to-nowhere', bad: '- See b. <!-- ▸{include} -->\n', good: '- [b](b.md) <!-- {include} -->\n' },
  { code: 'attributes-to-nowhere', bad: read + '\n<!-- ▸{name=a} -->\n', good: read + '\n<!-- {not: ours} -->\n' },
  { code: 'duplicate-name', bad: read + sh('sh {▸name=look effect=local}'), good: read + sh('sh {name=look2 effect=local}') },
  { code: 'unknown-step', bad: write + sh('sh {effect=read ▸verifies=psh}'), good: write + sh('sh {effect=read verifies=push}') },
  { code: 'unknown-step', bad: sh('sh {effect=read ▸needs=a}'), good: read + sh('sh {effect=read needs=look}') },
  { code: 'unknown-step', bad: sh('sh {effect=read background=true ▸ready=a}'), good: sh('sh {effect=read background=true ready=up}') + sh('sh {name=up effect=read poll=1s timeout=1m}') },
  { code: 'unknown-step', bad: sh("sh {effect=read ▸if='passed(a)'}"), good: read + sh("sh {effect=read if='passed(look)'}") },
  { code: 'unknown-step', bad: sh('text {▸expect=look}'), good: read + sh('text {expect=look}') },
  { code: 'unknown-step', bad: sh('sh {name=a ▸undoes=a effect=read}'), good: read + sh('sh {name=a undoes=look effect=read}') },
  { code: 'step-comes-later', bad: sh('sh {effect=read ▸needs=look}') + read, good: read + sh('sh {effect=read needs=look}') },
  { code: 'verifier-not-read', bad: write + sh('sh {▸verifies=push}'), good: write + sh('js {verifies=push}') },
  { code: 'duplicate-verifier', bad: write + sh('sh {effect=read verifies=push}') + sh('sh {effect=read ▸verifies=push}'), good: write + sh('sh {effect=read verifies=push}') },
  { code: 'verifier-lacks-output', bad: publish + sh('sh {effect=read ▸verifies=push}'), good: publish + sh('sh {effect=read verifies=push}', 'd=2; export d') },
  { code: 'poll-not-read', bad: sh('sh {▸poll=1s timeout=1m name=a}'), good: sh('ts {poll=1s timeout=1m name=a}') },
  { code: 'attribute-conflict', bad: sh('js {▸background=true}'), good: sh('sh {effect=read background=true}') },
  { code: 'attribute-conflict', bad: sh('js {▸interactive=true}'), good: sh('sh {effect=read interactive=true}') },
  { code: 'attribute-conflict', bad: sh('sh {effect=read ▸background=true}', 'export x=1'), good: sh('sh {effect=read background=true}', 'x=1') },
  { code: 'attribute-conflict', bad: sh('sh {name=s effect=local background=true}') + sh('sh {effect=read ▸verifies=s}'), good: sh('sh {name=s effect=local}') + sh('sh {effect=read verifies=s}') },
  { code: 'attribute-conflict', bad: sh('sh {effect=read interactive=true ▸background=true}'), good: sh('sh {effect=read interactive=true}') },
  { code: 'bad-ready', bad: sh('sh {name=server effect=read background=true ▸ready=up}') + sh('sh {name=up effect=read}'), good: sh('sh {name=server effect=read background=true ready=up}') + sh('sh {name=up effect=read poll=1s timeout=1m}') },
  { code: 'bad-ready', bad: sh('sh {name=up effect=read poll=1s timeout=1m}') + sh('sh {name=server effect=read background=true ▸ready=up}'), good: sh('sh {name=server effect=read background=true ready=up}') + sh('sh {name=up effect=read poll=1s timeout=1m}') },
  { code: 'retry-without-verifier', bad: sh('sh {effect=write ▸retry=2 name=push}'), good: sh('sh {effect=write retry=2 name=push}') + sh('sh {effect=read verifies=push}') },
  { code: 'duplicate-undo', bad: write + sh('sh {name=u effect=write undoes=push}') + sh('sh {name=w ▸undoes=push}'), good: write + sh('sh {name=u effect=write undoes=push}') },
  { code: 'duplicate-output', bad: sh('sh {effect=read}', 'export a=1') + sh('sh {effect=read}', 'export ▸a=2'), good: sh('sh {effect=read}', 'export a=1') + sh('sh {effect=read}', 'export b=2') },
  { code: 'output-is-input', bad: yaml('inputs: { v: { type: string } }') + sh('js', 'export const ▸v = 1'), good: yaml('inputs: { v: { type: string } }') + sh('js', 'export const w = 1') },
  { code: 'used-before-produced', bad: sh('sh {effect=read}', 'echo "$▸a"') + sh('sh {effect=read}', 'export a=1'), good: sh('sh {effect=read}', 'a=0; echo "$a" $b') + sh('sh {effect=read}', 'export a=1') },
  { code: 'used-before-produced', bad: '- ```js\n  ▸a\n  ```\n- ```js\n  export const a = 1\n  ```\n', good: '- ```js\n  b.a\n  ```\n- ```js\n  export const a = 1\n  ```\n' },
  { code: 'used-before-produced', bad: write + sh('sh {effect=read}', 'export e=1') + sh('sh {effect=read verifies=push}', 'test "$▸e"'), good: sh('sh {effect=read}', 'export e=1') + write + sh('sh {effect=read verifies=push}', 'test "$e"') },
  { code: 'used-before-produced', bad: sh("sh {effect=read ▸if='e == \"1\"'}") + sh('sh {effect=read}', 'export e=1'), good: sh('sh {effect=read}', 'export e=1') + sh("sh {effect=read if='e == \"1\"'}") },
  { code: 'bad-expectation', bad: read + sh('text {expect=look}', 'a\n▸( (regex)'), good: read + sh('text {expect=look}', 'a\n(a|b) (regex)') },
  { code: 'bad-expectation', bad: read + sh('text {expect=look}', '▸a (no-eol)\nb'), good: read + sh('text {expect=look}', 'a\nb* (glob) (no-eol)') },
  { code: 'bad-expectation', bad: read + sh('text {expect=look}', 'a\n▸[256]'), good: read + sh('text {expect=look}', 'a\n[255]') },
  { code: 'bad-expectation', bad: read + sh('json {expect=look}', '▸{ a: 1 }'), good: read + sh('json {expect=look}', '{ "a": 1 }\n[1]') },
  { code: 'bad-expectation', bad: '- [ ] a <!-- {name=a} -->\n\n' + sh('text {▸expect=a}'), good: sh('js {name=a}') + sh('text {expect=a}') },
  { code: 'duplicate-expectation', bad: read + sh('text {expect=look}') + sh('text {▸expect=look}'), good: read + write + sh('text {expect=look}') + sh('text {expect=push}') },
  { code: 'bad-condition', bad: sh('sh {effect=read if=▸"a = b"}'), good: yaml('inputs: { a: { type: string } }') + sh("sh {effect=read if='a == \"b\"'}") },
  { code: 'unknown-name', bad: sh('sh {effect=read ▸if="a == 1"}'), good: yaml('inputs: { a: { type: number } }') + sh('sh {effect=read if="a == 1"}') },
  { code: 'placeholder', bad: sh('sh {effect=read}', 'x --fork=▸<your-github-username>'), good: sh('sh {effect=read}', 'x --fork="$fork" # <your-github-username>\ncat <in >out') },
  { code: 'placeholder', bad: sh('sh {effect=read}', 'GITHUB_TOKEN="▸ghp-xxxx"'), good: sh('ts', 'const a: Array<string> = []') },
  { code: 'placeholder', bad: sh('sh {effect=read}', 'git tag ▸<VERSION>'), good: sh('sh {effect=read}', 'cat <<EOF\n$YOUR_TAG ${YOUR_TAG}\nEOF') },
  { code: 'undeclared-effect', bad: '▸' + sh('sh'), good: sh('js') },
  { code: 'undeclared-effect', bad: '▸' + sh('python {interpreter=python3}'), good: sh('python {interpreter=python3 effect=local}') },
  { code: 'unnamed-write', bad: '▸' + sh('sh {effect=write}'), good: write },
];

/** One wrong and one right value for each attribute. */
const values: readonly (readonly [key: string, bad: string, good: string])[] = [
  ['name', 'my step', 'my-step.1/a_b'],
  ['name', '-a', 'a'],
  ['effect', 'wirte', 'local'],
  ['on', 'success', 'failure'],
  ['retry', '-1', '3'],
  ['retry', '101', '100'],
  ['timeout', '5000', '5s'],
  ['timeout', '500ms', '1h30m'],
  ['timeout', '0s', '1d'],
  ['timeout', '400d', '1.5h'],
  ['needs', ',', 'look'],
  ['background', 'yes', 'T'],
  ['interactive', '', 'false'],
  ['cwd', '', 'a'],
  ['session', 'own', 'none'],
  ['tag', ',', 'a,b'],
  ['category', '', 'a'],
  ['excludeFromRunAll', 'no', '1'],
  ['ignore', 'no', '0'],
];

const withPlaces = (problems: readonly Problem[]): string[] => problems.map((problem) => `${problem.code} ${problem.line}:${problem.column}`);

/** The document without the sign, and where the sign was. */
function unmark(text: string): { text: string; place: string } {
  const before = text.slice(0, text.indexOf('▸')).split('\n');
  return { text: text.replace('▸', ''), place: `${before.length}:${(before.at(-1)?.length ?? 0) + 1}` };
}

describe('every problem of a document has its code and place', () => {
  test.each(cases)('$code: $bad', ({ code, bad, good }) => {
    const { text, place } = unmark(bad);
    const { problems } = parseRunbook(text, 'a.md');
    expect(withPlaces(problems)).toContain(`${code} ${place}`);
    expect(problems.every((problem) => problem.file === 'a.md' && problem.message !== '')).toBe(true);
    expect(withPlaces(parseRunbook(good, 'a.md').problems)).toEqual([]);
  });

  test.each(values)('%s is not "%s"', (key, bad, good) => {
    const head = key === 'effect' ? 'js {' : 'sh {effect=read ';
    const block = (value: string): string => read + sh(`${head}${key}="${value}"}`);
    expect(withPlaces(parseRunbook(block(bad), 'a.md').problems)).toEqual([`bad-attribute-value 4:${5 + head.length + key.length}`]);
    expect(withPlaces(parseRunbook(block(good), 'a.md').problems)).toEqual([]);
  });

  test.each(['../x', '/x', 'a/../b', 'a\\b', '', '~/x', 'a//b', 'c:/x', 'a/'])('a file is not written to "%s"', (path) => {
    expect(withPlaces(parseRunbook(sh(`text {file="${path}"}`), 'a.md').problems)).toEqual(['bad-attribute-value 1:15']);
  });

  test('a gate that gives up before its second try', () => {
    expect(withPlaces(parseRunbook(sh('js {poll=1m timeout=30s}'), 'a.md').problems)).toEqual(['bad-attribute-value 1:16']);
  });
});

const declarations = parseRunbook(
  yaml('inputs:', "  version: { type: string, pattern: 'v\\d+' }", '  images: { type: list, choices: [a, b], default: [a] }', '  token: { type: secret, env: TOKEN }'),
  'a.md',
).runbook.inputs;
const options = { env: {}, examples: false, secrets: 'ignored', file: 'a.md' } as const;

/** Includes are linked by a loader that knows these documents. */
const library: Readonly<Record<string, string>> = {
  'child.md': yaml('inputs: { version: { type: string }, token: { type: secret, required: false } }') + sh('sh {name=tag effect=write}', 'export url=1'),
  'nothing.md': '# Nothing\n',
  'loop.md': '- [a](a.md) <!-- {include} -->\n',
};
const include = (attributes: string, target = 'child.md', front = yaml('inputs: { v: { type: string }, t: { type: secret } }')): readonly Problem[] => {
  const { runbook, problems } = parseRunbook(`${front}- [x](${target}) <!-- {include ${attributes}} -->\n`, 'a.md');
  const load: LoadDocument = (name) => {
    if (name === '/etc/passwd') return { kind: 'outside', why: 'it is not below here' };
    const text = name === 'a.md' ? runbook.text : library[name];
    return text === undefined ? { kind: 'absent' } : { kind: 'document', file: name, text };
  };
  return [...problems, ...linkIncludes(runbook, load).problems];
};

const valueCases: readonly { code: ProblemCode; at: string; run: () => readonly Problem[] }[] = [
  { code: 'missing-input', at: '3:3', run: () => resolveInputs(declarations, {}, options).problems },
  { code: 'missing-input', at: '5:3', run: () => resolveInputs(declarations, { version: 'v1' }, { ...options, secrets: 'required' }).problems },
  { code: 'bad-input', at: '3:3', run: () => resolveInputs(declarations, { version: '1' }, options).problems },
  { code: 'bad-input', at: '4:3', run: () => resolveInputs(declarations, { version: 'v1', images: 'a,c' }, options).problems },
  { code: 'unknown-input', at: '1:1', run: () => resolveInputs(declarations, { version: 'v1', verson: 'v1' }, options).problems },
  { code: 'secret-on-command-line', at: '5:3', run: () => resolveInputs(declarations, { version: 'v1', token: '0123456789' }, options).problems },
  { code: 'short-secret', at: '5:3', run: () => resolveInputs(declarations, { version: 'v1' }, { ...options, secrets: 'required', env: { TOKEN: '1234567' } }).problems },
  { code: 'unmet-requirement', at: '3:1', run: () => [checkRequires('runbook >= 0.2', '0.1.9', { file: 'a.md', line: 3, column: 1 })].filter((problem) => problem !== undefined) },
  { code: 'include-not-found', at: '4:1', run: () => include('name=n', 'gone.md') },
  { code: 'include-outside', at: '4:1', run: () => include('name=n', '/etc/passwd') },
  { code: 'include-cycle', at: '1:1', run: () => include('name=n', 'loop.md').filter(({ file }) => file === 'loop.md') },
  { code: 'include-input', at: '4:1', run: () => include('name=n with="verson=1"') },
  { code: 'include-input', at: '4:1', run: () => include('name=n with="version=$w"') },
  { code: 'include-input', at: '4:1', run: () => include('name=n with="version=$t"') },
  { code: 'include-input', at: '4:1', run: () => include('name=n with="token=$v"') },
  { code: 'include-input', at: '4:1', run: () => include('name=n with="token=plain"') },
  { code: 'include-output', at: '4:1', run: () => include('name=n with="version=$v" outputs=uri') },
  { code: 'include-output', at: '4:1', run: () => include('name=n outputs=url', 'nothing.md') },
  { code: 'include-effect', at: '4:1', run: () => include('name=n effect=read with="version=$v"') },
  { code: 'lock-without-value', at: '1:1', run: () => planRun(parseRunbook(yaml('lock: "{v}"', 'inputs: { v: { type: string, required: false } }'), 'a.md').runbook, { v: { kind: 'value', value: null, from: 'default' } }).problems },
];

test.each(valueCases)('$code at $at', ({ code, at, run }) => {
  expect(withPlaces(run())).toEqual([`${code} ${at}`]);
});

test('an include that fits gives no problem', () => {
  expect(include('name=n effect=write with="version=$v token=$t" outputs=url')).toEqual([]);
});

test('inputs that fit give no problem, and no message repeats a secret', () => {
  expect(resolveInputs(declarations, { version: 'v1', images: 'a,b' }, { ...options, secrets: 'required', env: { TOKEN: '12345678' } }).problems).toEqual([]);
  const { problems } = resolveInputs(declarations, { version: 'v1', token: 'hunter2hunter2' }, options);
  expect(JSON.stringify(problems)).not.toContain('hunter2');
});

test('every code has a case here and a row in docs/errors.md', () => {
  const tested = new Set([...cases, ...valueCases].map(({ code }) => code).concat('bad-attribute-value'));
  expect(problemCodes.filter((code) => !tested.has(code))).toEqual([]);
  const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  const rows = new Map(page.split('\n').flatMap((line) => [/^\| `([a-z-]+)` \| ([^|]+) \| ([^|]+) \|$/.exec(line)]).flatMap((row) => (row === null ? [] : [[row[1] ?? '', row] as const])));
  expect(problemCodes.filter((code) => !rows.has(code))).toEqual([]);
});
