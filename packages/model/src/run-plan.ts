// From a runbook and its inputs to the plan of a run. Deterministic: the same runbook and inputs give the same bytes, so no
// date, git state or environment may come in here.
import { hasErrors } from '@runbook/problem';
import type { Problem } from '@runbook/problem';
import { lockNames } from './declaration.ts';
import { makeProblem } from './problem-code.ts';
import { planScopes, planSteps, type ScopeInputs } from './include-plan.ts';
import type { Included } from './include.ts';
import type { Plan, PlannedInput } from './plan.ts';
import type { Json, Runbook } from './runbook.ts';

/** A plan, or why there is none. */
export interface PlannedRun {
  /** Absent when a problem is an error. */
  readonly plan?: Plan;
  readonly problems: readonly Problem[];
}

/**
 * Plans a run. Never throws. Hand it a runbook without errors and the `planned` of `resolveInputs`.
 * @param linked the `includes` of `linkIncludes`, and the `planned` of each included document by the id of its scope: the ids of
 * the including steps with slashes between.
 */
export function planRun(runbook: Runbook, planned: Readonly<Record<string, PlannedInput>>, linked: { readonly includes: ReadonlyMap<string, Included>; readonly inputs: ScopeInputs } = { includes: new Map(), inputs: {} }): PlannedRun {
  const problems: Problem[] = [];
  const lock = runbook.lock === undefined ? undefined : fillLock(runbook, runbook.lock, planned, problems);
  if (hasErrors(problems)) return { problems };
  const scopes = planScopes(linked.includes, linked.inputs);
  const plan: Plan = {
    format: 1,
    runbook: { file: runbook.file, title: runbook.title, hash: runbook.hash, ...(runbook.cwd === undefined ? {} : { cwd: runbook.cwd }) },
    inputs: planned,
    ...(lock === undefined ? {} : { lock }),
    ...(scopes.length === 0 ? {} : { scopes }),
    steps: planSteps(runbook.steps, linked.includes),
  };
  return { plan, problems };
}

/** Fills the template of the release lock with the values of inputs. */
function fillLock(runbook: Runbook, template: string, planned: Readonly<Record<string, PlannedInput>>, problems: Problem[]): string {
  const tell = (code: 'unknown-lock-name' | 'lock-without-value', message: string, hint: string): void => {
    problems.push(makeProblem(code, runbook.file, { line: 1, column: 1 }, message, hint));
  };
  const values = new Map<string, string>();
  for (const name of lockNames(template)) {
    const input = Object.hasOwn(planned, name) ? planned[name] : undefined;
    if (input?.kind === 'secret') tell('unknown-lock-name', `the lock names the secret "${name}", but locks are shown`, 'Name another input.');
    else if (!runbook.inputs.some((declared) => declared.name === name)) tell('unknown-lock-name', `the lock names the input "${name}", which is not declared`, 'Declare it under inputs.');
    else if (input === undefined || lockText(input.value) === '') tell('lock-without-value', `the lock needs a value for the input "${name}"`, `Give --input ${name}=….`);
    else values.set(name, lockText(input.value));
  }
  return template.replace(/\{([^{}]*)\}/g, (whole, name: string) => values.get(name) ?? whole);
}

function lockText(value: Json): string {
  if (value === null) return '';
  if (Array.isArray(value)) return value.map(lockText).join('+');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
