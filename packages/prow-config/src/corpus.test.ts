// The real files of kubernetes/test-infra, where they are at hand.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseJobs } from './job-file.ts';
import { mayHoldJobsOf } from './mention.ts';
import { jobsFor } from './trigger.ts';
import type { Job } from './job.ts';

const folder = fileURLToPath(new URL('../../../../shared/corpus/prow/', import.meta.url));
const present = existsSync(folder);
if (!present) console.warn(`skipped: ${folder} is absent`);

describe.skipIf(!present)('the corpus of job configs', () => {
  const files = present ? readdirSync(folder).filter((name) => name.endsWith('.yaml')) : [];
  const parsed = files.map((file) => parseJobs(readFileSync(`${folder}${file}`, 'utf8'), file));
  const jobs: readonly Job[] = parsed.flatMap((one) => one.jobs);

  test('every file parses without a problem', () => {
    expect(parsed.flatMap((one) => one.problems)).toEqual([]);
    expect(jobs.length).toBeGreaterThan(100);
  });

  test('no decision about a tag is left open, and only some jobs run for one', () => {
    const pushing = jobs.filter((job) => job.kind === 'postsubmit' && job.file.includes('image-pushing'));
    const tagged = pushing.filter((job) => jobsFor([job], { repo: job.repo ?? '', ref: 'refs/tags/v1.2.3' })[0]?.runs === true);
    const undecided = pushing.filter((job) => jobsFor([job], { repo: job.repo ?? '', ref: 'refs/tags/v1.2.3' })[0]?.undecided === true);
    expect(undecided).toEqual([]);
    console.warn(`corpus: ${tagged.length} of ${pushing.length} image-pushing postsubmits run for v1.2.3 (domain facts §1.4 count 101 of 202 over all files)`);
    expect(tagged.length).toBeGreaterThan(0);
    expect(tagged.length).toBeLessThan(pushing.length);
  });

  // Documented totals are over more files than are here; those of three projects are here as a whole. `npm run counts` shows all.
  test.each([['e2e-test-images', 22], ['sig-storage', 21], ['test-infra', 15]])('as many postsubmits build in k8s-staging-%s as documented', (project, documented) => {
    if (!files.some((file) => file.endsWith(`__k8s-staging-${project}.yaml`))) return;
    const building = jobs.filter((job) => job.kind === 'postsubmit' && job.file.includes('image-pushing') && job.containers.some(({ args }) => args.includes(`--project=k8s-staging-${project}`)));
    expect(building).toHaveLength(documented);
  });

  test('the four jobs of kind match tags and never run for one, because they look at changed files', () => {
    const decisions = jobsFor(jobs, { repo: 'kubernetes-sigs/kind', ref: 'refs/tags/v0.30.0' });
    expect(decisions.filter(({ reason }) => reason.includes('a tag push carries no changed files')).map(({ job }) => job.name)).toHaveLength(4);
  });

  test('files that cannot hold jobs of a repository really hold none', () => {
    const repos = new Set(jobs.flatMap((job) => job.repo ?? []));
    const texts = files.map((file) => readFileSync(`${folder}${file}`, 'utf8'));
    let spared = 0;
    for (const repo of repos) {
      texts.forEach((text, index) => {
        if (mayHoldJobsOf(text, repo)) return;
        spared += 1;
        expect(parsed[index]?.jobs.some((job) => job.repo === repo)).toBe(false);
      });
    }
    expect(spared).toBeGreaterThan(repos.size * files.length * 0.5);
  });

  test('APISnoop builds on main only: a tag starts nothing', () => {
    const own = (ref: string) => jobsFor(jobs, { repo: 'kubernetes-sigs/apisnoop', ref }).map((decision) => [decision.job.name, decision.runs]);
    expect(own('refs/tags/v0.3.0')).toEqual([['apisnoop-push-auditlogger-images', false], ['apisnoop-push-snoopdb-images', false]]);
    expect(own('refs/heads/main')).toEqual([['apisnoop-push-auditlogger-images', true], ['apisnoop-push-snoopdb-images', true]]);
  });

  test('agent-sandbox builds on branches and tags, not on dependabot', () => {
    const own = (ref: string) => jobsFor(jobs, { repo: 'kubernetes-sigs/agent-sandbox', ref }).map((decision) => decision.runs);
    expect(own('refs/tags/v0.2.0')).toEqual([true]);
    expect(own('refs/heads/main')).toEqual([true]);
    expect(own('refs/heads/dependabot/npm')).toEqual([false]);
  });

  test('the promotion jobs are as documented', () => {
    const promo = jobs.find((job) => job.name === 'post-k8sio-image-promo');
    expect(promo).toMatchObject({ kind: 'postsubmit', repo: 'kubernetes/k8s.io', maxConcurrency: 1, jobQueueName: 'k8sio-image-promo', decorationTimeout: '4h' });
    expect(promo?.rerunAuth?.teams.map((team) => team.slug)).toEqual(['sig-k8s-infra-leads', 'sig-testing-leads', 'sig-release-leads', 'release-managers']);
    const file = 'registry.k8s.io/images/k8s-staging-apisnoop/images.yaml';
    const runs = jobsFor(jobs, { repo: 'kubernetes/k8s.io', ref: 'refs/heads/main', changedFiles: [file] }).filter((decision) => decision.runs);
    expect(runs.map((decision) => decision.job.name)).toContain('post-k8sio-image-promo');
    expect(runs.map((decision) => decision.job.name)).not.toContain('post-k8sio-file-promo');
  });
});
