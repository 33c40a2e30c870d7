// A document from disk to a plan. Anything wrong with it is shown with its place, and ends the command with 2.
import { readFileSync } from 'node:fs';
import { hasErrors, type Problem } from '@runbook/problem';
import { checkRequires, parseRunbook, planRun, resolveInputs, type Json, type Plan, type PlannedInput, type Runbook } from '@runbook/model';
import { renderProblems } from '@runbook/render';
import { stderrStyle } from './console.ts';
import { UsageError } from './exit.ts';
import { version } from './version.ts';

/** A plan with the values behind it. */
export interface PlannedDocument {
  readonly runbook: Runbook;
  readonly plan: Plan;
  readonly values: Readonly<Record<string, Json>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly warnings: readonly Problem[];
}

/** Reads a document as UTF-8. */
export function readDocument(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : code === 'EACCES' ? 'it may not be read' : String(cause);
    throw new UsageError(`${file}: ${why}. Give the path of a Markdown file.`, undefined, { cause });
  }
}

/** Ends the command when one of the problems is an error, showing them all with their places. */
export function insistOnDocument(problems: readonly Problem[], file: string, text: string): void {
  if (!hasErrors(problems)) return;
  throw new UsageError(renderProblems(problems, (name) => (name === file ? text : undefined), stderrStyle()).trimEnd());
}

/** A sound document: parsed once, planned as often as needed. */
export interface SoundDocument {
  readonly runbook: Runbook;
  readonly warnings: readonly Problem[];
}

/**
 * Parses a document and insists that it is sound.
 * @param more what else may be wrong with a runbook for the command at hand.
 */
export function parseDocument(file: string, text: string, more: (runbook: Runbook) => readonly Problem[] = () => []): SoundDocument {
  const { runbook, problems } = parseRunbook(text, file);
  const unmet = checkRequires(runbook.requires ?? '', version, { file, line: 1, column: 1 });
  insistOnDocument([...problems, ...more(runbook), ...(unmet === undefined ? [] : [unmet])], file, text);
  return { runbook, warnings: problems };
}

/** How inputs are resolved for a command. */
export interface PlanningOptions {
  readonly given: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly examples: boolean;
  readonly secrets: 'required' | 'ignored';
  /** Secrets that were typed at a prompt. */
  readonly secretValues?: Readonly<Record<string, string>>;
}

/** Resolves the inputs of a sound document and plans; problems of either end the command with 2. */
export function planDocument({ runbook, warnings }: SoundDocument, options: PlanningOptions): PlannedDocument {
  const { file, text } = runbook;
  const unknown = Object.keys(options.given).filter((name) => !runbook.inputs.some((input) => input.name === name));
  if (unknown.length > 0) {
    const known = runbook.inputs.map((input) => input.name).join(', ') || 'none';
    throw new UsageError(`${file}  unknown-input: there is no input ${unknown.join(', ')}; the inputs are: ${known}.`);
  }
  const inputs = resolveInputs(runbook.inputs, options.given, { env: options.env, examples: options.examples, secrets: options.secrets, file, ...(options.secretValues === undefined ? {} : { secretValues: options.secretValues }) });
  insistOnDocument(inputs.problems, file, text);
  return { runbook, warnings, plan: planWith(runbook, inputs.planned, text), values: inputs.values, secrets: inputs.secrets };
}

/** Plans a sound runbook with inputs that are resolved already. */
export function planWith(runbook: Runbook, planned: Readonly<Record<string, PlannedInput>>, text: string): Plan {
  const { plan, problems } = planRun(runbook, planned);
  insistOnDocument(problems, runbook.file, text);
  if (plan === undefined) throw new Error('a plan without problems must be there');
  return plan;
}
