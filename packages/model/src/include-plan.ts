// Flattens included documents into the steps of a plan: ids get the include in front, everything that names a step follows.
import type { Included } from './include.ts';
import type { BoundInput, PlanScope, PlanStep, PlannedInput } from './plan.ts';
import type { Step } from './runbook.ts';

/** The inputs of included documents whose values are known, by the id of the scope. */
export type ScopeInputs = Readonly<Record<string, Readonly<Record<string, PlannedInput>>>>;

/** Plans the steps of one document; the steps of what it includes stand in front of the including step. */
export function planSteps(steps: readonly Step[], includes: ReadonlyMap<string, Included>, scope?: { readonly id: string; readonly include: PlanStep }): PlanStep[] {
  const verifiers = links(steps, 'verifies');
  const undos = links(steps, 'undoes');
  return steps.flatMap((step) => {
    const planned = planStep(step, verifiers.get(step.id), undos.get(step.id), scope);
    const included = includes.get(step.id);
    return included === undefined ? [planned] : [...planSteps(included.runbook.steps, included.includes, { id: planned.id, include: planned }), { ...planned, effect: 'read' }]; // what is left of an include changes nothing
  });
}

/** The scopes of included documents, outer ones first. */
export function planScopes(includes: ReadonlyMap<string, Included>, inputs: ScopeInputs, prefix = ''): PlanScope[] {
  return [...includes].flatMap(([step, { runbook, bindings, includes: nested }]) => {
    const id = `${prefix}${step}`;
    const bound = runbook.inputs.flatMap((input): [string, BoundInput][] => {
      const binding = bindings[input.name];
      return binding?.kind === 'from' ? [[input.name, { kind: 'from', name: binding.name, input }]] : [];
    });
    const scope: PlanScope = { id, file: runbook.file, title: runbook.title, hash: runbook.hash, ...(runbook.cwd === undefined ? {} : { cwd: runbook.cwd }), inputs: { ...inputs[id], ...Object.fromEntries(bound) } };
    return [scope, ...planScopes(nested, inputs, `${id}/`)];
  });
}

function links(steps: readonly Step[], key: 'verifies' | 'undoes'): ReadonlyMap<string, string> {
  return new Map(steps.flatMap((step) => (step[key] === undefined ? [] : [[step[key], step.id] as const])));
}

function planStep(step: Step, verifier: string | undefined, undo: string | undefined, scope: { readonly id: string; readonly include: PlanStep } | undefined): PlanStep {
  const own = (id: string): string => (scope === undefined ? id : `${scope.id}/${id}`);
  const named = <K extends string>(key: K, id: string | undefined): { readonly [P in K]?: string } => (id === undefined ? {} : ({ [key]: own(id) } as { readonly [P in K]: string }));
  const moved: Step = { ...step, id: own(step.id), needs: step.needs.map(own), ...named('verifies', step.verifies), ...named('undoes', step.undoes), ...named('ready', step.ready) };
  const outer = scope?.include;
  return {
    ...moved,
    // what the include says of itself holds for each of its steps
    ...(outer === undefined ? {} : { tags: [...new Set([...step.tags, ...outer.tags])], excludeFromRunAll: step.excludeFromRunAll || outer.excludeFromRunAll }),
    role: roleOf(step, outer),
    ...named('verifier', verifier),
    ...named('undo', undo),
    ...(scope === undefined ? {} : { scope: scope.id }),
  };
}

function roleOf(step: Step, include: PlanStep | undefined): PlanStep['role'] {
  if (step.verifies !== undefined) return 'verifier';
  if (step.undoes !== undefined) return 'undo';
  return step.onFailure || include?.role === 'failure' ? 'failure' : 'step';
}
