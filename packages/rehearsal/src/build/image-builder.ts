// image-builder, the program of every image-pushing job: reads its arguments, makes `_GIT_TAG`, submits one Cloud Build for each
// variant and writes its own log (TI:images/builder/main.go, domain facts §2). The build itself is in cloud-build.ts.
import { builderSubstitutions, gitTag, parseBuilderArgs, parseCloudbuild, parseVariants, substitute, substituteText } from '@runbook/cloudbuild';
import type { BuilderOptions, Cloudbuild } from '@runbook/cloudbuild';
import { hasErrors } from '@runbook/problem';
import type { Problem } from '@runbook/problem';
import type { Services } from '../services.ts';
import { countedUuid, runEnvironment } from '../prow/run.ts';
import type { ProwRun } from '../prow/run.ts';
import type { WorkResult } from '../prow/work.ts';
import { runCloudBuild } from './cloud-build.ts';
import type { BuildResult, DeclaredPushes } from './cloud-build.ts';
import { insidePath } from './context.ts';

interface Submission {
  readonly options: BuilderOptions;
  readonly commit: string;
  readonly file: string;
  readonly text: string;
  readonly buildDir: string;
  readonly substitutions: Readonly<Record<string, string>>;
}

/** Runs image-builder for an image-pushing job. */
export async function runImageBuilder(services: Services, run: ProwRun): Promise<WorkResult> {
  const started = run.pending ?? services.core.now();
  const stamp = new Date(started).toISOString().slice(0, 19).replace(/-/g, '/').replace('T', ' ');
  const log: string[] = [];
  const say = (text: string): void => void log.push(`${stamp} ${text}`);
  const fatal = (text: string, artifacts: Readonly<Record<string, string>> = {}): WorkResult => {
    say(text);
    return { passed: false, log: lines(log), artifacts };
  };
  const { options, problems } = parseBuilderArgs(run.container.args);
  if (options === undefined) return fatal(problems.map((problem) => problem.message).join('; '));
  const commit = run.checkout?.head;
  const buildDir = insidePath(options.buildDir);
  const file = insidePath(options.configDir, options.gcbConfig);
  say(`Build directory: ${options.buildDir}`);
  if (commit === undefined || buildDir === undefined || file === undefined) return fatal('Could not validate config directory');
  const text = await services.git.readFile(run.repo, commit, file);
  if (text === undefined) return fatal(`Config file ${options.gcbConfig} does not exist in ${options.configDir}`);
  if (options.scratchBucket === undefined) say('Skipping advance upload and relying on gcloud...');
  const tag = gitTag(run.describe ?? '', new Date(started).toISOString().slice(0, 10).replaceAll('-', ''));
  const variants = await variantsOf(services, run, commit, options);
  if ('failure' in variants) return fatal(variants.failure);

  const artifacts: Record<string, string> = {};
  const failures: string[] = [];
  const named = variants.names.length > 0;
  for (const [name, values] of named ? variants.names : [['build', undefined] as const]) {
    const substitutions = builderSubstitutions({ options, env: runEnvironment(run), gitTag: tag, ...(values === undefined ? {} : { variant: values }) });
    const result = await submit(services, run, { options, commit, file, text, buildDir, substitutions });
    // run.sh keeps gcloud's output apart unless LOG_TO_STDOUT is set.
    const apart = (run.container.env['LOG_TO_STDOUT'] ?? '') === '';
    if (apart) artifacts[`${name.replaceAll('/', '-')}.log`] = result.log;
    if (!apart || !result.ok) log.push(result.log.trimEnd());
    if (result.ok) continue;
    failures.push(`${named ? `job "${name}" failed: ` : ''}error running [gcloud builds submit --config ${file}]: exit status 1`);
  }
  if (failures.length > 0) return fatal(`Failed to run some build jobs: [${failures.join(' ')}]`, artifacts);
  const images = parseCloudbuild(text, file).build?.images ?? [];
  if (images.length > 0 && !named) {
    say('WARNING: the image built is not multi-arch, please amend this as soon as possible');
    say(`Successfully built image: ${images.join(' ')} `);
  }
  say('Finished.');
  return { passed: true, log: lines(log), artifacts };
}

function lines(log: readonly string[]): string {
  return `${log.join('\n')}\n`;
}

async function variantsOf(services: Services, run: ProwRun, commit: string, options: BuilderOptions): Promise<{ readonly names: readonly (readonly [string, Readonly<Record<string, string>>])[] } | { readonly failure: string }> {
  const path = insidePath(options.configDir, 'variants.yaml') ?? 'variants.yaml';
  const text = await services.git.readFile(run.repo, commit, path);
  if (text === undefined) return options.variant === undefined ? { names: [] } : { failure: `no variants.yaml found, but a build variant ("${options.variant}") was specified` };
  const { variants, problems } = parseVariants(text, path);
  if (variants === undefined) return { failure: `failed to load variants.yaml: ${problems.map((problem) => problem.message).join('; ')}` };
  if (options.variant === undefined) return { names: Object.entries(variants) };
  const chosen = Object.hasOwn(variants, options.variant) ? variants[options.variant] : undefined;
  return chosen === undefined ? { failure: `requested variant "${options.variant}", which is not present in variants.yaml` } : { names: [[options.variant, chosen]] };
}

/** `gcloud builds submit`, with the lines it prints. */
async function submit(services: Services, run: ProwRun, of: Submission): Promise<{ readonly ok: boolean; readonly log: string }> {
  const id = countedUuid(services.core, 'cloud-build');
  const project = of.options.project ?? 'k8s-staging-images';
  const region = of.options.region ?? 'global';
  const builtins = { PROJECT_ID: project, BUILD_ID: id, PROJECT_NUMBER: '123456789012', LOCATION: region };
  const parsed = parseCloudbuild(of.text, of.file);
  const replaced = parsed.build === undefined ? undefined : substitute(parsed.build, { substitutions: of.substitutions, builtins });
  const problems = [...parsed.problems, ...(replaced?.problems ?? [])];
  if (parsed.build === undefined || replaced === undefined || hasErrors(problems)) return { ok: false, log: `ERROR: (gcloud.builds.submit) INVALID_ARGUMENT: generic::invalid_argument: ${said(problems)}\n` };

  const values = { ...builtins, ...parsed.build.substitutions, ...of.substitutions };
  const result = await runCloudBuild(services, {
    repo: run.repo, commit: of.commit, buildDir: of.buildDir, file: of.file, build: replaced.build,
    declared: declaredFor(services, run.repo, of.file, parsed.build, values), fails: services.core.fault('build-fails'),
  });
  return { ok: result.ok, log: lines([...opening(id, project, region, of.options), ...result.lines, ...closing(services, run, id, of.options, result)]) };
}

function said(problems: readonly Problem[]): string {
  return problems.filter((problem) => problem.severity === 'error').map((problem) => problem.message).join(';');
}

function declaredFor(services: Services, repo: string, file: string, build: Cloudbuild, values: Readonly<Record<string, string>>): Record<string, DeclaredPushes> {
  const steps = services.core.config.builds[repo]?.[file] ?? {};
  return Object.fromEntries(Object.entries(steps).map(([index, { pushes }]) => [
    index,
    { pushes: pushes.map(({ image, platforms }) => ({ image: substituteText(image, values, 'ALLOW_LOOSE', build.options.dynamicSubstitutions).text, platforms })) },
  ]));
}

function opening(id: string, project: string, region: string, options: BuilderOptions): readonly string[] {
  return [
    `Created [https://cloudbuild.googleapis.com/v1/projects/${project}/locations/${region}/builds/${id}].`,
    `Logs are available at [ https://console.cloud.google.com/cloud-build/builds/${id}?project=123456789012 ].`,
    '----------------------------- REMOTE BUILD OUTPUT ------------------------------',
    `starting build "${id}"`,
    '',
    'FETCHSOURCE',
    `Fetching storage object: ${options.scratchBucket ?? `gs://${project}_cloudbuild`}/source/${id}.tgz`,
  ];
}

function closing(services: Services, run: ProwRun, id: string, options: BuilderOptions, result: BuildResult): readonly string[] {
  const created = run.pending ?? services.core.now();
  const seconds = Math.round((services.core.now() - created) / 1000);
  const duration = `${Math.floor(seconds / 60)}M${seconds % 60}S`;
  const source = `${options.scratchBucket ?? 'gs://cloudbuild'}/source/${id}.tgz`;
  if (!result.ok) return ['', `ERROR: (gcloud.builds.submit) build ${id} completed with status "FAILURE"`];
  return [
    '--------------------------------------------------------------------------------',
    'ID                                    CREATE_TIME                DURATION  SOURCE  IMAGES  STATUS',
    `${id}  ${new Date(created).toISOString().slice(0, 19)}+00:00  ${duration}  ${source}  ${result.pushed[0] ?? '-'}${result.pushed.length > 1 ? ` (+${result.pushed.length - 1} more)` : ''}  SUCCESS`,
  ];
}
