// Puts values into a build as Cloud Build does, and says what it would refuse or leave empty.
// Source: cloud-build-local:subst/subst.go and validate/validate.go; domain facts §3.2 and §3.3.
import type { Problem } from '@runbook/problem';
import { checkSubstitutionData } from './build-check.ts';
import type { ReportAt } from './build-fields.ts';
import { listTexts, mapTexts } from './build-texts.ts';
import { placeIn, type Cloudbuild, type SubstitutionOption } from './build.ts';
import { alwaysBuiltins, triggerBuiltins } from './builtins.ts';
import { checkExpanded } from './expanded-check.ts';
import { applyOperation, findVariables, replaceVariables } from './template.ts';

/** The values a build gets from outside. */
export interface SubstitutionValues {
  /** What `gcloud builds submit --substitutions` passes: names with `_`, or overridable built-ins. */
  readonly substitutions: Readonly<Record<string, string>>;
  /** Values of built-ins: PROJECT_ID, BUILD_ID, …. Trigger-only ones not given are empty, as in life. */
  readonly builtins: Readonly<Record<string, string>>;
}

/** A text after substitution. */
export interface SubstitutedText {
  readonly text: string;
  /** Names that stood in the text and have a value. */
  readonly used: readonly string[];
  /** Names that stood in the text and have none. */
  readonly missing: readonly string[];
}

/**
 * Substitutes variables in one text. `$$` becomes `$`. A trigger-only built-in without value becomes empty. Another name
 * without value becomes empty under ALLOW_LOOSE when it starts with `_`; else it stays as it is written, so that nobody
 * takes the text for complete.
 */
export function substituteText(text: string, values: Readonly<Record<string, string>>, mode: SubstitutionOption, dynamic = false): SubstitutedText {
  const used = new Set<string>();
  const missing = new Set<string>();
  const replaced = replaceVariables(text, dynamic, ({ name, operation }) => {
    const known = Object.hasOwn(values, name) ? values[name] : undefined;
    (known === undefined ? missing : used).add(name);
    const fallback = triggerBuiltins.includes(name) || (isUserKey(name) && (mode === 'ALLOW_LOOSE' || operation?.startsWith(':-') === true)) ? '' : undefined;
    const value = known ?? fallback;
    if (value === undefined || operation === undefined) return value;
    const operand = substituteText(operation, values, mode, dynamic);
    operand.used.forEach((other) => used.add(other));
    operand.missing.forEach((other) => missing.add(other));
    return applyOperation(value, operand.text);
  });
  return { text: replaced, used: [...used], missing: [...missing] };
}

/**
 * Expands a build. The problems hold what Cloud Build refuses (errors) and what it silently leaves empty (warnings);
 * `build` is expanded as far as possible either way.
 */
export function substitute(build: Cloudbuild, values: SubstitutionValues): { readonly build: Cloudbuild; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const report: ReportAt = (path, code, message, hint, severity = 'error') => {
    problems.push({ code, severity, message, hint, ...placeIn(build, path) });
  };
  const mode = build.options.substitutionOption;
  const dynamic = build.options.dynamicSubstitutions;
  checkSubstitutionData(values.substitutions, (key) => `substitutions.${key}`, report);
  const written = { ...build.substitutions, ...values.substitutions };
  const { resolved, used } = dynamic ? resolveValues(written, values.builtins, mode, report) : { resolved: written, used: new Set<string>() };
  const all = { ...values.builtins, ...resolved };
  const reported = new Set<string>();
  const expanded = mapTexts(build, (text, path) => {
    const result = substituteText(text, all, mode, dynamic);
    result.used.forEach((name) => used.add(name));
    for (const name of result.missing) {
      if (reported.has(name)) continue;
      reported.add(name);
      reportMissing(name, path, mode, report);
    }
    return result.text;
  });
  if (mode === 'MUST_MATCH' && !automaps(build)) reportUnused(Object.keys(written), used, report);
  checkExpanded(expanded, report);
  return { build: expanded, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
}

/** Names of variables a build's texts use, each with the first path that uses it. Values of dynamic ones included. */
export function listUsedNames(build: Cloudbuild): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const dynamic = build.options.dynamicSubstitutions;
  const visit = (text: string, path: string): void => {
    for (const { name, operation } of findVariables(text, dynamic)) {
      if (name !== undefined && !found.has(name)) found.set(name, path);
      if (operation !== undefined) visit(operation, path);
    }
  };
  for (const { text, path } of listTexts(build)) visit(text, path);
  if (dynamic) for (const [key, value] of Object.entries(build.substitutions)) visit(value, `substitutions.${key}`);
  return found;
}

/** True when some step gets every substitution as environment, which counts as using them. */
export function automaps(build: Cloudbuild): boolean {
  return build.options.automapSubstitutions || build.steps.some((step) => step.automapSubstitutions === true);
}

/** User values may name other values when dynamic substitutions are on; a circle is an error. */
function resolveValues(written: Readonly<Record<string, string>>, builtins: Readonly<Record<string, string>>, mode: SubstitutionOption, report: ReportAt): { resolved: Record<string, string>; used: Set<string> } {
  const resolved: Record<string, string> = {};
  const used = new Set<string>();
  const visiting = new Set<string>();
  const resolve = (key: string): string => {
    if (Object.hasOwn(resolved, key)) return resolved[key] ?? '';
    const text = written[key] ?? '';
    if (visiting.has(key)) {
      report(`substitutions.${key}`, 'circular-substitution', `the value of "${key}" refers to itself`, 'Break the circle.');
      return '';
    }
    visiting.add(key);
    const inner: Record<string, string> = {};
    for (const { name, operation } of findVariables(text, true)) {
      for (const other of [name, ...findVariables(operation ?? '', true).map((variable) => variable.name)]) {
        if (other !== undefined && Object.hasOwn(written, other)) inner[other] = resolve(other);
      }
    }
    const result = substituteText(text, { ...builtins, ...inner }, mode, true);
    result.used.forEach((name) => used.add(name));
    for (const name of result.missing) reportMissing(name, `substitutions.${key}`, mode, report);
    visiting.delete(key);
    resolved[key] = result.text;
    return result.text;
  };
  Object.keys(written).forEach(resolve);
  return { resolved, used };
}

function reportMissing(name: string, path: string, mode: SubstitutionOption, report: ReportAt): void {
  if (triggerBuiltins.includes(name)) {
    report(path, 'trigger-builtin', `$${name} is empty here: only builds started by a trigger have it`, 'Use $_GIT_TAG or $_PULL_BASE_REF, or pass a value.', 'warning');
  } else if (alwaysBuiltins.includes(name)) {
    report(path, 'builtin-not-given', `$${name} has no value here, so the text is left as it is`, `Give a value for ${name}.`, 'warning');
  } else if (!isUserKey(name)) {
    report(path, 'unknown-builtin', `key in the template "${name}" is not a valid built-in substitution`, `Write $$${name} when the shell should see it.`);
  } else if (mode === 'MUST_MATCH') {
    report(path, 'substitution-missing', `key in the template "${name}" is not matched in the substitution data`, `Declare ${name} under substitutions, or pass it.`);
  } else {
    report(path, 'substitution-missing', `key in the template "${name}" is not matched in the substitution data, so it becomes empty`, `Declare ${name} under substitutions, or pass it.`, 'warning');
  }
}

function reportUnused(keys: readonly string[], used: ReadonlySet<string>, report: ReportAt): void {
  for (const key of keys) {
    if (!used.has(key)) report(`substitutions.${key}`, 'substitution-unused', `key "${key}" in the substitution data is not matched in the template`, 'Use it, remove it, or set substitutionOption: ALLOW_LOOSE.');
  }
}

function isUserKey(name: string): boolean {
  return /^_[A-Z0-9_]+$/.test(name);
}
