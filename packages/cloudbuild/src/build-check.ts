// Cloud Build's own rules on a build, before substitution. Messages are the facts users grep for.
// Source: cloud-build-local:validate/validate.go, domain facts §3.1 and §3.3.
import type { ReportAt } from './build-fields.ts';
import { limits, reservedVolumePaths } from './build-schema.ts';
import type { BuildStep, Cloudbuild, Volume } from './build.ts';

/** Reports everything Cloud Build would refuse in a build as it is written. */
export function checkBuild(build: Cloudbuild, report: ReportAt): void {
  if (build.timeoutSeconds > limits.timeoutSeconds) report('timeout', 'timeout-limit', 'timeout exceeds the timeout limit of 24h0m0s', 'Give at most 86400s.');
  if (build.timeoutSeconds < 0) report('timeout', 'timeout-limit', 'invalid timeout: timeout must be >=0', 'Give a positive number of seconds.');
  checkSubstitutionData(build.substitutions, (key) => `substitutions.${key}`, report);
  checkArtifacts(build, report);
  checkSteps(build, report);
  if (build.tags.length > limits.tags) report('tags', 'too-many', `number of tags ${build.tags.length} exceeded (max: ${limits.tags})`, 'Remove some.');
  if (build.logsBucket !== undefined && !build.logsBucket.startsWith('gs://')) report('logsBucket', 'bad-location', `logsBucket is ${JSON.stringify(build.logsBucket)}, expected a gs:// location`, "Begin it with 'gs://'.");
}

const overridable: readonly string[] = ['REPO_NAME', 'BRANCH_NAME', 'TAG_NAME', 'REVISION_ID', 'COMMIT_SHA', 'SHORT_SHA'];

/** Rules on substitution data, wherever it comes from. `pathOf` gives the path to report a key at. */
export function checkSubstitutionData(data: Readonly<Record<string, string>>, pathOf: (key: string) => string, report: ReportAt): void {
  const keys = Object.keys(data);
  if (keys.length > limits.substitutions) report('substitutions', 'too-many', `number of substitutions ${keys.length} exceeded (max: ${limits.substitutions})`, 'Remove some.');
  for (const key of keys) {
    if (key.length > limits.substitutionKeyLength) report(pathOf(key), 'too-long', `substitution key "${key}" too long (max: ${limits.substitutionKeyLength})`, 'Shorten it.');
    else if (!/^_[A-Z0-9_]+$/.test(key) && !overridable.includes(key)) {
      report(pathOf(key), 'substitution-key', `substitution key "${key}" does not respect format "^_[A-Z0-9_]+$" and is not an overridable built-in substitutions`, 'Begin it with "_" and use capitals.');
    }
    if ((data[key] ?? '').length > limits.substitutionValueLength) report(pathOf(key), 'too-long', `the substitution value of "${key}" is too long (max: ${limits.substitutionValueLength})`, 'Shorten it.');
  }
}

function checkArtifacts(build: Cloudbuild, report: ReportAt): void {
  const own = build.artifacts?.images ?? [];
  if (own.length > 0 && own.join('\n') !== build.images.join('\n')) report('artifacts.images', 'two-image-lists', 'cannot specify different .images and .artifacts.images', 'Keep one list.');
  if (build.images.length > limits.images) report('images', 'too-many', `cannot specify more than ${limits.images} images to build`, 'Split the build.');
  build.images.forEach((image, index) => {
    if (image.length > limits.imageLength) report(`images[${index}]`, 'too-long', `image ${index} too long (max: ${limits.imageLength})`, 'Shorten it.');
  });
  const objects = build.artifacts?.objects;
  if (objects === undefined) return;
  const at = 'artifacts.objects';
  if (objects.location === '') report(at, 'bad-location', '.artifacts.location field is empty', "Give a 'gs://' location.");
  else if (!objects.location.startsWith('gs://')) report(`${at}.location`, 'bad-location', `invalid .artifacts.location value ${JSON.stringify(objects.location)}; Google Cloud Storage URLs must begin with 'gs://'`, "Begin it with 'gs://'.");
  if (objects.paths.length === 0) report(at, 'artifact-paths', '.artifacts.paths field empty', 'Name the files.');
  if (objects.paths.length > limits.artifactPaths) report(`${at}.paths`, 'too-many', `.artifacts.paths field has length ${objects.paths.length}, but cannot specify more than ${limits.artifactPaths}`, 'Use patterns.');
  const blank = objects.paths.find((path) => /\s/.test(path));
  if (blank !== undefined) report(`${at}.paths`, 'artifact-paths', `.artifacts.paths ${JSON.stringify(blank)} contains whitespace`, 'Remove it.');
}

function checkSteps(build: Cloudbuild, report: ReportAt): void {
  if (build.steps.length === 0) report('steps', 'no-steps', 'no build steps are specified', 'Add a step.');
  if (build.steps.length > limits.steps) report('steps', 'too-many', `cannot specify more than ${limits.steps} build steps`, 'Join some.');
  const known = new Set(['-']);
  build.steps.forEach((step, index) => {
    const at = `steps[${index}]`;
    checkStepLimits(step, index, report);
    const named = step.id === undefined ? `build step #${index}` : `build step #${index} - "${step.id}"`;
    for (const id of step.waitFor) {
      if (!known.has(id)) report(`${at}.waitFor`, 'unknown-step', `${named} depends on "${id}", which has not been defined`, 'Name an earlier step.');
    }
    if (step.id !== undefined && step.id !== '') {
      if (known.has(step.id)) report(`${at}.id`, 'duplicate-id', `${named}: the ID is not unique`, 'Give each step its own id.');
      known.add(step.id);
    }
    checkStepTimeout(build, step, index, report);
    checkVolumes(step.volumes, `${at}.volumes`, report);
    if (step.script !== undefined && (step.args.length > 0 || step.entrypoint !== undefined)) report(`${at}.script`, 'script-with-args', `${named} has a script together with args or entrypoint`, 'Keep the script, or args and entrypoint.');
  });
  checkVolumeUse(build, report);
}

function checkStepLimits(step: BuildStep, index: number, report: ReportAt): void {
  const at = `steps[${index}]`;
  if (step.name === '') report(at, 'no-builder', `build step ${index} must specify name`, 'Name the builder image.');
  if (step.name.length > limits.stepNameLength) report(`${at}.name`, 'too-long', `build step ${index} name too long (max: ${limits.stepNameLength})`, 'Shorten it.');
  if (step.args.length > limits.argsPerStep) report(`${at}.args`, 'too-many', `build step ${index} too many args (max: ${limits.argsPerStep})`, 'Use a script.');
  step.args.forEach((arg, n) => {
    if (arg.length > limits.argLength) report(`${at}.args[${n}]`, 'too-long', `build step ${index} arg ${n} too long (max: ${limits.argLength})`, 'Use a script.');
  });
  if ((step.dir ?? '').length > limits.dirLength) report(`${at}.dir`, 'too-long', `build step ${index} dir too long (max: ${limits.dirLength})`, 'Shorten it.');
  if (step.env.length > limits.envsPerStep) report(`${at}.env`, 'too-many', `invalid .steps.env field: build step ${index} too many envs (max: ${limits.envsPerStep})`, 'Remove some.');
  step.env.forEach((entry, n) => {
    if (!entry.includes('=')) report(`${at}.env[${n}]`, 'bad-env', `build step #${index} - "${step.id ?? ''}": the Env entry "${entry}" must be of the form "KEY=VALUE"`, 'Add "=".');
    if (entry.length > limits.envLength) report(`${at}.env[${n}]`, 'too-long', `invalid .steps.env field: build step ${index} env ${n} too long (max: ${limits.envLength})`, 'Shorten it.');
  });
}

function checkStepTimeout(build: Cloudbuild, step: BuildStep, index: number, report: ReportAt): void {
  const seconds = step.timeoutSeconds;
  if (seconds === undefined) return;
  const whole = build.timeoutStated ? build.timeoutSeconds : limits.timeoutSeconds;
  const prefix = `invalid .timeout in build step #${index}: build step timeout`;
  if (seconds < 0) report(`steps[${index}].timeout`, 'timeout-limit', `${prefix} must be >0`, 'Give a positive number of seconds.');
  else if (seconds > whole) report(`steps[${index}].timeout`, 'timeout-limit', `${prefix} ${seconds}s must be <= build timeout ${whole}s`, 'Raise the timeout of the build.');
}

function checkVolumes(volumes: readonly Volume[], at: string, report: ReportAt): void {
  const seen = new Set<string>();
  for (const { name, path } of volumes) {
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) report(at, 'bad-volume', `volume name ${JSON.stringify(name)} does not match "^[a-zA-Z0-9][a-zA-Z0-9_.-]+$"`, 'Rename it.');
    if (!path.startsWith('/')) report(at, 'bad-volume', `path ${JSON.stringify(path)} is not valid, must be absolute`, 'Begin it with "/".');
    if (reservedVolumePaths.includes(path.replace(/\/+$/, ''))) report(at, 'bad-volume', `path ${JSON.stringify(path)} is reserved`, 'Use another path.');
    if (path.startsWith('/cloudbuild/')) report(at, 'bad-volume', `volume path ${JSON.stringify(path)} cannot start with /cloudbuild/`, 'Use another path.');
    if (seen.has(`name ${name}`)) report(at, 'bad-volume', `volume name ${JSON.stringify(name)} is defined in more than one volume entry`, 'Keep one.');
    if (seen.has(`path ${path}`)) report(at, 'bad-volume', `volume path ${JSON.stringify(path)} is defined in more than one volume entry`, 'Keep one.');
    seen.add(`name ${name}`).add(`path ${path}`);
  }
}

function checkVolumeUse(build: Cloudbuild, report: ReportAt): void {
  const used = new Map<string, number[]>();
  build.steps.forEach((step, index) => {
    for (const volume of step.volumes) used.set(volume.name, [...(used.get(volume.name) ?? []), index]);
  });
  for (const [name, steps] of used) {
    if (steps.length === 1) report(`steps[${steps[0] ?? 0}].volumes`, 'bad-volume', `Volume ${JSON.stringify(name)} is only used by one step`, 'Remove it, or use it in another step.');
  }
}
