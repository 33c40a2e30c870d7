import { describe, expect, test } from 'vitest';
import { parseCloudbuild } from './build-file.ts';
import { lintCloudbuild, type BuildLintInput } from './build-lint.ts';
import { parseBuilderArgs } from './builder.ts';

const gcb = 'gcr.io/k8s-staging-test-infra/gcb-docker-gcloud';
const job = (...args: string[]) => parseBuilderArgs([...args, '.']).options;

function lint(text: string, input: Partial<BuildLintInput> = {}): readonly (readonly [string, string, number])[] {
  const { build, problems } = parseCloudbuild(text, 'cloudbuild.yaml');
  expect(problems).toEqual([]);
  if (build === undefined) throw new Error('no build');
  return lintCloudbuild(build, { file: 'cloudbuild.yaml', ...input }).map((problem) => [problem.code, problem.severity, problem.line]);
}

const buildx = (name: string, extra = ''): string => `timeout: 3600s
options: {substitution_option: ALLOW_LOOSE}
steps:
- name: ${name}
  entrypoint: /buildx-entrypoint
  args: [build, '--tag=gcr.io/$PROJECT_ID/a:$_GIT_TAG', '--platform=linux/amd64,linux/arm64', --push, .]
substitutions: {_GIT_TAG: '12345'}
${extra}`;

describe('lints', () => {
  const table: readonly (readonly [what: string, text: string, input: Partial<BuildLintInput>, expected: readonly (readonly [string, string, number])[]])[] = [
    ['a good file', buildx(gcb), { builder: job('--project=p', '--env-passthrough=PULL_BASE_REF'), stagingPrefix: 'gcr.io/p', today: '2026-08-22' }, []],
    ['passed but unused under MUST_MATCH', buildx(gcb).replace('options: {substitution_option: ALLOW_LOOSE}\n', ''), { builder: job('--project=p', '--env-passthrough=PULL_BASE_REF') }, [['passed-but-unused', 'error', 1]]],
    ['git tag unused under MUST_MATCH', 'timeout: 1s\nsteps:\n- name: busybox\n  args: ["true"]\n', { builder: job() }, [['passed-but-unused', 'error', 1]]],
    ['nothing is said of what is passed when the job is not known', 'timeout: 1s\nsteps:\n- name: busybox\n  args: ["true"]\n', {}, []],
    ['a trigger built-in', 'steps:\n- name: busybox\n  args: [$SHORT_SHA]\n', {}, [['trigger-builtin', 'warning', 3]]],
    ['a shell variable not escaped', 'steps:\n- name: busybox\n  args: [$HOME]\n', {}, [['unescaped-variable', 'error', 3]]],
    ['a shell variable escaped', 'steps:\n- name: busybox\n  args: [$$HOME, "$(date)"]\n', {}, []],
    ['an undeclared name, strict', 'steps:\n- name: busybox\n  args: [$_X, $_GIT_TAG]\n', { builder: job() }, [['undeclared-substitution', 'error', 3]]],
    ['an undeclared name, loose', 'options: {substitution_option: ALLOW_LOOSE}\nsteps:\n- name: busybox\n  args: [$_X, $_GIT_TAG]\n', { builder: job() }, [['undeclared-substitution', 'warning', 4]]],
    ['an undeclared name the job passes', 'steps:\n- name: busybox\n  args: [$_X, $_GIT_TAG]\n', { builder: job('--env-passthrough=X') }, []],
    ['an undeclared name a variant gives', 'steps:\n- name: busybox\n  args: [$_X, $_GIT_TAG]\n', { builder: job(), variants: { a: { X: '1' } } }, []],
    ['buildx without timeout', buildx(gcb).replace('timeout: 3600s\n', ''), {}, [['timeout-missing', 'warning', 3]]],
    ['an old builder', buildx(`${gcb}:v20260205-38cfa9523f`), { today: '2026-08-22' }, [['stale-builder', 'warning', 4]]],
    ['a builder of 90 days', buildx(`${gcb}:v20260524-aaaaaaaaaa`), { today: '2026-08-22' }, []],
    ['a builder of 91 days', buildx(`${gcb}:v20260523-aaaaaaaaaa`), { today: '20260822' }, [['stale-builder', 'warning', 4]]],
    ['an old builder that is never deleted', buildx('registry.k8s.io/releng/gcb-docker-gcloud:v20200205-38cfa9523f'), { today: '2026-08-22' }, []],
    ['no date, no judgement', buildx(`${gcb}:v20200205-38cfa9523f`), {}, []],
    ['images: beside a push', buildx(gcb, "images: ['gcr.io/$PROJECT_ID/b:$_GIT_TAG']\n"), {}, [['images-with-push', 'warning', 8]]],
    ['images: beside make', `timeout: 1s\nsteps:\n- {name: '${gcb}', entrypoint: make, args: [push]}\nimages: [gcr.io/p/a:1]\n`, {}, [['images-with-push', 'warning', 4]]],
    ['images: beside a local docker tag, the project unknown', "steps:\n- name: gcr.io/cloud-builders/docker\n  args: [build, '--tag=gcr.io/$PROJECT_ID/a:1', .]\n- name: gcr.io/cloud-builders/docker\n  args: [tag, 'gcr.io/$PROJECT_ID/a:1', 'gcr.io/$PROJECT_ID/a:latest']\nimages: ['gcr.io/$PROJECT_ID/a:1', 'gcr.io/$PROJECT_ID/a:latest']\n", {}, [['single-platform', 'warning', 6]]],
    ['capitals in an image', 'steps:\n- name: busybox\n  args: [ls]\nimages: [gcr.io/p/A:1]\n', {}, [['image-not-built', 'warning', 4], ['bad-image-name', 'error', 4]]],
    ['capitals in an image of the job', "options: {substitution_option: ALLOW_LOOSE}\nsteps:\n- name: gcr.io/Cloud/docker\nimages: ['gcr.io/$PROJECT_ID/A:$_GIT_TAG']\ntags: ['a b']\n", { builder: job('--project=p') }, [['bad-image-name', 'error', 3], ['images-with-push', 'warning', 4], ['bad-image-name', 'error', 4], ['bad-build-tag', 'error', 5]]],
    ['a tag that comes out empty', "steps:\n- name: busybox\n  args: [ls, $_GIT_TAG]\nimages: ['gcr.io/p/a:$COMMIT_SHA']\n", { builder: job('--project=p') }, [['image-not-built', 'warning', 4], ['bad-image-name', 'error', 4], ['trigger-builtin', 'warning', 4]]],
    ['a tag that the job may pass', "steps:\n- name: busybox\n  args: [ls]\nimages: ['gcr.io/p/a:$_X']\n", {}, [['image-not-built', 'warning', 4], ['undeclared-substitution', 'warning', 4]]],
    ['a tag that a variant gives', "steps:\n- name: busybox\n  args: [ls, $_GIT_TAG]\nimages: ['gcr.io/p/a:$_X']\n", { builder: job('--project=p'), variants: { one: { X: '1' } } }, [['image-not-built', 'warning', 4]]],
    ['an operator without dynamic substitutions', "steps:\n- name: busybox\n  args: ['${_X:-d}', $_GIT_TAG]\n", {}, [['dynamic-off', 'warning', 3]]],
    ['an operator with them', "options: {dynamicSubstitutions: true}\nsteps:\n- name: busybox\n  args: ['${_X:-d}', $_GIT_TAG]\nsubstitutions: {_X: a}\n", {}, []],
    ['an operator for the shell', "steps:\n- name: busybox\n  args: ['$${_X:-d}', '${X:-d}', $_GIT_TAG]\n- name: busybox\n  env: [_Y=$_GIT_TAG]\n  args: ['${_Y#v}']\n", {}, []],
    ['images: nobody builds', 'steps:\n- name: busybox\n  args: [ls]\nimages: [gcr.io/p/a:1]\n', {}, [['image-not-built', 'warning', 4]]],
    ['another project', buildx(gcb).replace('$PROJECT_ID', 'other'), { builder: job('--project=p') }, [['other-repository', 'warning', 4]]],
    ['another repository than staging', buildx(gcb), { builder: job('--project=p'), stagingPrefix: 'us-central1-docker.pkg.dev/k8s-staging-images/a' }, [['other-repository', 'warning', 4]]],
    ['a longer name is not the staging repository', buildx(gcb).replace('$PROJECT_ID/', '$PROJECT_ID-2/'), { builder: job('--project=p'), stagingPrefix: 'gcr.io/p' }, [['other-repository', 'warning', 4]]],
    ['one platform', "steps:\n- name: gcr.io/cloud-builders/docker\n  args: [build, -t, gcr.io/p/a:1, .]\nimages: ['gcr.io/p/a:1']\n", {}, [['single-platform', 'warning', 4]]],
    ['a script that sees nothing', 'steps:\n- name: busybox\n  script: echo $_GIT_TAG\n', {}, [['script-substitution', 'warning', 3]]],
    ['a script that is given it', 'steps:\n- name: busybox\n  script: echo $_GIT_TAG\n  env: [_GIT_TAG=$_GIT_TAG]\n', {}, []],
    ['a script with automap', 'steps:\n- name: busybox\n  script: echo $_GIT_TAG\n  automapSubstitutions: true\n', { builder: job() }, []],
  ];
  for (const [what, text, input, expected] of table) test(what, () => expect(lint(text, input)).toEqual(expected));
});
