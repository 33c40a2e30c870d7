// What a maintainer should know about a cloudbuild.yaml before a release depends on it. Judges the file as written,
// with the arguments of the job that submits it. What cannot be known is not judged.
// Source of the list: domain facts §3.4 and §2.5.
import type { Place, Problem } from '@runbook/problem';
import { placeIn, type Cloudbuild } from './build.ts';
import { listTexts } from './build-texts.ts';
import { builderSubstitutions, type BuilderOptions } from './builder.ts';
import { alwaysBuiltins, triggerBuiltins } from './builtins.ts';
import { checkExpanded } from './expanded-check.ts';
import type { ProblemCode } from './problem-code.ts';
import { imagesPushed, type ImagesPushed } from './pushed-images.ts';
import { automaps, listUsedNames, substitute } from './substitution.ts';
import { findVariables } from './template.ts';
import type { Variants } from './variants.ts';

/** What the lint may know besides the file. */
export interface BuildLintInput {
  /** The file name problems are reported at. */
  readonly file: string;
  /** The job's arguments to image-builder; without them, what it passes is not judged. */
  readonly builder?: BuilderOptions;
  /** The variants.yaml beside the file. */
  readonly variants?: Variants;
  /** Where images should go: `gcr.io/k8s-staging-x` or `us-central1-docker.pkg.dev/k8s-staging-images/x`. */
  readonly stagingPrefix?: string;
  /** YYYY-MM-DD; without it the age of pinned builders is not judged. */
  readonly today?: string;
}

/** Days after which images of a staging repository are deleted (K#525, K#8009). */
const stagingDays = 90;

type Warn = (path: string, code: ProblemCode, message: string, hint: string, severity?: Problem['severity']) => void;

/** The useful warnings of domain facts §3.4, and the errors that image-builder's own substitutions cause. */
export function lintCloudbuild(build: Cloudbuild, input: BuildLintInput): readonly Problem[] {
  const problems: Problem[] = [];
  const warn: Warn = (path, code, message, hint, severity = 'warning') => {
    const place: Place = { ...placeIn(build, path), file: input.file };
    problems.push({ code, severity, message, hint, ...place });
  };
  const expanded = expandForLint(build, input);
  const pushed = imagesPushed(expanded.build);
  problems.push(...refusedNames(build, input, expanded.problems));
  lintOperators(build, warn);
  lintNames(build, input, warn);
  lintPassed(build, input, warn);
  lintImages(build, pushed, warn);
  lintTimeout(build, pushed, warn);
  lintBuilderAge(build, input.today, warn);
  lintTarget(pushed, input, warn);
  lintPlatforms(pushed, warn);
  lintScripts(build, warn);
  return problems.sort((a, b) => a.line - b.line || a.column - b.column);
}

/** The build with stand-ins for values only the real build has; of several variants, as the first. */
function expandForLint(build: Cloudbuild, input: BuildLintInput): ReturnType<typeof substitute> {
  const { builder } = input;
  const variant = chosenVariants(input)[0];
  const passed = builder === undefined ? {} : builderSubstitutions({ options: builder, env: Object.fromEntries(builder.envPassthrough.map((name) => [name, name.toLowerCase()])), gitTag: 'git-tag', ...(variant === undefined ? {} : { variant: variant[1] }) });
  const builtins = { BUILD_ID: 'build-id', LOCATION: 'global', PROJECT_NUMBER: '0', ...(builder?.project === undefined ? {} : { PROJECT_ID: builder.project }) };
  return substitute(build, { substitutions: passed, builtins });
}

/** Names that Cloud Build refuses. Without the job only those that no variable has a part in: it may pass what is missing here. */
function refusedNames(build: Cloudbuild, { file, builder }: BuildLintInput, problems: readonly Problem[]): readonly Problem[] {
  const found: Problem[] = [];
  if (builder === undefined) checkExpanded(build, (path, code, message, hint, severity = 'error') => found.push({ code, severity, message, hint, ...placeIn(build, path) }));
  else found.push(...problems.filter(({ code }) => code === 'bad-image-name' || code === 'bad-build-tag'));
  return found.map((problem) => ({ ...problem, file }));
}

/** `${_X:-d}` is what Cloud Build passes on as it is, unless dynamic substitutions are on (domain facts §3.2); a script may have it in its environment. */
function lintOperators(build: Cloudbuild, warn: Warn): void {
  if (build.options.dynamicSubstitutions) return;
  const given = new Set([...build.options.env, ...build.steps.flatMap((step) => step.env)].map((entry) => entry.split('=', 1)[0]));
  for (const { text, path } of listTexts(build)) {
    const [, written, name] = /(?<!\$)(?:\$\$)*(\$\{(_[A-Z0-9_]+)(?:[:%#/]|,,|\^\^)[^}]*\})/.exec(text) ?? [];
    if (written !== undefined && !given.has(name ?? '')) warn(path, 'dynamic-off', `${written} is left as it is: Cloud Build knows operators only with dynamic substitutions`, 'Set options.dynamicSubstitutions: true, or write the plain variable.');
  }
}

function lintNames(build: Cloudbuild, input: BuildLintInput, warn: Warn): void {
  const passed = passedNames(input);
  const loose = build.options.substitutionOption === 'ALLOW_LOOSE';
  for (const [name, path] of listUsedNames(build)) {
    if (Object.hasOwn(build.substitutions, name) || alwaysBuiltins.includes(name)) continue;
    if (triggerBuiltins.includes(name)) {
      warn(path, 'trigger-builtin', `$${name} is empty in builds that Prow starts: only builds started by a trigger have it`, 'Use $_GIT_TAG or $_PULL_BASE_REF.');
    } else if (!/^_[A-Z0-9_]+$/.test(name)) {
      warn(path, 'unescaped-variable', `$${name} is read by Cloud Build, which does not know it and refuses the build`, `Write $$${name} when the shell should see it.`, 'error');
    } else if (passed !== undefined && !passed.has(name)) {
      warn(path, 'undeclared-substitution', `${name} is neither declared under substitutions nor passed by the job${loose ? ', so it is empty' : ''}`, `Declare ${name}, or pass it with --env-passthrough.`, loose ? 'warning' : 'error');
    } else if (name !== '_GIT_TAG' && passed === undefined) {
      warn(path, 'undeclared-substitution', `${name} is not declared under substitutions`, `Declare ${name} with a default.`);
    }
  }
}

/** Names the job passes; undefined when the job is not known. */
function passedNames(input: BuildLintInput): ReadonlySet<string> | undefined {
  const { builder } = input;
  if (builder === undefined) return undefined;
  return new Set(['_GIT_TAG', ...builder.envPassthrough.map((name) => `_${name}`), ...chosenVariants(input).flatMap(([, values]) => Object.keys(values).map((key) => `_${key}`))]);
}

/** The variants that the job builds. */
function chosenVariants({ builder, variants = {} }: BuildLintInput): readonly (readonly [name: string, values: Readonly<Record<string, string>>])[] {
  return Object.entries(variants).filter(([name]) => builder?.variant === undefined || builder.variant === name);
}

function lintPassed(build: Cloudbuild, input: BuildLintInput, warn: Warn): void {
  const passed = passedNames(input);
  if (passed === undefined || build.options.substitutionOption === 'ALLOW_LOOSE' || automaps(build)) return;
  const used = listUsedNames(build);
  for (const name of passed) {
    if (!used.has(name)) warn('options', 'passed-but-unused', `image-builder passes ${name}, the file does not use it, and unmatched substitutions are refused`, 'Set substitutionOption: ALLOW_LOOSE, or use it.', 'error');
  }
}

function lintImages(build: Cloudbuild, pushed: ImagesPushed, warn: Warn): void {
  if (build.images.length === 0) return;
  const byStep = pushed.images.find((image) => image.step !== undefined);
  const unbuilt = pushed.images.some((image) => image.step === undefined && image.platforms === undefined);
  const hidden = unbuilt ? pushed.opaque[0] : undefined;
  const after = 'Cloud Build then looks for the images in the local docker and fails with "failed to find one or more images"';
  if (byStep !== undefined) warn('images', 'images-with-push', `step ${byStep.step ?? 0} already pushes ${byStep.reference}, but images: is set; ${after} when they are not there`, 'Remove images: when the steps push.');
  else if (hidden !== undefined) warn('images', 'images-with-push', `images: is set, but step ${hidden.step} may build and push by itself (${hidden.why.replace(/\.$/, '')}); ${after} when they are not there`, 'Remove images: when the steps push.');
  else if (unbuilt) {
    const missing = pushed.images.find((image) => image.step === undefined && image.platforms === undefined);
    warn('images', 'image-not-built', `no step builds ${missing?.reference ?? ''} under that name; ${after}`, 'Build it with that tag, or correct images:.');
  }
}

function lintTimeout(build: Cloudbuild, pushed: ImagesPushed, warn: Warn): void {
  if (build.timeoutStated) return;
  const many = pushed.images.find((image) => (image.platforms?.length ?? 0) > 1);
  const slow = build.steps.findIndex((step) => /gcb-docker-gcloud|buildx|qemu/.test([step.name, step.entrypoint ?? '', ...step.args].join(' ')));
  if (many === undefined && slow === -1) return;
  warn(`steps[${many?.step ?? Math.max(slow, 0)}]`, 'timeout-missing', 'the build emulates other platforms or calls buildx, and without timeout: it is stopped after 10 minutes', "Set timeout: '3600s'.");
}

function lintBuilderAge(build: Cloudbuild, today: string | undefined, warn: Warn): void {
  const now = today === undefined ? Number.NaN : daysOf(today.replaceAll('-', ''));
  if (Number.isNaN(now)) return;
  build.steps.forEach((step, index) => {
    const match = /^gcr\.io\/k8s-staging-[^/]+\/[^:@]+:v(\d{8})-/.exec(step.name);
    const age = now - daysOf(match?.[1] ?? '');
    if (age > stagingDays) warn(`steps[${index}].name`, 'stale-builder', `the builder ${step.name} is ${age} days old, and staging images are deleted after ${stagingDays} days`, 'Use a newer tag, or an image of registry.k8s.io.');
  });
}

/** Days since the epoch of a YYYYMMDD; NaN when it is not one. */
function daysOf(date: string): number {
  const match = /^(\d{4})(\d{2})(\d{2})$/.exec(date);
  return match === null ? Number.NaN : Math.round(Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])) / 86_400_000);
}

function lintTarget(pushed: ImagesPushed, { stagingPrefix, builder }: BuildLintInput, warn: Warn): void {
  const project = builder?.project;
  for (const { reference, step } of pushed.images) {
    const path = step === undefined ? 'images' : `steps[${step}]`;
    if (stagingPrefix !== undefined) {
      if (!reference.startsWith(`${stagingPrefix.replace(/\/+$/, '')}/`)) warn(path, 'other-repository', `${reference} is not under the staging repository ${stagingPrefix}`, 'Correct the image name, or the --project of the job.');
    } else if (project !== undefined && !reference.split('/').includes(project)) {
      warn(path, 'other-repository', `${reference} does not lie in the project ${project} the job builds in`, 'Use $PROJECT_ID in the image name, or correct the --project of the job.');
    }
  }
}

function lintPlatforms(pushed: ImagesPushed, warn: Warn): void {
  const single = pushed.images.filter((image) => image.platforms?.length === 1);
  for (const { reference, step, platforms } of single.slice(0, 1)) {
    warn(step === undefined ? 'images' : `steps[${step}]`, 'single-platform', `${reference} is built for ${platforms?.[0] ?? ''} only, and the promotion check wants images for several platforms`, 'Build with docker buildx and --platform, and --push.');
  }
}

/** A script sees no substitutions unless they are mapped into its environment. */
function lintScripts(build: Cloudbuild, warn: Warn): void {
  build.steps.forEach((step, index) => {
    if (step.script === undefined || automaps(build)) return;
    const given = new Set([...build.options.env, ...step.env].map((entry) => entry.split('=', 1)[0]));
    const name = findVariables(step.script, false).find((variable) => variable.name?.startsWith('_') === true && !given.has(variable.name))?.name;
    if (name !== undefined) warn(`steps[${index}].script`, 'script-substitution', `the script uses $${name}, but substitutions do not reach scripts by themselves`, 'Set automapSubstitutions: true, or pass it in env.');
  });
}
