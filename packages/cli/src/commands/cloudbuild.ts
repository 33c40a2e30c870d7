// `runbook cloudbuild lint|images`: what a cloudbuild.yaml says before anybody builds it. Files are read, nothing is run.
import { builderSubstitutions, checkVariant, imagesPushed, lintCloudbuild, opaqueProblems, parseCloudbuild, parseVariants, substitute, type BuilderOptions, type Cloudbuild, type PushedImage, type Variants } from '@runbook/cloudbuild';
import { hasErrors, type Problem } from '@runbook/problem';
import { oneLine, renderProblems } from '@runbook/render';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readFault } from '../check/document-set.ts';
import { print, say, stderrStyle } from '../console.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { readBuilder, type JobFlags } from '../job-builder.ts';
import { readProblemFormat, showProblems } from '../problem-output.ts';

/** The flags of `cloudbuild lint`. */
export interface LintFlags {
  readonly config?: readonly string[];
  readonly job?: string;
  readonly staging?: string;
  readonly json?: boolean;
  readonly format?: string;
}

/** `cloudbuild lint`: what Cloud Build refuses, and what breaks between it and image-builder. 2 with an error. */
export async function cloudbuildLint(paths: readonly string[], flags: LintFlags): Promise<number> {
  const format = readProblemFormat(flags);
  const builder = await readBuilder(flags);
  const today = new Date().toISOString().slice(0, 10);
  const texts = new Map<string, string>();
  const problems: Problem[] = [...(builder?.problems ?? [])];
  for (const path of paths.flatMap(buildFiles)) {
    const text = readText(path);
    texts.set(path, text);
    const { build, problems: refused } = parseCloudbuild(text, path);
    const beside = readVariants(path, builder?.options);
    if (beside !== undefined) texts.set(beside.path, beside.text);
    problems.push(...refused, ...(beside?.problems ?? []));
    if (build === undefined) continue;
    const input = { file: path, today, ...(builder === undefined ? {} : { builder: builder.options }), ...(flags.staging === undefined ? {} : { stagingPrefix: flags.staging }) };
    problems.push(...lintCloudbuild(build, { ...input, ...(beside?.variants === undefined ? {} : { variants: beside.variants }) }));
  }
  return showProblems(format, problems, texts);
}

/** A file as it is, or the cloudbuild files below a folder. */
function buildFiles(path: string): readonly string[] {
  if (!existsSync(path)) throw new UsageError(`${path}: there is no such file or folder.`, exitCodes.failed);
  if (!statSync(path).isDirectory()) return [path];
  const found = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => /(?:^|\/)cloudbuild[\w.-]*\.ya?ml$/.test(name) && !/(?:^|\/)(?:node_modules|\.git)\//.test(name)).sort();
  if (found.length === 0) throw new UsageError(`${path}: it holds no cloudbuild.yaml.`, exitCodes.failed);
  return found.map((name) => join(path, name));
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new UsageError(`${path}: ${readFault(cause)}. Give the path of a cloudbuild.yaml.`, exitCodes.failed, { cause });
  }
}

/** The variants.yaml that image-builder reads beside the file; a variant that it asks for and that is not there is a problem. */
function readVariants(path: string, builder: BuilderOptions | undefined): { readonly path: string; readonly text: string; readonly variants?: Variants; readonly problems: readonly Problem[] } | undefined {
  const beside = join(dirname(path), 'variants.yaml');
  const wanted = builder?.variant;
  if (!existsSync(beside)) return wanted === undefined ? undefined : { path: beside, text: '', problems: checkVariant(wanted, undefined, beside) };
  const text = readText(beside);
  const { variants, problems } = parseVariants(text, beside);
  if (variants === undefined) return { path: beside, text, problems };
  return { path: beside, text, variants, problems: [...problems, ...checkVariant(wanted, variants, beside)] };
}

/** The flags of `cloudbuild images`. */
export interface ImagesFlags extends JobFlags {
  readonly substitution?: readonly string[];
  readonly project?: string;
  readonly json?: boolean;
}

/** Variables that Cloud Build sets itself; given as a substitution, they are taken for what it will set. */
const builtinNames: readonly string[] = ['PROJECT_ID', 'BUILD_ID', 'PROJECT_NUMBER', 'LOCATION'];

/** What the build of one variant pushes; of the file itself where there is none. */
interface Pushes {
  readonly images: readonly (PushedImage & { readonly variant?: string })[];
  readonly problems: readonly Problem[];
}

/** `cloudbuild images`: what a build pushes, as far as its file tells. A step that does not tell is a problem, never left out. */
export async function cloudbuildImages(path: string, more: readonly string[], flags: ImagesFlags): Promise<number> {
  const job = await readBuilder(flags);
  const values = readSubstitutions({ ...flags, substitution: [...(flags.substitution ?? []), ...more] }, job?.options);
  const texts = new Map([[path, readText(path)]]);
  const { build, problems: refused } = parseCloudbuild(texts.get(path) ?? '', path);
  const beside = job === undefined ? undefined : readVariants(path, job.options);
  if (beside !== undefined) texts.set(beside.path, beside.text);
  const wanted = Object.entries(beside?.variants ?? {}).filter(([name]) => job?.options.variant === undefined || job.options.variant === name);
  const builds = build === undefined ? [] : wanted.length === 0 ? [pushesOf(build, values, job?.options)] : wanted.map((variant) => pushesOf(build, values, job?.options, variant));
  const images = builds.flatMap((one) => one.images);
  const said = [...(job?.problems ?? []), ...refused, ...(beside?.problems ?? []), ...builds.flatMap((one) => one.problems)];
  const problems = [...new Map(said.map((problem) => [JSON.stringify(problem), problem])).values()].sort((a, b) => a.line - b.line || a.column - b.column);
  if (flags.json === true) print(JSON.stringify({ images: images.map((image) => image.reference), problems, pushes: images }, null, 2));
  else {
    for (const image of images) print(`${oneLine(image.reference)}  ${image.platforms?.map(oneLine).join(', ') ?? 'platforms not known'}  ${image.step === undefined ? 'from images:' : `step ${image.step}`}${image.variant === undefined ? '' : `  variant ${oneLine(image.variant)}`}`);
    say(problems.length > 0 ? renderProblems(problems, (file) => texts.get(file), stderrStyle()) : `${images.length} ${images.length === 1 ? 'image' : 'images'}`);
  }
  return hasErrors(problems) ? exitCodes.usage : exitCodes.done;
}

/** One build, with what image-builder hands to it where a job is known; what was given by hand wins. */
function pushesOf(build: Cloudbuild, values: Values, options: BuilderOptions | undefined, variant?: readonly [name: string, values: Readonly<Record<string, string>>]): Pushes {
  const { _GIT_TAG: gitTag, ...given } = values.substitutions;
  // names that the job passes are taken from those given by hand: their values come with the push
  const env = Object.fromEntries(Object.entries(given).map(([name, value]) => [name.slice(1), value]));
  const passed = options === undefined ? {} : builderSubstitutions({ options, env, gitTag: gitTag ?? build.substitutions['_GIT_TAG'] ?? '', ...(variant === undefined ? {} : { variant: variant[1] }) });
  const { build: expanded, problems } = substitute(build, { builtins: values.builtins, substitutions: { ...passed, ...values.substitutions } });
  const { images, opaque } = imagesPushed(expanded);
  return { images: images.map((image) => (variant === undefined ? image : { ...image, variant: variant[0] })), problems: [...problems, ...opaqueProblems(build, opaque)] };
}

interface Values {
  readonly substitutions: Readonly<Record<string, string>>;
  readonly builtins: Readonly<Record<string, string>>;
}

function readSubstitutions({ substitution = [], project: named }: ImagesFlags, job: BuilderOptions | undefined): Values {
  const project = named ?? job?.project;
  const builtins: Record<string, string> = project === undefined ? {} : { PROJECT_ID: project };
  const substitutions: Record<string, string> = {};
  for (const pair of substitution) {
    const at = pair.indexOf('=');
    if (at < 1) throw new UsageError(`--substitution ${pair}: expected NAME=VALUE, for example _GIT_TAG=v20260822-v1.2.3.`);
    const name = pair.slice(0, at);
    (builtinNames.includes(name) ? builtins : substitutions)[name] = pair.slice(at + 1);
  }
  return { substitutions, builtins };
}
