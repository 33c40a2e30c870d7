// `runbook prow jobs` and `prow lint`: what a Prow job config says, read from files. Nothing is asked of Prow itself.
import { describeArgs, gitTag, type BuilderOptions } from '@runbook/cloudbuild';
import { hasErrors, type Problem } from '@runbook/problem';
import { jobsFor, lintJobs, type JobDecision } from '@runbook/prow-config';
import { oneLine, renderProblems } from '@runbook/render';
import { builderOf, expectGitTag, openGit, readJobFiles, type JobFiles } from '@runbook/toolkit';
import { readFault } from '../check/document-set.ts';
import { print, say, stderrStyle, stdoutStyle } from '../console.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { readProblemFormat, showProblems } from '../problem-output.ts';

/** The flags of `runbook prow jobs`. */
export interface JobsFlags {
  readonly config: readonly string[];
  readonly repo: string;
  readonly ref: string;
  readonly changed?: readonly string[];
  readonly tags?: string;
  readonly source?: string;
  readonly json?: boolean;
}

/** One job of the answer (DESIGN §6). `undecided` is there when nobody can tell whether the job runs. */
interface ShownJob {
  readonly name: string;
  readonly type: string;
  readonly file: string;
  readonly runs: boolean;
  readonly reason: string;
  readonly gitTag?: string;
  readonly undecided?: true;
}

/** `prow jobs`: which jobs a push starts, and why. 2 when a file that may hold such jobs is broken. */
export async function prowJobs(flags: JobsFlags): Promise<number> {
  const push = readPush(flags);
  const read = await readConfig(flags.config, flags.repo);
  const tagOf = createTagger(flags);
  const jobs: ShownJob[] = [];
  for (const decision of jobsFor(read.jobs, push)) jobs.push(await shownJob(decision, tagOf));
  if (flags.json === true) print(JSON.stringify({ jobs }, null, 2));
  else print(renderJobs(jobs, flags));
  // A pattern that cannot be read is told as the reason of its job; Prow may well take it.
  const errors = read.problems.filter(({ severity, code }) => severity === 'error' && code !== 'bad-pattern');
  if (errors.length > 0) say(`${renderProblems(errors, (file) => read.texts.get(file), stderrStyle())}Jobs of these files may be missing here.`);
  if (jobs.length === 0) say(`${read.files} ${read.files === 1 ? 'file has' : 'files have'} no postsubmit for ${oneLine(flags.repo)}.`);
  return hasErrors(errors) ? exitCodes.usage : exitCodes.done;
}

function readPush({ repo, ref, changed, tags }: JobsFlags): Parameters<typeof jobsFor>[1] {
  if (!/^[\w.-]+\/[\w.-]+$/.test(repo)) throw new UsageError(`--repo ${repo}: expected ORG/REPO, for example kubernetes-sigs/apisnoop.`);
  if (!/^refs\/(?:heads|tags)\/./.test(ref)) throw new UsageError(`--ref ${ref}: expected the whole name, refs/tags/${/^[^/]+$/.test(ref) ? ref : 'v1.2.3'} or refs/heads/main.`);
  const tagsInPush = tags === undefined ? undefined : Number(tags);
  if (tagsInPush !== undefined && !(Number.isInteger(tagsInPush) && tagsInPush > 0)) throw new UsageError(`--tags ${tags ?? ''}: expected how many tags are pushed at once.`);
  return { repo, ref, ...(changed === undefined ? {} : { changedFiles: changed }), ...(tagsInPush === undefined ? {} : { tagsInPush }) };
}

/** Reads job config. @throws UsageError when a path cannot be read */
export async function readConfig(paths: readonly string[], repo?: string): Promise<JobFiles> {
  try {
    return await readJobFiles(paths, repo);
  } catch (cause) {
    if (!(cause instanceof Error && 'syscall' in cause)) throw cause;
    throw new UsageError(`${'path' in cause && typeof cause.path === 'string' ? cause.path : paths.join(', ')}: ${readFault(cause)}. Give a job config file, or a folder of them such as test-infra/config/jobs.`, undefined, { cause });
  }
}

type Tagger = (options: BuilderOptions) => Promise<string | undefined>;

/** `_GIT_TAG` of a build that starts today (UTC): of a tag by its name, of a branch by what git says in a clone. */
function createTagger({ ref, source }: JobsFlags): Tagger {
  const date = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  const tag = /^refs\/tags\/(.+)$/.exec(ref)?.[1];
  return async (options) => {
    const known = tag === undefined ? undefined : expectGitTag(options, tag, date);
    if (known !== undefined || source === undefined) return known;
    const args = describeArgs(options).filter((arg) => arg !== '--dirty');
    try {
      return gitTag(await openGit(source).read([...args, 'HEAD']), date);
    } catch (cause) {
      throw new UsageError(`--source ${source}: ${cause instanceof Error ? cause.message : String(cause)}. Give a clone of the repository.`, undefined, { cause });
    }
  };
}

async function shownJob({ job, runs, reason, undecided }: JobDecision, tagOf: Tagger): Promise<ShownJob> {
  const options = runs ? builderOf(job)?.options : undefined;
  const tag = options === undefined ? undefined : await tagOf(options);
  return { name: job.name, type: job.kind, file: job.file, runs, reason, ...(tag === undefined ? {} : { gitTag: tag }), ...(undecided === undefined ? {} : { undecided }) };
}

function renderJobs(jobs: readonly ShownJob[], { repo, ref }: JobsFlags): string {
  const { palette } = stdoutStyle();
  const lines = jobs.flatMap((job) => {
    const word = job.runs ? palette.green('runs     ') : job.undecided === true ? palette.yellow('undecided') : palette.dim('idle     ');
    return [
      `${word} ${palette.bold(oneLine(job.name))}  ${palette.dim(oneLine(job.file))}`,
      `          ${oneLine(job.reason)}`,
      ...(job.gitTag === undefined ? [] : [`          _GIT_TAG is ${oneLine(job.gitTag)} when the build starts today (UTC)`]),
    ];
  });
  const count = (what: (job: ShownJob) => boolean): number => jobs.filter(what).length;
  const open = count((job) => job.undecided === true);
  return [...lines, `${oneLine(repo)} ${oneLine(ref)}: ${count((job) => job.runs)} of ${jobs.length} postsubmits run${open === 0 ? '' : `, ${open} undecided`}`].join('\n');
}

/** `prow lint`: what Prow refuses in job config files, and what it takes although it hardly is what was meant. */
export async function prowLint(paths: readonly string[], flags: { readonly json?: boolean; readonly format?: string }): Promise<number> {
  const format = readProblemFormat(flags);
  const { jobs, problems, texts } = await readConfig(paths);
  const builders = jobs.flatMap((job): readonly Problem[] => builderOf(job)?.problems ?? []);
  const all = [...problems, ...lintJobs(jobs), ...builders].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column);
  return showProblems(format, all, texts);
}
