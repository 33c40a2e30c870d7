// Plants a seed into a fresh world: bare repositories with their history, the user's fork, and the one push of main that
// every image-pushing project has seen already. Commits are made by fast-import with fixed dates, so ids never change.
import type { PushEvent, RepoName, Services, WorldConfig } from '../services.ts';
import type { LoadedSeed } from '../seed.ts';
import { readJobConfig } from '../prow/job-config.ts';
import { placePromoted, plantPromoted } from './promoted.ts';

/** The file of kubernetes/k8s.io that `singleArchAllowed` is written into. */
export const multiArchTestFile = 'registry.k8s.io/manifests/multiarch_test.go';

const day = 86_400_000;
const noCommit = '0'.repeat(40);

/** Creates every repository of the seed, the images that were promoted before, the fork `<user>/k8s.io`, and announces the push of each default branch that has image-pushing jobs. */
export async function plantSeed(services: Services, seed: Pick<LoadedSeed, 'repos' | 'config'>): Promise<void> {
  const { git, core, registry } = services;
  const repos = [...new Set([...Object.keys(seed.repos), ...Object.keys(seed.config.history)])].sort();
  for (const repo of repos) {
    const branch = seed.config.branches?.[repo] ?? 'main';
    await git.create(repo, { defaultBranch: branch });
    const stream = importStream(repo, branch, filesOf(seed, repo), seed.config);
    // one pack instead of a file for each object, which a second process would write
    if (stream.length > 0) await git.run(repo, ['-c', 'fastimport.unpackLimit=1', 'fast-import', '--quiet', '--date-format=raw'], { input: Buffer.concat(stream) });
    await git.settle(repo, 'quiet');
  }
  for (const reference of seed.config.promoted) {
    const place = await placePromoted(seed.repos['kubernetes/k8s.io'] ?? {}, reference);
    if ('registries' in place) await plantPromoted(registry, place);
  }
  if (git.has('kubernetes/k8s.io')) await git.create(`${seed.config.user.login}/k8s.io`, { parent: 'kubernetes/k8s.io' });
  const jobs = await readJobConfig(git);
  for (const repo of repos) {
    if (!jobs.pushesImages(repo)) continue;
    const push = await firstPush(services, repo, Object.keys(filesOf(seed, repo)).sort());
    if (push !== undefined) await core.tell('push', push);
  }
}

function filesOf(seed: Pick<LoadedSeed, 'repos' | 'config'>, repo: RepoName): Readonly<Record<string, string>> {
  const files = seed.repos[repo] ?? {};
  if (repo !== 'kubernetes/k8s.io' || files[multiArchTestFile] !== undefined) return files;
  return { ...files, [multiArchTestFile]: multiArchTest(seed.config.singleArchAllowed) };
}

function multiArchTest(allowed: readonly string[]): string {
  return [
    'package manifests',
    '',
    '// allowedImages may be promoted for a single platform; every other new digest must be an image index.',
    'var allowedImages = []string{',
    ...allowed.map((image) => `\t${JSON.stringify(image)},`),
    '}',
    '',
  ].join('\n');
}

async function firstPush(services: Services, repo: RepoName, files: readonly string[]): Promise<PushEvent | undefined> {
  const ref = `refs/heads/${services.git.defaultBranch(repo)}`;
  const after = await services.git.resolve(repo, ref);
  if (after === undefined) return undefined;
  const before = (await services.git.resolve(repo, `${after}^`)) ?? noCommit;
  return { repo, ref, before, after, created: before === noCommit, deleted: false, forced: false, tagsInPush: 0, commits: [{ id: after, added: files, removed: [], modified: [] }] };
}

/** The commits of one repository in git's fast-import language: history first, one a day, then the seeded files. */
function importStream(repo: RepoName, branch: string, files: Readonly<Record<string, string>>, config: WorldConfig): Buffer[] {
  const commits = [...(config.history[repo] ?? [])];
  if (Object.keys(files).length > 0) commits.push({ message: `Seed ${repo}`, files });
  const start = Date.parse(config.start);
  return commits.flatMap((commit, index) => {
    const who = `World <world@rehearsal.invalid> ${Math.floor((start - (commits.length - index) * day) / 1000)} +0000`;
    const mark = index + 1;
    const parts = [line(`commit refs/heads/${branch}`), line(`mark :${mark}`), line(`author ${who}`), line(`committer ${who}`), data(`${commit.message}\n`)];
    if (index > 0) parts.push(line(`from :${index}`));
    for (const path of Object.keys(commit.files ?? {}).sort()) {
      const text = commit.files?.[path] ?? '';
      parts.push(line(`M ${text.startsWith('#!') ? '100755' : '100644'} inline ${quoted(path)}`), data(text));
    }
    for (const tag of commit.tags ?? []) parts.push(line(`reset refs/tags/${tag}`), line(`from :${mark}`), line(''));
    for (const tag of commit.annotated ?? []) parts.push(line(`tag ${tag}`), line(`from :${mark}`), line(`tagger ${who}`), data(`${tag}\n`));
    return parts;
  });
}

const line = (text: string): Buffer => Buffer.from(`${text}\n`);

function data(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([line(`data ${bytes.length}`), bytes, line('')]);
}

function quoted(path: string): string {
  return `"${path.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`;
}
