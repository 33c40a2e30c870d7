// What names mean where a step stands: in the document itself, or in one that it includes. Each scope has inputs and outputs of
// its own; an included document sees nothing of the including one but what was handed to it.
import { fitInput, type BoundInput, type Json, type Plan, type PlanScope } from '@runbook/model';
import type { Memory } from './memory.ts';
import type { ExecuteOptions } from './ports.ts';

/** The scope of a step: the id of its include; undefined for the document itself. */
export type ScopeId = string | undefined;

/** The names of a run, by scope. */
export interface Scopes {
  /** Inputs (secrets apart) and what has been published so far. */
  values(scope: ScopeId): Readonly<Record<string, Json>>;
  secrets(scope: ScopeId): Readonly<Record<string, string>>;
  /** What is wrong with a value that an included document was handed, in a sentence. */
  misfit(scope: ScopeId): string | undefined;
  find(scope: ScopeId): PlanScope | undefined;
}

/** Opens the names of a run. */
export function openScopes(plan: Plan, options: ExecuteOptions, memory: Memory): Scopes {
  const byId = new Map((plan.scopes ?? []).map((scope) => [scope.id, scope]));
  const parents = new Map(plan.steps.map((step) => [step.id, step.scope]));
  const bound = <V>(scope: PlanScope, from: Readonly<Record<string, V>>): [BoundInput, V][] =>
    Object.values(scope.inputs).flatMap((input): [BoundInput, V][] => {
      const value = input.kind === 'from' && Object.hasOwn(from, input.name) ? from[input.name] : undefined;
      return input.kind !== 'from' || value === undefined ? [] : [[input, value]];
    });
  const scopes: Scopes = {
    find: (id) => (id === undefined ? undefined : byId.get(id)),
    values(id) {
      const scope = scopes.find(id);
      const outputs = Object.fromEntries(memory.outputs(id));
      if (scope === undefined) return { ...options.values, ...outputs };
      return { ...options.scopes?.[scope.id]?.values, ...Object.fromEntries(fitting(bound(scope, scopes.values(parents.get(scope.id))))), ...outputs };
    },
    misfit(id) {
      const scope = scopes.find(id);
      if (scope === undefined) return undefined;
      const parent = parents.get(scope.id);
      const given = new Map(bound(scope, scopes.values(parent)).map(([{ input }, value]) => [input.name, value]));
      for (const wanted of Object.values(scope.inputs)) {
        if (wanted.kind !== 'from' || wanted.input.type === 'secret') continue;
        const value = given.get(wanted.input.name);
        const fit = value === undefined ? undefined : fitInput(wanted.input, value);
        if (value === undefined && wanted.input.required) return `input "${wanted.input.name}" of ${scope.file} has no value: nobody published ${wanted.name}`;
        if (fit?.kind === 'mismatch') return `input "${wanted.input.name}" is ${JSON.stringify(value).slice(0, 80)}; expected ${fit.expected}`;
      }
      return undefined;
    },
    secrets(id) {
      const scope = scopes.find(id);
      if (scope === undefined) return options.secrets;
      return { ...options.scopes?.[scope.id]?.secrets, ...Object.fromEntries(bound(scope, scopes.secrets(parents.get(scope.id))).map(([{ input }, secret]) => [input.name, secret])) };
    },
  };
  return scopes;
}

/** Handed values as their inputs take them; what does not fit keeps its steps from running, see `misfit`. */
function fitting(bound: readonly [BoundInput, Json][]): [string, Json][] {
  return bound.flatMap(([{ input }, value]): [string, Json][] => {
    const fit = fitInput(input, value);
    return fit.kind === 'value' ? [[input.name, fit.value]] : [];
  });
}
