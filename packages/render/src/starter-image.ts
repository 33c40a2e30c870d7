// The chapters of a starter for the release of a Kubernetes image: the short form of runbooks/release.md, which explains the
// same way at length. Only text; what the release tools do is their business.

/** A chapter: its text, and the names of its steps. */
export interface ImageChapter {
  readonly text: string;
  readonly steps: readonly string[];
}

/** The inputs of the release, as lines of YAML. */
export const imageInputs: readonly (readonly string[])[] = [
  ['  project:', '    type: string', '    pattern: "[a-z0-9]([a-z0-9-]*[a-z0-9])?"', '    default: apisnoop', '    description: The project, as in kubernetes-sigs/PROJECT and k8s-staging-PROJECT'],
  ['  images:', '    type: list', '    pattern: "[a-z0-9]+([._/-][a-z0-9]+)*"', '    default: [snoopdb]', '    description: The images to promote'],
  ['  version:', '    type: string', '    pattern: "v\\\\d+\\\\.\\\\d+\\\\.\\\\d+(-[0-9A-Za-z]+([.-][0-9A-Za-z]+)*)?"', '    example: v0.3.0', '    description: The tag to release'],
  ['  fork:', '    type: string', '    env: GITHUB_USER', '    example: your-login', '    description: Whose fork of kubernetes/k8s.io carries the pull request'],
];

type Part = string | { readonly language: 'bash' | 'ts'; readonly name: string; readonly attributes: string; readonly code: string };

const bash = (name: string, attributes: string, code: string): Part => ({ language: 'bash', name, attributes, code });
const ts = (name: string, attributes: string, code: string): Part => ({ language: 'ts', name, attributes, code });
const tick = (name: string, text: string): Part => `- [ ] ${text} <!-- {name=${name}} -->`;

function chapter(title: string, ...parts: readonly Part[]): ImageChapter {
  const texts = parts.map((part) => (typeof part === 'string' ? part : ['```' + `${part.language} {name=${part.name} ${part.attributes}}`, part.code.trim(), '```'].join('\n')));
  const steps = parts.flatMap((part) => (typeof part === 'string' ? [...part.matchAll(/<!-- \{name=([\w-]+)\} -->$/g)].map((found) => found[1] ?? '') : [part.name]));
  return { text: [...(title === '' ? [] : [`## ${title}`]), ...texts].join('\n\n'), steps };
}

/** The chapters, in the order of the release. */
export const imageChapters: readonly ImageChapter[] = [
  chapter(
    '',
    'A git tag, a Prow job, a Cloud Build, a staging registry, a pull request to\n[kubernetes/k8s.io](https://github.com/kubernetes/k8s.io), a promotion job: this page walks an image from `main` to\n`registry.k8s.io`. Say here what is special about your project.',
  ),
  chapter(
    'Before you begin',
    'The token comes from `GITHUB_TOKEN`; it must be allowed to write.',
    ts('credentials', 'effect=read', 'release.insist(await release.credentials({ repo: `kubernetes-sigs/${project}`, fork }))'),
    bash('source', 'effect=local timeout=10m', `
rm -rf source
git clone --quiet "https://github.com/kubernetes-sigs/$project" source
releaseCommit=$(git -C source rev-parse origin/main)
export releaseCommit`),
    bash('job-config', 'effect=local timeout=10m', `
rm -rf test-infra
git clone --quiet --depth 1 --filter=blob:none --sparse https://github.com/kubernetes/test-infra test-infra
git -C test-infra sparse-checkout set config/jobs/image-pushing`),
    ts('preflight', 'effect=read', `
const checks = await release.preflight({
  project, images, version,
  repo: \`kubernetes-sigs/\${project}\`, branch: 'main', commit: releaseCommit,
  source: 'source', jobs: 'test-infra/config/jobs/image-pushing',
})
release.insist(checks.findings)
export const target = checks.project
export const builds = checks.builds`),
    tick('go-ahead', 'The findings were read, and the other maintainers know of this release.'),
  ),
  chapter(
    'Tag',
    bash('push-tag', 'effect=write timeout=10m', `
git -C source tag --force --sign --message "$version" "$version" "$releaseCommit"
git -C source push --quiet origin "refs/tags/$version"`),
    bash('tag-is-there', 'verifies=push-tag effect=read', `
found=$(git ls-remote "https://github.com/kubernetes-sigs/$project" "refs/tags/$version^{}" | cut -f1)
test -n "$found" || exit 1                    # absent: push it
test "$found" = "$releaseCommit" || exit 4    # there, but elsewhere: stop`),
  ),
  chapter(
    'Build',
    'The image was built when its commit reached `main`, or is built for the tag, as the job config says.',
    ts('build', 'effect=read poll=30s timeout=2h needs=push-tag', `
const repo = \`kubernetes-sigs/\${project}\`
const tag = await github.findRef(repo, \`tags/\${version}\`)
export const runs = await release.findBuilds({ repo, builds, shas: [releaseCommit, tag?.sha ?? releaseCommit] })`),
    ts('staging', 'effect=read', `
export const staged = await release.stagedImages({ project: target, runs, version })
for (const image of staged) console.log(\`\${image.reference}  \${image.platforms.join(', ')}\`)`),
  ),
  chapter(
    'Promote',
    ts('edit', 'effect=read', `
export const edit = await release.editImages({ project: target, staged, version })
for (const line of edit.added) console.log(\`+ \${line}\`)`),
    ts('push-branch', 'effect=write', `
const repo = \`\${fork}/k8s.io\`
const branch = release.branch(project, version)
if (!(await github.findRef(repo, \`heads/\${branch}\`))) await github.createBranch(repo, branch, edit.base)
await github.putFile(repo, { branch, path: edit.path, text: edit.text, previous: edit.previous, message: release.title(project, version) })`),
    ts('branch-is-there', 'verifies=push-branch effect=read', `
const file = await github.findFile(\`\${fork}/k8s.io\`, edit.path, release.branch(project, version))
export const isCommitted = file?.text === edit.text`),
    ts('open-pull-request', 'effect=write', `
const pull = await github.createPullRequest('kubernetes/k8s.io', {
  head: \`\${fork}:\${release.branch(project, version)}\`, base: 'main',
  title: release.title(project, version), body: release.body({ project: target, version, staged, runs }),
})
export const pullRequest = { number: pull.number, url: pull.url, head: pull.headSha }`),
    ts('pull-request-is-there', 'verifies=open-pull-request effect=read', `
const head = \`\${fork}:\${release.branch(project, version)}\`
const pull = await github.findPullRequest('kubernetes/k8s.io', { head, base: 'main', state: 'all' })
const isOurs = pull && (pull.state === 'open' || pull.merged)
export const pullRequest = isOurs ? { number: pull.number, url: pull.url, head: pull.headSha } : undefined`),
    ts('presubmits', 'effect=read poll=30s timeout=1h', `
const statuses = await github.listStatuses('kubernetes/k8s.io', pullRequest.head)
const checks = ['pull-k8sio-cip', 'pull-k8sio-verify'].map((context) => statuses.find((status) => status.context === context))
for (const check of checks) {
  if (check?.state === 'failure' || check?.state === 'error') throw new Error(\`\${check.context}: \${check.description} \${check.url}\`)
}
const dryRun = checks[0]?.state === 'success' ? await prow.findRunAt(checks[0].url) : undefined
for (const words of dryRun ? await prow.explainPromotion(dryRun) : []) throw new Error(words)
export const presubmitLog = checks.every((check) => check?.state === 'success') ? checks[0].url : undefined`),
    ts('merge', 'effect=read poll=1m timeout=7d', `
const pull = await github.getPullRequest('kubernetes/k8s.io', pullRequest.number)
if (pull.state === 'closed' && !pull.merged) throw new Error(\`\${pull.url} was closed without a merge\`)
export const mergeCommit = pull.merged ? pull.mergeCommit : undefined`),
  ),
  chapter(
    'The promoted image',
    'Every registry of the project must answer with the same digest.',
    ts('production', 'effect=read poll=1m timeout=8h needs=merge', `
let isComplete = true
for (const { image, digest } of staged) {
  if (!release.isEverywhere(await release.production(target, image, version), digest)) isComplete = false
}
export const isPromoted = isComplete`),
    tick('announce', 'Those who wait for the release have been told.'),
  ),
  chapter(
    'When it goes wrong',
    'These steps run only when you say so, and only as long as nothing was merged.',
    ts('withdraw-pull-request', 'undoes=open-pull-request effect=write if="!passed(merge)"', "await github.closePullRequest('kubernetes/k8s.io', pullRequest.number)"),
    bash('withdraw-tag', 'undoes=push-tag effect=write if="!passed(merge)"', 'git -C source push --quiet origin ":refs/tags/$version"'),
  ),
];
