// From what a person gave to the values a run works with. Inputs are data; nothing is ever spliced into code.
import type { Problem } from '@runbook/problem';
import type { PlannedInput } from './plan.ts';
import type { InputDeclaration, Json } from './runbook.ts';

/** Where values may come from besides the command line. */
export interface InputOptions {
  /** The environment, for declarations with `env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether examples stand in for missing values: true in plan, dry run and rehearsal, never in a live run. */
  readonly examples: boolean;
  /** `required`: a missing required secret is a problem. `ignored`: secrets are not looked at (a plan needs none). */
  readonly secrets: 'required' | 'ignored';
  /** The document's file, for the place of problems. */
  readonly file: string;
}

/** Inputs with values. `planned` may be shown; `secrets` may not. */
export interface ResolvedInputs {
  readonly planned: Readonly<Record<string, PlannedInput>>;
  /** Every input that is not a secret; an optional input without a value is null. */
  readonly values: Readonly<Record<string, Json>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly problems: readonly Problem[];
}

/** Resolves inputs in the order given, environment, default, example. Never throws. */
export function resolveInputs(declarations: readonly InputDeclaration[], given: Readonly<Record<string, string>>, options: InputOptions): ResolvedInputs {
  void [declarations, given, options];
  return { planned: {}, values: {}, secrets: {}, problems: [] };
}
