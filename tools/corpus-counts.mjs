// Counts what the image-pushing jobs of kubernetes/test-infra do, as far as their files are at hand, beside what was counted by hand
// over all of them (2026). `npm run counts [FOLDER]`; the packages must be built.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseBuilderArgs } from '../packages/cloudbuild/dist/index.js';
import { jobsFor, parseJobs } from '../packages/prow-config/dist/index.js';

/** @typedef {import('../packages/prow-config/dist/index.js').Job} Job */

const folder = process.argv[2] ?? fileURLToPath(new URL('../../shared/corpus/prow/', import.meta.url));
if (!existsSync(folder)) {
  process.stderr.write(`skipped: ${folder} is absent\n`);
} else {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /image-pushing.*\.ya?ml$/.test(name)).sort();
  const jobs = names.flatMap((name) => parseJobs(readFileSync(join(folder, name), 'utf8'), name).jobs);
  print(names.length, count(jobs));
}

/**
 * What is counted, and the total over all files.
 * @param {readonly Job[]} jobs
 * @returns {readonly (readonly [what: string, here: number, documented: number])[]}
 */
function count(jobs) {
  const post = jobs.filter((job) => job.kind === 'postsubmit');
  /** @param {Job} job */
  const options = (job) => job.containers.filter(({ image }) => /(^|\/)image-builder(:|@|$)/.test(image)).map(({ args }) => parseBuilderArgs(args).options)[0];
  /** @param {Job} job */
  const args = (job) => job.containers.flatMap((container) => container.args);
  /** @param {string} flag */
  const withFlag = (flag) => post.filter((job) => args(job).some((arg) => arg === `--${flag}` || arg.startsWith(`--${flag}=`))).length;
  /** @param {Job} job */
  const runsForTag = (job) => jobsFor([job], { repo: job.repo ?? '', ref: 'refs/tags/v1.2.3' })[0]?.runs === true;
  /** @param {Job} job the same job without its rule on files */
  const wouldMatch = (job) => {
    const { runIfChanged: _, skipIfOnlyChanged: __, ...rest } = job;
    return runsForTag(rest);
  };
  const projects = (/** @type {string} */ name) => post.filter((job) => options(job)?.project === name).length;
  const patterns = (/** @type {(pattern: string) => boolean} */ is) => post.flatMap((job) => job.branches).filter(is).length;
  return [
    ['postsubmits', post.length, 202],
    ['periodics', jobs.filter((job) => job.kind === 'periodic').length, 32],
    ['postsubmits that a tag v1.2.3 starts', post.filter(runsForTag).length, 101],
    ['postsubmits with run_if_changed', post.filter((job) => job.runIfChanged !== undefined).length, 87],
    ['postsubmits that match tags, but for run_if_changed', post.filter((job) => job.runIfChanged !== undefined && wouldMatch(job)).length, 9],
    ['postsubmits without branches', post.filter((job) => job.branches.length === 0).length, 18],
    ['postsubmits with skip_branches and no branches', post.filter((job) => job.branches.length === 0 && job.skipBranches.length > 0).length, 18],
    ['jobs with rerun_auth_config', jobs.filter((job) => job.rerunAuth !== undefined).length, 84],
    ['different --project values', new Set(jobs.flatMap((job) => options(job)?.project ?? [])).size, 71],
    ['--project=k8s-staging-images', projects('k8s-staging-images'), 39],
    ['--project=k8s-staging-e2e-test-images', projects('k8s-staging-e2e-test-images'), 22],
    ['--project=k8s-staging-sig-storage', projects('k8s-staging-sig-storage'), 21],
    ['--project=k8s-staging-test-infra', projects('k8s-staging-test-infra'), 15],
    ['--env-passthrough', withFlag('env-passthrough'), 179],
    ['--env-passthrough=PULL_BASE_REF alone', post.filter((job) => options(job)?.envPassthrough.join(',') === 'PULL_BASE_REF').length, 119],
    ['--build-dir', withFlag('build-dir'), 75],
    ['--with-git-dir', withFlag('with-git-dir'), 64],
    ['--machine-type', withFlag('machine-type'), 21],
    ['--gcb-config', withFlag('gcb-config'), 11],
    ['--version-tag-filter', withFlag('version-tag-filter'), 2],
    ['branches: ^master$', patterns((pattern) => pattern === '^master$'), 120],
    ['branches: ^main$', patterns((pattern) => pattern === '^main$'), 92],
    ['branches that begin with ^release-', patterns((pattern) => pattern.startsWith('^release-')), 44],
  ];
}

/**
 * @param {number} files
 * @param {readonly (readonly [what: string, here: number, documented: number])[]} rows
 */
function print(files, rows) {
  const width = Math.max(...rows.map(([what]) => what.length));
  process.stdout.write(`${'image-pushing jobs'.padEnd(width)}  ${`${files} files`.padStart(9)}  all files\n`);
  for (const [what, here, documented] of rows) process.stdout.write(`${what.padEnd(width)}  ${String(here).padStart(9)}  ${String(documented).padStart(9)}\n`);
  // Counted over a part, no number can be above that over the whole.
  const above = rows.filter(([, here, documented]) => here > documented);
  for (const [what, here, documented] of above) process.stderr.write(`${what}: ${here} here, but ${documented} over all files\n`);
  if (above.length > 0) process.exitCode = 1;
}
