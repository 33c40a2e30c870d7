// Documents that include others: what is linked, what is refused, and what becomes of it in the plan.
import { describe, expect, test } from 'vitest';
import { linkIncludes, parseRunbook, planRun } from './index.ts';
import type { LinkedIncludes, LoadDocument, Plan, Runbook } from './index.ts';

const block = (info: string, code = 'true'): string => `\`\`\`${info}\n${code}\n\`\`\`\n\n`;
const item = (target: string, attributes: string): string => `- [x](${target}) <!-- {include ${attributes}} -->\n\n`;

/** The runbook of the first document, linked with the others. */
function link(documents: Readonly<Record<string, string>>): { runbook: Runbook; linked: LinkedIncludes; told: string[] } {
  const [first = ''] = Object.keys(documents);
  const { runbook, problems } = parseRunbook(documents[first] ?? '', first);
  expect(problems).toEqual([]);
  const load: LoadDocument = (target) => {
    const text = documents[target];
    return text === undefined ? { kind: 'absent' } : { kind: 'document', file: target, text };
  };
  const linked = linkIncludes(runbook, load);
  return { runbook, linked, told: linked.problems.map(({ file, line, code, message, hint }) => `${file}:${line} ${code}: ${message}. ${hint}`) };
}

describe('linking', () => {
  test('goes as deep as the documents do, and hands over what is bound', () => {
    const { linked, told } = link({
      'a.md': `---\ninputs: { v: { type: string } }\n---\n${block('sh {name=look effect=read}', 'export d=1')}${item('b.md', 'name=b with="tag=$v digest=$d kind=final"')}`,
      'b.md': `---\ninputs: { tag: { type: string }, digest: { type: string }, kind: { type: string } }\n---\n${item('c.md', 'name=c')}`,
      'c.md': block('sh {name=x effect=read}'),
    });
    expect(told).toEqual([]);
    const b = linked.includes.get('b');
    expect(b?.runbook.file).toBe('b.md');
    expect(b?.bindings).toEqual({ tag: { kind: 'from', name: 'v' }, digest: { kind: 'from', name: 'd' }, kind: { kind: 'text', text: 'final' } });
    expect(b?.includes.get('c')?.runbook.steps.map((step) => step.id)).toEqual(['x']);
  });

  test('tells the problems of an included document once, however often it is included', () => {
    const { told } = link({ 'a.md': item('b.md', 'name=one') + item('b.md', 'name=two'), 'b.md': block('sh {name=x effect=read wat=1}') });
    expect(told).toEqual([expect.stringMatching(/^b\.md:1 unknown-attribute: "wat" is no attribute/)]);
  });

  test.each([
    ['a name that nobody gives', item('b.md', 'name=b with="tag=$something"'), 'a.md:1 include-input: "$something" is neither an input nor an output. Leave out the $ for plain text.'],
    ['a misspelt output', block('sh {name=look effect=read}', 'export digest=1') + item('b.md', 'name=b with="tag=$digset"'), 'a.md:5 include-input: "$digset" is neither an input nor an output. Did you mean "digest"?'],
    ['a step that looks like one of the include', block('sh {name=b/x effect=read}') + item('b.md', 'name=b'), 'a.md:5 duplicate-name: "b/x" (line 1) looks like a step of the include "b". Rename one of them.'],
    ['an input of a document without inputs', item('c.md', 'name=c with="kind=1"'), 'a.md:1 include-input: c.md has no input "kind". It has no inputs.'],
    ['an input far from those there are', item('b.md', 'name=b with="something=1"'), 'a.md:1 include-input: b.md has no input "something". There are tag, other.'],
    ['an output far from those there are', item('b.md', 'name=b outputs=something'), 'a.md:1 include-output: no step of b.md publishes "something". It publishes url, page.'],
    ['a document that includes itself', item('a.md', 'name=a'), 'a.md:1 include-cycle: a.md includes a.md: that never ends. Take one of the includes out.'],
    ['local where read is said', item('c.md', 'name=c effect=read'), 'a.md:1 include-effect: the include says effect=read, but "y" of c.md (line 1) is effect=local. Say effect=local here.'],
    ['a write where local is said', item('b.md', 'name=b effect=local'), 'a.md:1 include-effect: the include says effect=local, but "w" of b.md (line 8) is effect=write. Say effect=write here.'],
  ])('refuses %s', (_, text, problem) => {
    const { told } = link({
      'a.md': text,
      'b.md': `---\ninputs: { tag: { type: string }, other: { type: string } }\n---\n${block('sh {name=x effect=read}', 'export url=1 page=2')}${block('sh {name=w effect=write}')}`,
      'c.md': block('sh {name=y effect=local}'),
    });
    expect(told).toEqual([problem]);
  });

  test.each(['write', 'local'])('effect=%s allows a document that changes less', (effect) => {
    expect(link({ 'a.md': item('b.md', `name=b effect=${effect}`), 'b.md': block('sh {name=y effect=local}') }).told).toEqual([]);
  });

  test('an effect is held against a write two documents further', () => {
    const { told } = link({ 'a.md': item('b.md', 'name=b'), 'b.md': item('c.md', 'name=c effect=read'), 'c.md': block('sh {name=w effect=write}') });
    expect(told).toEqual(['b.md:1 include-effect: the include says effect=read, but "w" of c.md (line 1) is effect=write. Say effect=write here.']);
  });

  test('two hundred includes are enough', () => {
    const many = Array.from({ length: 201 }, (_, index) => item('b.md', `name=i${index}`)).join('');
    expect(link({ 'a.md': many, 'b.md': block('js') }).told).toEqual(['a.md:401 include-cycle: more than 200 documents are included. Include fewer.']);
  });
});

describe('the plan', () => {
  const planOf = (documents: Readonly<Record<string, string>>, inputs = {}): Plan => {
    const { runbook, linked, told } = link(documents);
    expect(told).toEqual([]);
    const { plan } = planRun(runbook, {}, { includes: linked.includes, inputs });
    if (plan === undefined) throw new Error('there is no plan');
    return plan;
  };
  const child = [
    block('sh {name=first effect=read tag=t}'),
    block('sh {name=push effect=write needs=first}'),
    block('sh {name=look verifies=push effect=read}'),
    block('sh {name=back undoes=push effect=write excludeFromRunAll=true}'),
    block('sh {name=server effect=read background=true ready=up}'),
    block('sh {name=up effect=read poll=1s timeout=1m}'),
    block('sh {name=tell effect=local on=failure}'),
  ].join('');

  test('puts the steps of the included document in front of the include, under its name', () => {
    const plan = planOf({ 'a.md': block('sh {name=before effect=read}') + item('b.md', 'name=b tag=t,u'), 'b.md': child });
    expect(plan.steps.map(({ id, role, scope, effect, tags }) => [id, role, scope, effect, tags.join()])).toEqual([
      ['before', 'step', undefined, 'read', ''],
      ['b/first', 'step', 'b', 'read', 't,u'],
      ['b/push', 'step', 'b', 'write', 't,u'],
      ['b/look', 'verifier', 'b', 'read', 't,u'],
      ['b/back', 'undo', 'b', 'write', 't,u'],
      ['b/server', 'step', 'b', 'read', 't,u'],
      ['b/up', 'step', 'b', 'read', 't,u'],
      ['b/tell', 'failure', 'b', 'local', 't,u'],
      ['b', 'step', undefined, 'read', 't,u'],
    ]);
    const step = (id: string) => plan.steps.find((one) => one.id === id);
    expect(step('b/push')).toMatchObject({ needs: ['b/first'], verifier: 'b/look', undo: 'b/back', excludeFromRunAll: false });
    expect(step('b/look')).toMatchObject({ verifies: 'b/push' });
    expect(step('b/back')).toMatchObject({ undoes: 'b/push', excludeFromRunAll: true });
    expect(step('b/server')).toMatchObject({ ready: 'b/up' });
    expect(step('before')).not.toHaveProperty('scope');
  });

  test('lets an include that only runs on failure, or by name, say so for its steps', () => {
    const plan = planOf({ 'a.md': item('b.md', 'name=b on=failure') + item('c.md', 'name=c excludeFromRunAll=true'), 'b.md': block('sh {name=x effect=read}') + item('c.md', 'name=in'), 'c.md': block('sh {name=y effect=read}') });
    expect(plan.steps.map(({ id, role, excludeFromRunAll }) => [id, role, excludeFromRunAll])).toEqual([
      ['b/x', 'failure', false],
      ['b/in/y', 'failure', false],
      ['b/in', 'failure', false],
      ['b', 'failure', false],
      ['c/y', 'step', true],
      ['c', 'step', true],
    ]);
  });

  test('holds the scopes with their inputs, outer ones first', () => {
    const value = { kind: 'value', value: 'x', from: 'given' } as const;
    const plan = planOf(
      {
        'a.md': `---\ninputs: { v: { type: string } }\n---\n${item('b.md', 'name=b with="tag=$v kind=x"')}`,
        'b.md': `---\ntitle: B\ninputs: { tag: { type: string }, kind: { type: string } }\n---\n${item('c.md', 'name=c')}`,
        'c.md': block('sh {name=y effect=read}'),
      },
      { b: { kind: value } },
    );
    expect(plan.scopes).toMatchObject([
      { id: 'b', file: 'b.md', title: 'B', inputs: { kind: value, tag: { kind: 'from', name: 'v', input: { name: 'tag', type: 'string' } } } },
      { id: 'b/c', file: 'c.md', title: 'c', inputs: {} },
    ]);
    expect(plan.scopes?.[0]?.inputs).toHaveProperty('tag');
    expect(planOf({ 'a.md': block('sh {name=y effect=read}') })).not.toHaveProperty('scopes');
  });
});
