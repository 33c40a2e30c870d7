// What must hold after a release, for foreign eyes. Only tests use it.
import { expect } from 'vitest';
import type { World } from '@runbook/rehearsal';
import { digestAt, gitIn, githubJson } from './foreign-eyes.ts';

/** What was to be released. */
export interface Release {
  readonly project: string;
  readonly images: readonly string[];
  readonly version: string;
  readonly fork: string;
  readonly staging: string;
}

/** Destinations of the manifest as it stands on main, read with a line pattern and not with our parser. */
export function productionOf(opened: World, project: string): string[] {
  const text = gitIn(opened, 'kubernetes/k8s.io', 'show', `main:registry.k8s.io/manifests/k8s-staging-${project}/promoter-manifest.yaml`);
  return [...text.matchAll(/^\s*- name: (\S*k8s-artifacts-prod\S*)$/gm)].map((found) => found[1] ?? '');
}

/** Tag, pull request, staging, production, GitHub release and ledger of a finished release. */
export async function expectReleased(opened: World, release: Release): Promise<void> {
  const repo = `kubernetes-sigs/${release.project}`;
  // the tag, annotated, at main
  expect(gitIn(opened, repo, 'cat-file', '-t', `refs/tags/${release.version}`)).toBe('tag');
  expect(gitIn(opened, repo, 'rev-parse', `refs/tags/${release.version}^{commit}`)).toBe(gitIn(opened, repo, 'rev-parse', 'refs/heads/main'));
  // exactly one pull request, merged, whose diff is exactly the added lines
  const pulls = (await githubJson(opened, '/repos/kubernetes/k8s.io/pulls?state=all&per_page=100')) as { number: number; merged_at: string | null; merge_commit_sha: string; user: { login: string }; head: { label: string } }[];
  expect(pulls).toHaveLength(1);
  expect(pulls[0]?.merged_at).not.toBeNull();
  expect(pulls[0]?.head.label.split(':')[0]).toBe(release.fork);
  const numstat = gitIn(opened, 'kubernetes/k8s.io', 'diff', '--numstat', `${pulls[0]?.merge_commit_sha}^1`, String(pulls[0]?.merge_commit_sha));
  expect(numstat).toBe(`${release.images.length}\t0\tregistry.k8s.io/images/k8s-staging-${release.project}/images.yaml`);
  const added = gitIn(opened, 'kubernetes/k8s.io', 'diff', '--unified=0', `${pulls[0]?.merge_commit_sha}^1`, String(pulls[0]?.merge_commit_sha)).split('\n').filter((line) => /^\+[^+]/.test(line));
  // the same digest in staging, in every production registry, at the front, and in the diff
  const destinations = productionOf(opened, release.project);
  expect(destinations.length).toBeGreaterThan(0);
  for (const image of release.images) {
    const digest = await digestAt(opened, `registry.k8s.io/${release.project}/${image}`, release.version);
    expect(digest, image).toMatch(/^sha256:/);
    for (const destination of destinations) expect(await digestAt(opened, `${destination}/${image}`, release.version), destination).toBe(digest);
    expect(await digestAt(opened, `${release.staging}/${image}`, String(digest)), 'staging').toBe(digest);
    expect(added.filter((line) => line.includes(String(digest)) && line.includes(`"${release.version}"`)), image).toHaveLength(1);
  }
  // the GitHub release with notes and the report
  const published = (await githubJson(opened, `/repos/${repo}/releases/tags/${release.version}`)) as { body: string; prerelease: boolean; assets: { name: string }[] };
  expect(published.body).toContain('sha256:');
  expect(published.prerelease).toBe(release.version.includes('-'));
  expect(published.assets.map((asset) => asset.name)).toEqual([`release-report-${release.version}.md`]);
  // nothing was asked that the world does not know, and each write came once
  expect(opened.ledger().filter((entry) => entry.status === 501)).toEqual([]);
  expect(writesOf(opened)).toEqual(expectedWrites(release));
}

/** Writes of the ledger that change something people see, without ids. */
function writesOf(opened: World): string[] {
  return opened
    .ledger()
    .filter((entry) => entry.write && entry.status < 400)
    .map((entry) => `${entry.method} ${entry.path.split('?')[0]?.replace(/\/\d+(?=\/|$)/g, '/N') ?? ''}`)
    .filter((line) => !/git-receive-pack|\/token$/.test(line) || line.startsWith('POST'));
}

function expectedWrites({ project, fork }: Release): unknown {
  return [
    expect.stringMatching(`^POST .*kubernetes-sigs/${project}.*git-receive-pack$`),
    `POST /repos/${fork}/k8s.io/git/refs`,
    expect.stringMatching(`^PUT /repos/${fork}/k8s.io/contents/`),
    'POST /repos/kubernetes/k8s.io/pulls',
    `POST /repos/kubernetes-sigs/${project}/releases`,
    expect.stringMatching(`^POST .*releases/N/assets$`),
  ];
}

