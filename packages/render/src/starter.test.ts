import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import type { Nodes } from 'mdast';
import { parseRunbook, reservedNames } from '@runbook/model';
import { defaultSteps, findStarterFault, parseStarterInput, parseStarterStep, renderStarter, type StarterAnswers, type StarterInput, type StarterStep } from './starter.ts';
import { oneLine } from './width.ts';

const answers = (changes: Partial<StarterAnswers>): StarterAnswers => ({ title: 'T', inputs: [], steps: defaultSteps, kubernetesImage: false, ...changes });
const words = (node: Nodes): string => ('value' in node ? node.value : 'children' in node ? node.children.map(words).join('') : '');

/** Headings as a Markdown reader sees them. */
function headings(text: string): string[] {
  const tree = unified().use(remarkParse).use(remarkGfm).parse(text.replace(/^---\n.*?\n---\n/s, ''));
  return tree.children.flatMap((node) => (node.type === 'heading' ? [words(node)] : []));
}

describe('a step', () => {
  test.each([
    ['look', { name: 'look', kind: 'read' }],
    [' push-tag:write ', { name: 'push-tag', kind: 'write' }],
    ['a.b_c:person', { name: 'a.b_c', kind: 'person' }],
  ])('%s', (text, value) => {
    expect(parseStarterStep(text)).toEqual({ kind: 'value', value });
  });

  test.each([
    ['', /cannot be the name/],
    ['-x', /cannot be the name/],
    ['a b', /cannot be the name/],
    ['a/../b', /cannot be the name/],
    ['a}', /cannot be the name/],
    ['a:delete', /"delete" is no kind of step; expected one of read, local, write, wait, person/],
    ['a:write:x', /"write:x" is no kind/],
  ])('not %j', (text, message) => {
    expect(parseStarterStep(text)).toMatchObject({ kind: 'fault', message: expect.stringMatching(message) });
  });
});

describe('an input', () => {
  test.each([
    ['version', { name: 'version', type: 'string', value: 'example' }],
    ['version:string=v1=2:3', { name: 'version', type: 'string', value: 'v1=2:3' }],
    ['n:number', { name: 'n', type: 'number', value: 1 }],
    ['n:number=-2.5', { name: 'n', type: 'number', value: -2.5 }],
    ['b:boolean', { name: 'b', type: 'boolean', value: false }],
    ['b:boolean=true', { name: 'b', type: 'boolean', value: true }],
    ['c:choice=a, b,', { name: 'c', type: 'choice', value: 'a', choices: ['a', 'b'] }],
    ['l:list', { name: 'l', type: 'list', value: ['example'] }],
    ['l:list=x,y', { name: 'l', type: 'list', value: ['x', 'y'] }],
    ['s:secret', { name: 's', type: 'secret' }],
  ])('%s', (text, value) => {
    expect(parseStarterInput(text)).toEqual({ kind: 'value', value });
  });

  test.each([
    ['', /cannot be the name/],
    ['1a', /cannot be the name/],
    ['a-b', /cannot be the name/],
    ['PATH', /belongs to JavaScript, the shell or the toolkit/],
    ['a:text', /"text" is no type; expected one of string, number/],
    ['n:number=x', /"x"; expected a number/],
    ['n:number=', /expected a number/],
    ['b:boolean=yes', /expected true or false/],
    ['c:choice', /needs choices/],
    ['c:choice= ,', /needs choices/],
    ['s:secret=hunter22', /no value of it belongs/],
  ])('not %j', (text, message) => {
    const answer = parseStarterInput(text);
    expect(answer).toMatchObject({ kind: 'fault', message: expect.stringMatching(message) });
    expect(JSON.stringify(answer)).not.toContain('hunter22');
  });
});

test.each([
  [{ title: ' \u0000'.slice(0, 1) }, 'the title is empty'],
  [{ steps: [{ name: 'a', kind: 'read' }, { name: 'a', kind: 'wait' }] }, 'the name "a" is given twice'],
  [{ steps: [{ name: 'a', kind: 'write' }, { name: 'a-is-done', kind: 'read' }] }, 'the name "a-is-done" is given twice'],
  [{ inputs: [{ name: 'x', type: 'string', value: '' }, { name: 'x', type: 'number', value: 1 }] }, 'the name "input x" is given twice'],
  [{ kubernetesImage: true, steps: [{ name: 'push-tag', kind: 'read' }] }, 'the name "push-tag" is given twice'],
  [{ kubernetesImage: true, steps: [{ name: 'announce', kind: 'person' }] }, 'the name "announce" is given twice'],
  [{ kubernetesImage: true, inputs: [{ name: 'x', type: 'string', value: '' }] }, 'a runbook for a Kubernetes image has inputs of its own: leave out the others'],
  [{}, undefined],
] as const)('what is wrong with all answers together: %j', (changes, fault) => {
  expect(findStarterFault(answers(changes))).toBe(fault);
});

test('each kind is explained once, a write brings its verifier, the first step shows the inputs', () => {
  const steps: StarterStep[] = [{ name: 'ask', kind: 'person' }, { name: 'a', kind: 'write' }, { name: 'b', kind: 'write' }, { name: 'c', kind: 'local' }, { name: 'd', kind: 'wait' }];
  const inputs: StarterInput[] = [{ name: 'x', type: 'string', value: '1' }, { name: 'token', type: 'secret' }];
  const text = renderStarter(answers({ steps, inputs }));
  const { runbook, problems } = parseRunbook(text, 'a.md');
  expect(problems).toEqual([]);
  expect(runbook.steps.map((step) => [step.id, step.kind, step.effect, step.verifies, step.gate?.pollMs])).toEqual([
    ['ask', 'manual', 'read', undefined, undefined],
    ['a', 'shell', 'write', undefined, undefined],
    ['a-is-done', 'shell', 'read', 'a', undefined],
    ['b', 'shell', 'write', undefined, undefined],
    ['b-is-done', 'shell', 'read', 'b', undefined],
    ['c', 'shell', 'local', undefined, undefined],
    ['d', 'shell', 'read', undefined, 30_000],
  ]);
  expect(text.split('effect=write` changes something outside').length).toBe(2);
  expect(runbook.steps.map((step) => step.uses)).toEqual([[], ['x'], [], [], [], [], []]);
  expect(runbook.inputs.find(({ name }) => name === 'token')).toMatchObject({ env: 'TOKEN', required: true });
});

test('the release of an image is sound, with further steps too', () => {
  const { runbook, problems } = parseRunbook(renderStarter(answers({ kubernetesImage: true, steps: [{ name: 'celebrate', kind: 'person' }] })), 'a.md');
  expect(problems).toEqual([]);
  expect(runbook.lock).toBe('{project}-{version}');
  expect(runbook.steps.at(-1)?.id).toBe('celebrate');
  const verified = new Set(runbook.steps.map((step) => step.verifies));
  expect(runbook.steps.filter((step) => step.effect === 'write' && step.undoes === undefined && !verified.has(step.id))).toEqual([]);
});

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'"\'\\#:-{}[]!&*|>%@`<~$_+=()^/,.?; 0aB\n\t\r\u0007\u001b\u0085\u2028\u202e\ufeff\u00a0é漢'), maxLength: 30 }),
  fc.constantFrom('---', '# x', '1. a', 'a #', 'null', 'true', '{{x}}', '{#a}', 'x: y', "it's", '"', '\\', '<your-name>', 'www.example.org', 'me@example.org', '[a](javascript:b)', '```', '- [ ] x', '\ud800', '<!-- {name=x} -->', '```bash {name=a}'),
);
const inputName = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/).filter((name) => !reservedNames.has(name));
const input = fc.tuple(inputName, fc.constantFrom('string', 'number=2e3', 'boolean', 'choice', 'list', 'secret'), text).map(([name, type, value]) => parseStarterInput(`${name}:${type}${['string', 'list', 'choice'].includes(type) ? `=${value}` : ''}`));
const step = fc.tuple(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,8}$/), fc.constantFrom('read', 'local', 'write', 'wait', 'person')).map(([name, kind]) => parseStarterStep(`${name}:${kind}`));
const valueOf = <Value>(answer: { readonly kind: 'value'; readonly value: Value } | { readonly kind: 'fault' }): Value[] => (answer.kind === 'value' ? [answer.value] : []);

test('any title is said by the front matter and by the page', () => {
  fc.assert(
    fc.property(text, (title) => {
      const given = answers({ title, steps: [] });
      fc.pre(findStarterFault(given) === undefined);
      const written = renderStarter(given);
      const { runbook, problems } = parseRunbook(written, 'a.md');
      expect(problems).toEqual([]);
      expect(runbook.title).toBe(oneLine(title));
      expect(headings(written)[0]?.replace(/\ufffd/g, '?')).toBe(oneLine(title).replace(/[\ufffd\0]/g, '?'));
    }),
    { numRuns: 500 },
  );
});

test('any inputs and steps are in the document, with their values', () => {
  fc.assert(
    fc.property(text, fc.array(input, { maxLength: 4 }), fc.array(step, { maxLength: 4 }), (title, inputs, steps) => {
      const given = answers({ title: `T ${title}`, inputs: inputs.flatMap(valueOf), steps: steps.flatMap(valueOf) });
      fc.pre(findStarterFault(given) === undefined);
      const { runbook, problems } = parseRunbook(renderStarter(given), 'a.md');
      expect(problems).toEqual([]);
      expect(runbook.inputs.map(({ name, type }) => ({ name, type }))).toEqual(given.inputs.map(({ name, type }) => ({ name, type })));
      for (const [index, one] of given.inputs.entries()) expect(runbook.inputs[index]?.default ?? runbook.inputs[index]?.example).toEqual(one.value);
      expect(runbook.steps.filter((one) => one.verifies === undefined).map((one) => one.id)).toEqual(given.steps.map(({ name }) => name));
    }),
    { numRuns: 150 },
  );
});
