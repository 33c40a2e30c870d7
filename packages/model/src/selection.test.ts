import { expect, test } from 'vitest';
import { parseRunbook, planRun, selectSteps, type Plan, type Selection } from './index.ts';

const block = (attributes: string, code: string): string => `\`\`\`bash {${attributes}}\n${code}\n\`\`\`\n\n`;
const text = [
  '# Release\n\n',
  block('name=look effect=read tag=early', 'export found=1'),
  block('name=build effect=read tag=early', 'echo build'),
  block('name=push effect=write', 'echo "$found"'),
  block('name=pushed verifies=push effect=read', 'true'),
  block('name=tell effect=read needs=push tag=late', 'echo tell'),
  block('name=clean effect=read excludeFromRunAll=true tag=late', 'echo clean'),
].join('');

function plan(): Plan {
  const { runbook, problems } = parseRunbook(text, 'a.md');
  expect(problems).toEqual([]);
  const planned = planRun(runbook, {}).plan;
  if (planned === undefined) throw new Error('no plan');
  return planned;
}

const whole = ['look', 'build', 'push', 'tell'];

test.each<[Selection, readonly string[]]>([
  [{}, whole],
  [{ until: 'build' }, ['look', 'build']],
  [{ from: 'look', until: 'push' }, ['look', 'build', 'push']],
  [{ from: 'build', until: 'build' }, ['build']],
  [{ only: ['clean'] }, ['clean']],
  [{ only: ['push', 'look'] }, ['look', 'push']],
  [{ tags: ['early'] }, ['look', 'build']],
  [{ tags: ['early'], from: 'build' }, ['build']],
])('%j selects %j', (selection, steps) => {
  expect(selectSteps(plan(), selection)).toEqual({ steps: new Set(steps), refusals: [] });
});

test.each<[Selection, string]>([
  [{ from: 'push' }, 'push uses found, which look publishes, and look is not selected. Select it too, or resume a run in which it is done.'],
  [{ only: ['tell'] }, 'tell needs push, which is not selected. Select it too, or resume a run in which it is done.'],
  [{ only: ['pusch'] }, 'there is no step pusch; did you mean push? runbook list shows the steps.'],
  [{ until: 'pushed' }, 'pushed runs with its own step (it is the verifier of push) and cannot be selected.'],
  [{ tags: ['lat'] }, 'no step has the tag lat; did you mean late? The tags are: early, late.'],
  [{ from: 'push', until: 'look' }, 'no step is left by this selection. runbook list shows the steps and their tags.'],
  [{ tags: ['late'], until: 'build' }, 'no step is left by this selection. runbook list shows the steps and their tags.'],
])('%j is refused: %s', (selection, refusal) => {
  expect(selectSteps(plan(), selection).refusals).toContain(refusal);
});

test('what is done already in the same run may be left out', () => {
  expect(selectSteps(plan(), { from: 'push' }, new Set(['look']))).toEqual({ steps: new Set(['push', 'tell']), refusals: [] });
});

test('a selection knows steps of includes, undo and failure steps, and names far from all', () => {
  const parts: Plan = { ...plan(), steps: plan().steps.map((step) => (step.id === 'tell' ? { ...step, role: 'undo' } : step.id === 'clean' ? { ...step, role: 'failure' } : step)) };
  const refusals = (selection: Selection): readonly string[] => selectSteps(parts, selection).refusals;
  expect(refusals({ only: ['tell'] })).toEqual(['tell runs with its own step (it is an undo step) and cannot be selected.']);
  expect(refusals({ from: 'clean', until: 'clean' })).toEqual(['clean runs with its own step (it is a failure step) and cannot be selected.']);
  expect(refusals({ only: ['something-else'], tags: ['something-else'] })).toEqual(['there is no step something-else. runbook list shows the steps.', 'no step has the tag something-else. The tags are: early.']);
  expect(selectSteps({ ...parts, steps: [] }, { tags: ['a'] })).toEqual({ steps: new Set(), refusals: ['no step has the tag a. The tags are: none.'] });
});

test('a step comes with its include, and what one document publishes is not what another uses', () => {
  const [look, build, push, pushed] = plan().steps;
  if (look === undefined || build === undefined || push === undefined || pushed === undefined) throw new Error('no steps');
  const nested: Plan = { ...plan(), steps: [look, { ...build, id: 'in/build', scope: 'in', uses: ['found'] }, { ...build, id: 'in' }, { ...build, id: 'inner' }, push, { ...pushed, uses: ['found'], publishes: ['found'] }] };
  expect(selectSteps(nested, { only: ['in'] })).toEqual({ steps: new Set(['in/build', 'in']), refusals: [] });
  expect(selectSteps(nested, { from: 'in', until: 'in' })).toEqual({ steps: new Set(['in/build', 'in']), refusals: [] });
  expect(selectSteps(nested, { from: 'inner' }).refusals).toEqual(['push uses found, which look publishes, and look is not selected. Select it too, or resume a run in which it is done.']);
  const byVerifier: Plan = { ...nested, steps: nested.steps.map((step) => (step.id === 'push' ? { ...step, uses: [] } : step)) };
  expect(selectSteps(byVerifier, { only: ['push'] }).refusals).toEqual(['push uses found, which look publishes, and look is not selected. Select it too, or resume a run in which it is done.']);
  const own: Plan = { ...nested, steps: nested.steps.map((step) => (step.id === 'push' ? { ...step, uses: ['mine', 'nobody'], publishes: ['mine'] } : step)) };
  expect(selectSteps({ ...own, steps: own.steps.filter((step) => step.id !== 'pushed') }, { only: ['push'] }).refusals).toEqual([]);
});
