import { describe, expect, test } from 'vitest';
import { parseCloudbuild } from './build-file.ts';

const many = (count: number, item: string): string => `[${Array.from({ length: count }, () => item).join(', ')}]`;

describe('a build is read in both spellings', () => {
  const camel = "steps:\n- name: gcr.io/cloud-builders/docker\n  waitFor: ['-']\n  secretEnv: [A]\noptions:\n  substitutionOption: ALLOW_LOOSE\n  machineType: E2_HIGHCPU_8\n  dynamicSubstitutions: true\nlogsBucket: gs://x\ntimeout: 1200s\n";
  const snake = camel.replace('waitFor', 'wait_for').replace('secretEnv', 'secret_env').replace('substitutionOption', 'substitution_option').replace('machineType', 'machine_type').replace('dynamicSubstitutions', 'dynamic_substitutions').replace('logsBucket', 'logs_bucket');
  for (const [name, text] of [['lowerCamel', camel], ['snake_case', snake]] as const) {
    test(name, () => {
      const { build, problems } = parseCloudbuild(text, 'cloudbuild.yaml');
      expect(problems).toEqual([]);
      expect(build).toMatchObject({
        steps: [{ name: 'gcr.io/cloud-builders/docker', waitFor: ['-'], secretEnv: ['A'], args: [], env: [], volumes: [], allowFailure: false }],
        options: { substitutionOption: 'ALLOW_LOOSE', substitutionOptionStated: true, machineType: 'E2_HIGHCPU_8', dynamicSubstitutions: true },
        logsBucket: 'gs://x', timeoutSeconds: 1200, timeoutStated: true,
      });
    });
  }

  test('defaults', () => {
    expect(parseCloudbuild('steps: [{name: a}]', 'f').build).toMatchObject({
      timeoutSeconds: 600, timeoutStated: false, images: [], tags: [], substitutions: {},
      options: { substitutionOption: 'MUST_MATCH', substitutionOptionStated: false, dynamicSubstitutions: false },
    });
  });

  test('substitution names keep their spelling; artifacts.images stands for images', () => {
    const { build, problems } = parseCloudbuild('steps: [{name: a}]\nsubstitutions: {_a_b: "1", _GIT_TAG: "2"}\nartifacts: {images: [gcr.io/p/x]}\n', 'f');
    expect(build?.substitutions).toEqual({ _a_b: '1', _GIT_TAG: '2' });
    expect(build?.images).toEqual(['gcr.io/p/x']);
    expect(problems.map((problem) => problem.code)).toEqual(['substitution-key']);
  });

  test('places are kept', () => {
    const { build } = parseCloudbuild('steps:\n- name: a\n  args:\n  - one\n  - two\noptions:\n  machine_type: x\n', 'f');
    expect(build?.places.get('steps[0].args[1]')).toEqual({ file: 'f', line: 5, column: 5 });
    expect(build?.places.get('options.machineType')).toEqual({ file: 'f', line: 7, column: 3 });
  });
});

describe('what Cloud Build refuses is reported at its place', () => {
  const step = (fields: string): string => `steps:\n- name: a\n${fields.split('\n').map((line) => `  ${line}`).join('\n')}\n`;
  const table: readonly (readonly [text: string, code: string, line: number, says: string])[] = [
    ['steps: [', 'yaml-syntax', 1, 'not valid YAML'],
    ['- a\n', 'wrong-type', 1, 'a list'],
    ['', 'wrong-type', 1, 'nothing'],
    ['timeout: 5s\n', 'no-steps', 1, 'no build steps are specified'],
    ['steps: []\n', 'no-steps', 1, 'no build steps are specified'],
    ['steps: {}\n', 'wrong-type', 1, 'a list'],
    ['steps:\n- args: [a]\n', 'no-builder', 2, 'build step 0 must specify name'],
    [step('arg: [x]'), 'unknown-field', 3, 'unused:  .steps.arg'],
    [`${step('args: []')}options:\n  foo: 1\n`, 'unknown-field', 5, 'unused:  .options.foo'],
    [`${step('args: []')}image: [x]\n`, 'unknown-field', 4, '"image"'],
    [`${step('args: []')}options:\n  machineType: a\n  machine_type: b\n`, 'duplicate-field', 6, 'both spellings'],
    [step('args: [a]\nargs: [b]'), 'duplicate-key', 4, 'not valid YAML'],
    [step("args: 'foo'"), 'not-a-list', 3, "must be specified like ['foo'], not 'foo'"],
    [step('args: [3]'), 'wrong-type', 3, 'the number 3'],
    [step('args: {a: b}'), 'wrong-type', 3, 'a mapping'],
    [`${step('args: []')}substitutions: {_X: 1.20}\n`, 'wrong-type', 4, 'expected a text'],
    [`${step('args: []')}timeout: 600\n`, 'bad-duration', 4, "'600s'"],
    [`${step('args: []')}timeout: 10m\n`, 'bad-duration', 4, "'600s'"],
    [`${step('args: []')}timeout: 86401s\n`, 'timeout-limit', 4, 'timeout exceeds the timeout limit of 24h0m0s'],
    [`${step('timeout: 601s')}timeout: 600s\n`, 'timeout-limit', 3, 'build step timeout 601s must be <= build timeout 600s'],
    [`${step('args: []')}options: {substitutionOption: LOOSE}\n`, 'bad-option', 4, '"LOOSE"'],
    [step("waitFor: ['x']"), 'unknown-step', 3, 'depends on "x", which has not been defined'],
    ['steps:\n- {name: a, id: x}\n- {name: b, id: x}\n', 'duplicate-id', 3, 'the ID is not unique'],
    [step('env: [A]'), 'bad-env', 3, 'the Env entry "A" must be of the form "KEY=VALUE"'],
    [step('script: echo\nargs: [a]'), 'script-with-args', 3, 'script together with args'],
    [step(`args: ${many(101, 'a')}`), 'too-many', 3, 'too many args (max: 100)'],
    [step(`args: [${'a'.repeat(4001)}]`), 'too-long', 3, 'build step 0 arg 0 too long (max: 4000)'],
    [`steps: ${many(101, '{name: a}')}\n`, 'too-many', 1, 'cannot specify more than 100 build steps'],
    [`${step('args: []')}images: ${many(101, 'a')}\n`, 'too-many', 4, 'cannot specify more than 100 images to build'],
    [`${step('args: []')}tags: ${many(65, 'a')}\n`, 'too-many', 4, 'number of tags 65 exceeded (max: 64)'],
    [`${step('args: []')}substitutions: {FOO: a}\n`, 'substitution-key', 4, 'does not respect format "^_[A-Z0-9_]+$"'],
    [`${step('args: []')}substitutions: {_${'A'.repeat(100)}: a}\n`, 'too-long', 4, 'too long (max: 100)'],
    [`${step('args: []')}substitutions: {_A: ${'a'.repeat(4001)}}\n`, 'too-long', 4, 'too long (max: 4000)'],
    [`${step('args: []')}timeout: -1s\n`, 'timeout-limit', 4, 'timeout must be >=0'],
    [step('timeout: -1s'), 'timeout-limit', 3, 'build step timeout must be >0'],
    [`${step('args: []')}substitutions: {${Array.from({ length: 101 }, (_, n) => `_A${n}: a`).join(', ')}}\n`, 'too-many', 4, 'number of substitutions 101 exceeded (max: 100)'],
    [`steps: [{name: ${'a'.repeat(1001)}}]\n`, 'too-long', 1, 'build step 0 name too long (max: 1000)'],
    [step(`dir: ${'a'.repeat(1001)}`), 'too-long', 3, 'build step 0 dir too long (max: 1000)'],
    [step(`env: ${many(101, 'A=b')}`), 'too-many', 3, 'build step 0 too many envs (max: 100)'],
    [step(`env: [A=${'b'.repeat(999)}]`), 'too-long', 3, 'build step 0 env 0 too long (max: 1000)'],
    [`${step('args: []')}images: [${'a'.repeat(1001)}]\n`, 'too-long', 4, 'image 0 too long (max: 1000)'],
    [`${step('args: []')}logsBucket: x\n`, 'bad-location', 4, 'expected a gs:// location'],
    [step('volumes: [{name: vol, path: x}]'), 'bad-volume', 3, 'must be absolute'],
    [step('volumes: [{name: vol, path: /x}, {name: vol, path: /y}]'), 'bad-volume', 3, 'is defined in more than one volume entry'],
    [step("volumes: [{name: 'a b', path: /x}]"), 'bad-volume', 3, 'does not match'],
    [`${step('args: []')}artifacts:\n  objects: {paths: [a]}\n`, 'bad-location', 5, '.artifacts.location field is empty'],
    [`${step('args: []')}artifacts:\n  objects: {location: 'gs://x', paths: ['a b']}\n`, 'artifact-paths', 5, 'contains whitespace'],
    [`${step('args: []')}artifacts:\n  objects: {location: 'gs://x', paths: ${many(101, 'a')}}\n`, 'too-many', 5, 'cannot specify more than 100'],
    [`${step('args: []')}images: [a]\nartifacts: {images: [b]}\n`, 'two-image-lists', 5, 'cannot specify different .images and .artifacts.images'],
    [`${step('args: []')}artifacts:\n  objects: {location: 's3://x', paths: [a]}\n`, 'bad-location', 5, "must begin with 'gs://'"],
    [`${step('args: []')}artifacts:\n  objects: {location: 'gs://x'}\n`, 'artifact-paths', 5, 'paths field empty'],
    [step("volumes: [{name: vol, path: /workspace}]"), 'bad-volume', 3, 'is reserved'],
    [step("volumes: [{name: vol, path: /cloudbuild/x}]"), 'bad-volume', 3, 'cannot start with /cloudbuild/'],
    [step("volumes: [{name: vol, path: /x}]"), 'bad-volume', 3, 'only used by one step'],
  ];
  for (const [text, code, line, says] of table) {
    test(`${code}: ${says}`, () => {
      const found = parseCloudbuild(text, 'cloudbuild.yaml').problems.find((problem) => problem.code === code && problem.message.includes(says));
      expect(found).toMatchObject({ file: 'cloudbuild.yaml', line, severity: 'error' });
    });
  }

  test('a misspelt field is answered with the meant one', () => {
    expect(parseCloudbuild(step('arg: [x]'), 'f').problems[0]?.hint).toBe('Did you mean "args"?');
  });

  test('an overridable built-in may have a default', () => {
    expect(parseCloudbuild('steps: [{name: a}]\nsubstitutions: {COMMIT_SHA: x}\n', 'f').problems).toEqual([]);
  });
});
