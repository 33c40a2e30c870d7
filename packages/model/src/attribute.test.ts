// Each attribute, with a document that uses it rightly and what that means, and one that does not, with code and place.
import { describe, expect, test } from 'vitest';
import { findExpectation, parseBoolean } from './attribute-key.ts';
import { attributeKeys, parseRunbook } from './index.ts';
import type { DataBlock, Step } from './index.ts';

interface Row {
  readonly key: string;
  readonly good: string;
  /** What the last step, or else the last data block, holds. */
  readonly gives: Partial<Step> | Partial<DataBlock>;
  /** The place of the problem is where the sign ▸ stands. */
  readonly bad: string;
  readonly code: string;
}

const block = (info: string, code = 'true'): string => `\`\`\`${info}\n${code}\n\`\`\`\n`;
const push = block('sh {name=push effect=write}');

const rows: readonly Row[] = [
  { key: 'name', good: block('js {name=a.b/c_1-2}'), gives: { id: 'a.b/c_1-2', named: true }, bad: block('js {name=▸"a b"}'), code: 'bad-attribute-value' },
  { key: 'name', good: block(`js {name=${'a'.repeat(100)}}`), gives: { id: 'a'.repeat(100) }, bad: block(`js {name=▸${'a'.repeat(101)}}`), code: 'bad-attribute-value' },
  { key: 'effect', good: block('sh {effect=local}'), gives: { effect: 'local', effectDeclared: true }, bad: block('js {effect=▸none}'), code: 'bad-attribute-value' },
  { key: 'effect', good: '- [ ] a <!-- {effect=write name=a} -->\n', gives: { effect: 'write' }, bad: block('text {file=a ▸effect=read}'), code: 'attribute-not-here' },
  { key: 'verifies', good: push + block('sh {verifies=push effect=read}'), gives: { verifies: 'push', absent: [1] }, bad: block('sh {effect=read ▸verifies=push}'), code: 'unknown-step' },
  { key: 'verifies', good: push + block('js {verifies=push}'), gives: { verifies: 'push' }, bad: push + block('js {verifies=▸-}'), code: 'bad-attribute-value' },
  { key: 'absent', good: push + block('sh {verifies=push effect=read absent="1, 255"}'), gives: { absent: [1, 255] }, bad: push + block('sh {verifies=push effect=read absent=▸0}'), code: 'bad-attribute-value' },
  { key: 'absent', good: push + block('js {verifies=push absent=3}'), gives: { absent: [3] }, bad: push + block('js {verifies=push absent=▸256}'), code: 'bad-attribute-value' },
  { key: 'undoes', good: push + block('sh {name=back undoes=push}'), gives: { undoes: 'push' }, bad: push + block('sh {name=back ▸undoes=pull}'), code: 'unknown-step' },
  { key: 'undoes', good: `${push}- [ ] Take it back. <!-- {name=back undoes=push} -->\n`, gives: { undoes: 'push', kind: 'manual' }, bad: push + block('js {undoes=▸"push it"}'), code: 'bad-attribute-value' },
  { key: 'on', good: block('js {on=failure}'), gives: { onFailure: true }, bad: block('js {on=▸success}'), code: 'bad-attribute-value' },
  { key: 'retry', good: block('js {retry=0}'), gives: { retry: 0 }, bad: block('js {retry=▸often}'), code: 'bad-attribute-value' },
  { key: 'retry', good: block('js {retry=100}'), gives: { retry: 100 }, bad: block('js {retry=▸1.5}'), code: 'bad-attribute-value' },
  { key: 'timeout', good: block('js {timeout=1h30m}'), gives: { timeoutMs: 5_400_000 }, bad: block('js {timeout=▸90}'), code: 'bad-attribute-value' },
  { key: 'poll', good: block('js {poll=1s timeout=1m}'), gives: { gate: { pollMs: 1000, timeoutMs: 60_000 } }, bad: block('js {poll=▸often timeout=1m}'), code: 'bad-attribute-value' },
  { key: 'poll', good: block('js {poll=1m timeout=1m}'), gives: { gate: { pollMs: 60_000, timeoutMs: 60_000 } }, bad: block('js {▸poll=1m}'), code: 'attribute-incomplete' },
  { key: 'attempt-timeout', good: block('js {poll=1s timeout=1m attempt-timeout=2s}'), gives: { gate: { pollMs: 1000, timeoutMs: 60_000, attemptTimeoutMs: 2000 } }, bad: block('js {poll=1s timeout=1m attempt-timeout=▸2}'), code: 'bad-attribute-value' },
  { key: 'if', good: push + block("js {if='passed(push)'}"), gives: { condition: 'passed(push)' }, bad: block('js {if=▸"a ="}'), code: 'bad-condition' },
  { key: 'needs', good: push + block('js {needs=push,}'), gives: { needs: ['push'] }, bad: push + block('js {needs=▸"push pull"}'), code: 'bad-attribute-value' },
  { key: 'background', good: block('sh {effect=read background=TRUE}'), gives: { background: true }, bad: block('sh {effect=read background=▸yes}'), code: 'bad-attribute-value' },
  { key: 'background', good: block('python {background=0}'), gives: { language: 'python' }, bad: '- [ ] a <!-- {▸background=true} -->\n', code: 'attribute-not-here' },
  { key: 'ready', good: block('sh {effect=read name=server background=true ready=up}') + block('sh {name=up effect=read poll=1s timeout=1m}'), gives: {}, bad: block('sh {effect=read background=true ready=▸/x}'), code: 'bad-attribute-value' },
  { key: 'interactive', good: block('sh {effect=read interactive=t}'), gives: { interactive: true }, bad: block('sh {effect=read interactive=▸2}'), code: 'bad-attribute-value' },
  { key: 'cwd', good: block('js {cwd="a b"}'), gives: { cwd: 'a b' }, bad: block('js {cwd=▸" "}'), code: 'bad-attribute-value' },
  { key: 'interpreter', good: block('python {interpreter="python3 -u" effect=read}'), gives: { interpreter: 'python3 -u', kind: 'shell' }, bad: block('sh {effect=read interpreter=▸""}'), code: 'bad-attribute-value' },
  { key: 'session', good: block('js {session=none}'), gives: { session: 'none' }, bad: block('js {session=▸new}'), code: 'bad-attribute-value' },
  { key: 'tag', good: block('js {tag="a, b" category=c}'), gives: { tags: ['c', 'a', 'b'] }, bad: block('js {tag=▸""}'), code: 'bad-attribute-value' },
  { key: 'category', good: block('js {category=a,a}'), gives: { tags: ['a'] }, bad: block('js {category=▸,}'), code: 'bad-attribute-value' },
  { key: 'excludeFromRunAll', good: block('js {excludeFromRunAll=1}'), gives: { excludeFromRunAll: true }, bad: block('js {excludeFromRunAll=▸on}'), code: 'bad-attribute-value' },
  { key: 'ignore', good: block('sh {ignore=true name=a}'), gives: { language: 'sh', source: 'true' }, bad: block('js {ignore=▸maybe}'), code: 'bad-attribute-value' },
  { key: 'approvers', good: '- [ ] a <!-- {approvers=20} -->\n', gives: { approvers: 20 }, bad: '- [ ] a <!-- {approvers=▸0} -->\n', code: 'bad-attribute-value' },
  { key: 'approvers', good: '- [ ] a\n', gives: { approvers: 1 }, bad: '- [ ] a <!-- {approvers=▸21} -->\n', code: 'bad-attribute-value' },
  { key: 'with', good: '- [x](y.md) <!-- {include with="a=$b  c=d/e,f g="} -->\n', gives: { kind: 'include', attributes: { with: 'a=$b  c=d/e,f g=' } }, bad: '- [x](y.md) <!-- {include with=▸"a=b a=c"} -->\n', code: 'bad-attribute-value' },
  { key: 'with', good: '- [x](y.md) <!-- {include with="a=1"} -->\n', gives: { target: 'y.md' }, bad: block('js {▸with="a=b"}'), code: 'attribute-not-here' },
  { key: 'with', good: '- [x](y.md) <!-- {include with="_a=$_b"} -->\n', gives: { kind: 'include' }, bad: '- [x](y.md) <!-- {include with=▸"a=x$b"} -->\n', code: 'bad-attribute-value' },
  { key: 'outputs', good: '- [x](y.md) <!-- {include outputs="a, b"} -->\n', gives: { publishes: ['a', 'b'] }, bad: '- [x](y.md) <!-- {include outputs=▸a-b} -->\n', code: 'bad-attribute-value' },
  { key: 'outputs', good: '- [x](y.md) <!-- {include outputs=a} -->\n', gives: { publishes: ['a'] }, bad: block('js {▸outputs=a}'), code: 'attribute-not-here' },
  { key: 'expect', good: push + block('text {expect=push}'), gives: { expectation: { kind: 'lines', line: 5, exitCode: 0, noEol: false, lines: [{ kind: 'text', text: 'true' }] } }, bad: push + block('text {expect=▸"a b"}'), code: 'bad-attribute-value' },
  { key: 'expect', good: push + block('json {expect=push}'), gives: { expectation: { kind: 'json', line: 5, exitCode: 0, json: true } }, bad: push + block('sh {effect=read ▸expect=push}'), code: 'attribute-not-here' },
  { key: 'file', good: block('text {file=a/b.txt}'), gives: { kind: 'file', path: 'a/b.txt', effect: 'local' }, bad: block('text {file=▸../b.txt}'), code: 'bad-attribute-value' },
  { key: 'file', good: block('json {file=.b}'), gives: { path: '.b' }, bad: block('sh {effect=read ▸file=a}'), code: 'attribute-not-here' },
  { key: 'source', good: block('yaml {source=https://example.org/a.yaml#L1-L3}'), gives: { language: 'yaml', attributes: { source: 'https://example.org/a.yaml#L1-L3' } }, bad: block('yaml {source=▸http://example.org/a.yaml}'), code: 'bad-attribute-value' },
  { key: 'source', good: block('yaml {source=docs/a.yaml}'), gives: { attributes: { source: 'docs/a.yaml' } }, bad: block('yaml {source=▸"a b"}'), code: 'bad-attribute-value' },
];

describe('attributes', () => {
  test.each(rows)('$key: $good', ({ good, gives }) => {
    const { runbook, problems } = parseRunbook(good, 'a.md');
    expect(problems).toEqual([]);
    expect('expectation' in gives ? runbook.steps[0] : (runbook.steps.at(-1) ?? runbook.data.at(-1))).toMatchObject(gives);
  });

  test.each(rows)('$key: $bad', ({ bad, code }) => {
    const before = bad.slice(0, bad.indexOf('▸')).split('\n');
    const { problems } = parseRunbook(bad.replace('▸', ''), 'a.md');
    expect(problems.map((problem) => `${problem.code} ${problem.line}:${problem.column}`)).toEqual([`${code} ${before.length}:${(before.at(-1)?.length ?? 0) + 1}`]);
    expect(problems[0]?.hint).not.toBe('');
  });

  test('each says what it expects', () => {
    const name = 'a name of letters, digits and . _ / -, beginning with a letter or digit';
    const [boolean, duration, words] = ['true or false', 'a length of time such as 30s, 10m, 2h or 1d', 'words with commas between'];
    expect(Object.fromEntries(attributeKeys.map((key) => [key, findExpectation(key, '')]).filter(([, expected]) => expected !== undefined))).toEqual({
      name,
      effect: 'read, local or write',
      verifies: name,
      absent: 'exit codes from 1 to 255 with commas between',
      undoes: name,
      on: 'failure',
      retry: 'a number from 0 to 100',
      timeout: duration,
      poll: duration,
      'attempt-timeout': duration,
      if: 'an expression',
      needs: 'names of steps with commas between',
      background: boolean,
      ready: name,
      interactive: boolean,
      cwd: 'a folder',
      interpreter: 'a command',
      session: 'none or shared',
      tag: words,
      category: words,
      excludeFromRunAll: boolean,
      ignore: boolean,
      approvers: 'a number from 1 to 20',
      with: 'pairs such as "version=$version channel=stable"',
      outputs: 'names of outputs with commas between',
      expect: name,
      file: 'a path below the work folder, without .. and without a leading /',
      source: 'an https URL or a path',
    });
  });

  test.each([
    ['name', 'a/b.c_d-1', '/a'],
    ['name', '1', 'a\nb'],
    ['needs', 'a, b', 'a,-b'],
    ['absent', '1,255', '1,256'],
    ['absent', '2', '1 2'],
    ['retry', '0', '0000001'],
    ['retry', '100', '1x'],
    ['cwd', 'a b', ' \t'],
    ['cwd', '..', 'a\0b'],
    ['session', 'shared', 'sharing'],
    ['tag', 'a b', ' , '],
    ['category', 'a b', ' , '],
    ['outputs', 'A_1,_b', 'a,1b'],
    ['outputs', 'a', ' '],
    ['outputs', 'a', 'a,b c'],
    ['file', 'a/.b/c..d/e.txt', 'a/..'],
    ['file', '.x', 'a\0b'],
    ['file', 'a~/b~', '~a'],
    ['source', 'https://example.org/a', 'ftp://example.org/a'],
    ['source', 'HTTPS://example.org/a', 'HTTP://example.org/a'],
    ['source', '../a.yaml#L1', 'a b'],
    ['source', 'a/b:c', 'a\tb'],
    ['with', 'a=', 'a'],
    ['with', ' a=1  b=$c ', ' '],
    ['with', 'a=b=c', 'a=$'],
    ['with', 'a=1', '1a=1'],
    ['with', 'a=1', 'a=$1b'],
    ['with', 'a=1', 'a=x b'],
  ])('%s takes %j, not %j', (key, good, bad) => {
    expect(findExpectation(key, good)).toBeUndefined();
    expect(findExpectation(key, bad)).toBeDefined();
  });

  test('each word of a boolean is read as runme reads it', () => {
    expect(['1', 't', 'T', 'TRUE', 'true', 'True'].map(parseBoolean)).toEqual(Array(6).fill(true));
    expect(['0', 'f', 'F', 'FALSE', 'false', 'False'].map(parseBoolean)).toEqual(Array(6).fill(false));
    expect(['', 'tRUE', 'yes', 'no', 'on', '2', ' true'].map(parseBoolean)).toEqual(Array(7).fill(undefined));
  });

  test('keys that mean something to an editor only are left alone', () => {
    const inert = ['id', 'promptEnv', 'mimeType', 'mimetype', 'terminalRows', 'closeTerminalOnSuccess', 'openTerminalOnError', 'transform', 'index', 'language', 'runme.dev/id', '_x'];
    expect(parseRunbook(block(`js {${inert.map((key) => `${key}=1`).join(' ')}}`), 'a.md').problems).toEqual([]);
    for (const key of ['runme', 'a_x', 'toString', 'xrunme.dev/id']) expect(parseRunbook(block(`js {${key}=1}`), 'a.md').problems).toMatchObject([{ code: 'unknown-attribute' }]);
  });

  test('each has a right and a wrong use here', () => {
    expect(attributeKeys.filter((key) => !rows.some((row) => row.key === key && row.good.includes(`${key}=`) && row.bad.includes(`${key}=`)))).toEqual([]);
  });

  test('each is refused where it has no meaning, if there is such a place', () => {
    const hosts: Readonly<Record<string, (attribute: string) => string>> = {
      run: (attribute) => block(`js {${attribute}}`),
      manual: (attribute) => `- [ ] a <!-- {${attribute}} -->\n`,
      include: (attribute) => `- [a](b.md) <!-- {include ${attribute}} -->\n`,
      file: (attribute) => block(`text {file=a ${attribute}}`),
      data: (attribute) => block(`text {${attribute}}`),
    };
    const refused = attributeKeys.map((key) => {
      const places = Object.entries(hosts).filter(([, host]) => parseRunbook(host(`${key}=true`), 'a.md').problems.some((problem) => problem.code === 'attribute-not-here'));
      return `${key}: ${places.map(([name]) => name).join(' ')}`;
    });
    expect(refused).toEqual([
      'name: ',
      'effect: file data',
      'verifies: manual include file data',
      'absent: manual include file data',
      'undoes: include file data',
      'on: file data',
      'retry: manual include file data',
      'timeout: include file data',
      'poll: manual include file data',
      'attempt-timeout: manual include file data',
      'if: data',
      'needs: data',
      'background: manual include file',
      'ready: manual include file data',
      'interactive: manual include file',
      'cwd: manual include file',
      'interpreter: manual include file',
      'session: manual include file data',
      'tag: ',
      'category: ',
      'excludeFromRunAll: ',
      'ignore: manual include file',
      'approvers: run include file data',
      'with: run manual file data',
      'outputs: run manual file data',
      'expect: run manual include file',
      'file: run manual include',
      'source: run manual include',
    ]);
  });
});
