import { expect, test } from 'vitest';
import { matchSteps, parseRunbook, planRun } from './index.ts';
import type { Plan, PlannedInput } from './index.ts';

const block = (info: string, code = 'true'): string => `\`\`\`${info}\n${code}\n\`\`\`\n\n`;
const given = (value: string | string[]): PlannedInput => ({ kind: 'value', value, from: 'given' });
const front = '---\nlock: "{project}-{version}-{images}"\ninputs:\n  project: { type: string }\n  version: { type: string }\n  images: { type: list }\n---\n';

function planOf(text: string): Plan {
  const { runbook, problems } = parseRunbook(text, 'a.md');
  expect(problems).toEqual([]);
  const { plan } = planRun(runbook, {});
  if (plan === undefined) throw new Error('there is no plan');
  return plan;
}

test('roles, links and the lock', () => {
  const text = front + block('sh {name=push effect=write}') + block('sh {name=look verifies=push effect=read}') + block('sh {name=undo undoes=push effect=write}') + block('sh {name=tell on=failure effect=local}') + block('sh {name=end effect=read}');
  const { runbook } = parseRunbook(text, 'a.md');
  const { plan, problems } = planRun(runbook, { project: given('apisnoop'), version: given('v1'), images: given(['a', 'b']) });
  expect(problems).toEqual([]);
  expect(plan?.lock).toBe('apisnoop-v1-a+b');
  expect(plan?.steps.map((step) => [step.id, step.role, step.verifier, step.undo])).toEqual([
    ['push', 'step', 'look', 'undo'],
    ['look', 'verifier', undefined, undefined],
    ['undo', 'undo', undefined, undefined],
    ['tell', 'failure', undefined, undefined],
    ['end', 'step', undefined, undefined],
  ]);
  expect(JSON.stringify(planRun(parseRunbook(text, 'a.md').runbook, { project: given('apisnoop'), version: given('v1'), images: given(['a', 'b']) }).plan)).toBe(JSON.stringify(plan));
});

test('a lock with a missing value or an unknown name gives no plan', () => {
  const { runbook } = parseRunbook(front, 'a.md');
  const found = planRun(runbook, { project: given('a'), version: given('') });
  expect(found.plan).toBeUndefined();
  expect(found.problems.map((problem) => problem.code)).toEqual(['lock-without-value', 'lock-without-value']);
  expect(planRun({ ...runbook, lock: '{x}' }, {}).problems.map((problem) => problem.code)).toEqual(['unknown-lock-name']);
});

test('steps of an edited document are found by name, else by heading and content', () => {
  const before = planOf(`# A\n${block('sh {name=a effect=read}', 'one')}${block('sh {effect=read}', 'two')}${block('sh {effect=read}', 'gone')}`);
  const after = planOf(`text\n\n# A\n${block('sh {effect=read}', 'new')}${block('sh {effect=read}', 'two')}${block('sh {name=a effect=read}', 'changed')}`);
  const [, two, gone] = before.steps;
  expect(matchSteps(before, after)).toEqual({
    same: [
      { before: two?.id, after: two?.id, changed: false },
      { before: 'a', after: 'a', changed: true },
    ],
    removed: [gone?.id],
    added: [after.steps[0]?.id],
  });
  const other = planOf(`# A\n${block('sh {name=a effect=read timeout=1m}', 'one')}`);
  expect(matchSteps(before, other).same).toEqual([{ before: 'a', after: 'a', changed: true }]);
});

test('what a lock cannot hold is told with what to do', () => {
  const { runbook } = parseRunbook('---\ninputs: { token: { type: secret }, v: { type: string } }\n---\n', 'a.md');
  const told = (lock: string, inputs: Readonly<Record<string, PlannedInput>>): string[] => planRun({ ...runbook, lock }, inputs).problems.map(({ code, message, hint, file, line, column }) => `${file}:${line}:${column} ${code}: ${message}. ${hint}`);
  expect(told('{token}', { token: { kind: 'secret' } })).toEqual(['a.md:1:1 unknown-lock-name: the lock names the secret "token", but locks are shown. Name another input.']);
  expect(told('{w}', {})).toEqual(['a.md:1:1 unknown-lock-name: the lock names the input "w", which is not declared. Declare it under inputs.']);
  expect(told('{v}', {})).toEqual(['a.md:1:1 lock-without-value: the lock needs a value for the input "v". Give --input v=….']);
  expect(told('{v}{v}', { v: given('') })).toHaveLength(2);
});

test.each<[PlannedInput, string]>([
  [{ kind: 'value', value: 7, from: 'given' }, '7'],
  [{ kind: 'value', value: false, from: 'default' }, 'false'],
  [{ kind: 'value', value: ['a', 1, null], from: 'example' }, 'a+1+'],
  [{ kind: 'value', value: { a: 1 }, from: 'example' }, '{"a":1}'],
])('a lock holds %j as %s', (input, text) => {
  const { runbook } = parseRunbook('---\nlock: "a-{v}-{v}"\ninputs: { v: { type: string } }\n---\n', 'a.md');
  expect(planRun(runbook, { v: input }).plan?.lock).toBe(`a-${text}-${text}`);
});

test('a document without a lock has none in its plan', () => {
  const plan = planOf(block('js {name=a}'));
  expect(plan).not.toHaveProperty('lock');
  expect(plan).toMatchObject({ format: 1, inputs: {}, runbook: { file: 'a.md', title: 'a' } });
});

test('attributes in another order are no change, another one is', () => {
  const [one, turned, other] = ['name=a tag=t cwd=x', 'cwd=x tag=t name=a', 'name=a tag=t cwd=y'].map((attributes) => planOf(block(`js {${attributes}}`)));
  if (one === undefined || turned === undefined || other === undefined) throw new Error('there is no plan');
  expect(matchSteps(one, turned).same).toEqual([{ before: 'a', after: 'a', changed: false }]);
  expect(matchSteps(one, other).same).toEqual([{ before: 'a', after: 'a', changed: true }]);
});

test('two unnamed steps of the same text are matched in their order', () => {
  const twice = planOf(`# A\n${block('js', 'x')}${block('js', 'x')}`);
  const once = planOf(`# A\n${block('js', 'x')}`);
  const [first, second] = twice.steps.map((step) => step.id);
  expect(matchSteps(twice, once)).toEqual({ same: [{ before: first, after: first, changed: false }], removed: [second], added: [] });
  expect(matchSteps(once, planOf(`# B\n${block('js', 'x')}`)).same).toEqual([]);
});
