import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCloudbuild } from './build-file.ts';
import { substitute, substituteText } from './substitution.ts';

const values = { _A: 'one', _A_: 'two', _B: 'x/y', _EMPTY: '', PROJECT_ID: 'proj' };

// domain facts §3.2, by hand.
describe('one text', () => {
  const table: readonly (readonly [text: string, expected: string, missing?: readonly string[]])[] = [
    ['', ''],
    ['plain', 'plain'],
    ['$_A', 'one'],
    ['${_A}', 'one'],
    ['a$_A-b', 'aone-b'],
    ['$_A.$_A', 'one.one'],
    ['$_A_', 'two'],
    ['${_A}_', 'one_'],
    ['$_Ab', 'oneb'],
    ['$_EMPTY', ''],
    ['gcr.io/$PROJECT_ID/x:$_A', 'gcr.io/proj/x:one'],
    ['$$_A', '$_A'],
    ['$${_A}', '${_A}'],
    ['$$$_A', '$one'],
    ['$$$$_A', '$$_A'],
    ['$$HOME', '$HOME'],
    ['$$(date)', '$(date)'],
    ['$(date)', '$(date)'],
    ['$lower', '$lower'],
    ['${lower}', '${lower}'],
    ['${_A', '${_A'],
    ['$', '$'],
    ['a$', 'a$'],
    ['$1 $? $@', '$1 $? $@'],
    ['$TAG_NAME', '', ['TAG_NAME']],
    ['x:$COMMIT_SHA', 'x:', ['COMMIT_SHA']],
    ['$HOME', '$HOME', ['HOME']],
    ['$BUILD_ID', '$BUILD_ID', ['BUILD_ID']],
    ['${_A:-d}', '${_A:-d}'],
    ['$constructor', '$constructor'],
    ['$_', '$_', ['_']],
  ];
  for (const [text, expected, missing = []] of table) {
    test(JSON.stringify(text), () => {
      for (const mode of ['MUST_MATCH', 'ALLOW_LOOSE'] as const) expect(substituteText(text, values, mode)).toMatchObject({ text: expected, missing });
    });
  }

  test('a name nobody gave stays under MUST_MATCH and is empty under ALLOW_LOOSE', () => {
    expect(substituteText('a$_NO-b', values, 'MUST_MATCH')).toEqual({ text: 'a$_NO-b', used: [], missing: ['_NO'] });
    expect(substituteText('a$_NO-b', values, 'ALLOW_LOOSE')).toEqual({ text: 'a-b', used: [], missing: ['_NO'] });
  });

  test('doubling every dollar is the way to pass any text', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', '_', 'A', 'a', '(', ' ') }), (text) => substituteText(text.replaceAll('$', '$$$$'), values, 'MUST_MATCH').text === text));
  });

  test('a value is put in once and not looked into', () => {
    fc.assert(fc.property(fc.string(), (value) => substituteText('<$_V>', { _V: value }, 'MUST_MATCH').text === `<${value}>`));
  });
});

describe('dynamic operators', () => {
  const given = { _V: 'v1.2.3-rc.1', _P: 'a/b/c', _E: '', _U: 'AbC', _S: '-' };
  const table: readonly (readonly [text: string, expected: string])[] = [
    ['${_V%-*}', 'v1.2.3'],
    ['${_V%.*}', 'v1.2.3-rc'],
    ['${_V%%.*}', 'v1'],
    ['${_V#v}', '1.2.3-rc.1'],
    ['${_P#*/}', 'b/c'],
    ['${_P##*/}', 'c'],
    ['${_P%/*}', 'a/b'],
    ['${_P/\\//-}', 'a-b/c'],
    ['${_P//\\//-}', 'a-b-c'],
    ['${_V//./_}', 'v1_2_3-rc_1'],
    ['${_V/[0-9]/N}', 'vN.2.3-rc.1'],
    ['${_V/rc}', 'v1.2.3-.1'],
    ['${_V:1}', '1.2.3-rc.1'],
    ['${_V:1:3}', '1.2'],
    ['${_V: -4}', 'rc.1'],
    ['${_V:0:-5}', 'v1.2.3'],
    ['${_U,,}', 'abc'],
    ['${_U^^}', 'ABC'],
    ['${_E:-none}', 'none'],
    ['${_V:-none}', 'v1.2.3-rc.1'],
    ['${_E:-${_U}}', 'AbC'],
    ['${_V%%${_S}*}', 'v1.2.3'],
    ['${_V%nomatch}', 'v1.2.3-rc.1'],
    ['$$_V ${_V}', '$_V v1.2.3-rc.1'],
  ];
  for (const [text, expected] of table) test(`${text} → ${expected}`, () => expect(substituteText(text, given, 'MUST_MATCH', true).text).toBe(expected));
});

function run(text: string, substitutions: Record<string, string> = {}, builtins: Record<string, string> = { PROJECT_ID: 'proj', BUILD_ID: 'b' }) {
  const { build, problems } = parseCloudbuild(text, 'cb.yaml');
  expect(problems).toEqual([]);
  if (build === undefined) throw new Error('no build');
  return substitute(build, { substitutions, builtins });
}

describe('a build', () => {
  test('fields that are substituted, and those that are not', () => {
    const text = `steps:
- name: gcr.io/$_A
  id: $_A
  args: [$_A, '\${_A}']
  env: ['K=$_A']
  dir: d/$_A
  entrypoint: e$_A
- name: b
  script: echo $_A
  waitFor: [$_A]
images: [gcr.io/$PROJECT_ID/i:$_A]
tags: [t-$_A]
logsBucket: gs://$_A
serviceAccount: sa/$_A
artifacts:
  objects: {location: 'gs://$_A', paths: [p/$_A]}
options: {env: [X=$_A], pool: {name: p/$_A}}
availableSecrets: {secretManager: [{versionName: s/$_A, env: S}]}
substitutions: {_A: z}
`;
    const { build, problems } = run(text);
    expect(problems).toEqual([]);
    expect(build).toMatchObject({
      steps: [{ name: 'gcr.io/z', id: '$_A', args: ['z', 'z'], env: ['K=z'], dir: 'd/z', entrypoint: 'ez' }, { script: 'echo $_A', waitFor: ['$_A'] }],
      images: ['gcr.io/proj/i:z'], tags: ['t-z'], logsBucket: 'gs://z', serviceAccount: 'sa/z',
      artifacts: { objects: { location: 'gs://z', paths: ['p/z'] } }, options: { env: ['X=z'], pool: 'p/z' }, secretVersions: ['s/z'],
    });
  });

  test('given values win over defaults', () => {
    expect(run("steps: [{name: a, args: [$_A]}]\nsubstitutions: {_A: '12345'}\n", { _A: 'v1' }).build.steps[0]?.args).toEqual(['v1']);
  });

  const must = 'steps:\n- name: a\n  args: [$_A]\n';
  const loose = `${must}options: {substitution_option: ALLOW_LOOSE}\n`;
  const table: readonly (readonly [what: string, text: string, given: Record<string, string>, problems: readonly (readonly [code: string, severity: string, line: number])[]])[] = [
    ['all matched', must, { _A: '1' }, []],
    ['missing under MUST_MATCH', must, {}, [['substitution-missing', 'error', 3]]],
    ['missing under ALLOW_LOOSE', loose, {}, [['substitution-missing', 'warning', 3]]],
    ['unused under MUST_MATCH', must, { _A: '1', _B: '2' }, [['substitution-unused', 'error', 1]]],
    ['unused default under MUST_MATCH', `${must}substitutions:\n  _A: '1'\n  _B: '2'\n`, {}, [['substitution-unused', 'error', 6]]],
    ['unused under ALLOW_LOOSE', loose, { _A: '1', _B: '2' }, []],
    ['unknown built-in under ALLOW_LOOSE', 'steps:\n- name: a\n  args: [$HOME]\noptions: {substitution_option: ALLOW_LOOSE}\n', {}, [['unknown-builtin', 'error', 3]]],
    ['trigger built-in', 'steps:\n- name: a\n  args: [$TAG_NAME]\n', {}, [['trigger-builtin', 'warning', 3]]],
    ['trigger built-in with a value', 'steps:\n- name: a\n  args: [$TAG_NAME]\n', { TAG_NAME: 'v1' }, []],
    ['built-in that cannot be overridden', must, { _A: '1', PROJECT_ID: 'x' }, [['substitution-key', 'error', 1], ['substitution-unused', 'error', 1]]],
    ['always-known built-in not given', 'steps:\n- name: a\n  args: [$LOCATION]\n', {}, [['builtin-not-given', 'warning', 3]]],
    ['an image whose tag came out empty', 'steps:\n- name: a\nimages:\n- gcr.io/p/x:$SHORT_SHA\n', {}, [['trigger-builtin', 'warning', 4], ['bad-image-name', 'error', 4]]],
    ['capitals in an image', 'steps:\n- name: a\nimages: [gcr.io/p/X:1]\n', {}, [['bad-image-name', 'error', 3]]],
    ['a builder that came out bad', 'steps:\n- name: "gcr.io/x:"\n', {}, [['bad-image-name', 'error', 2]]],
    ['a builder with tag and digest', `steps:\n- name: gcr.io/x/y:v1@sha256:${'a'.repeat(64)}\n`, {}, []],
    ['a bad build tag', 'steps:\n- name: a\ntags: [a/b]\n', {}, [['bad-build-tag', 'error', 3]]],
    ['an empty build tag is dropped', 'steps:\n- name: a\ntags: [$BRANCH_NAME]\n', {}, [['trigger-builtin', 'warning', 3]]],
    ['automap uses everything', 'steps:\n- name: a\n  script: x\n  automapSubstitutions: true\n', { _B: '1' }, []],
    ['a script alone uses nothing', 'steps:\n- name: a\n  script: echo $_B\n', { _B: '1' }, [['substitution-unused', 'error', 1]]],
  ];
  for (const [what, text, given, expected] of table) {
    test(what, () => expect(run(text, given).problems.map((problem) => [problem.code, problem.severity, problem.line])).toEqual(expected));
  }

  test('the words of the real tool are in the messages', () => {
    const messages = [...run(must, { _B: '2' }).problems, ...run('steps:\n- name: a\n  args: [$HOME]\n').problems].map((problem) => problem.message).join('\n');
    expect(messages).toContain('key in the template "_A" is not matched in the substitution data');
    expect(messages).toContain('key "_B" in the substitution data is not matched in the template');
    expect(messages).toContain('key in the template "HOME" is not a valid built-in substitution');
    const names = run('steps:\n- name: "gcr.io/x:"\nimages: [gcr.io/p/X:1, "gcr.io/p/x:"]\ntags: [a/b]\n').problems.map((problem) => problem.message);
    expect(names).toEqual(['invalid build step name "gcr.io/x:"', 'invalid image name "gcr.io/p/X:1" contains uppercase letters', 'invalid image name "gcr.io/p/x:"', expect.stringMatching(/^invalid build tag "a\/b": must match format /)]);
  });

  test('dynamic values may name others; a circle is an error', () => {
    const text = "steps:\n- name: a\n  args: ['$_IMAGE']\noptions: {dynamicSubstitutions: true}\nsubstitutions:\n  _IMAGE: gcr.io/$PROJECT_ID/${_NAME}:${_TAG//./-}\n  _NAME: thing\n  _TAG: v1.2\n";
    const { build, problems } = run(text);
    expect(problems).toEqual([]);
    expect(build.steps[0]?.args).toEqual(['gcr.io/proj/thing:v1-2']);
    const circle = run("steps: [{name: a, args: ['$_A']}]\noptions: {dynamicSubstitutions: true}\nsubstitutions: {_A: $_B, _B: $_A}\n");
    expect(circle.problems.map((problem) => problem.code)).toContain('circular-substitution');
  });

  test('without dynamicSubstitutions values are not looked into', () => {
    const { build } = run('steps: [{name: a, args: [$_A]}]\nsubstitutions: {_A: "$$_B $_B"}\n');
    expect(build.steps[0]?.args).toEqual(['$$_B $_B']);
  });
});
