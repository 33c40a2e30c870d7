import { describe, expect, test } from 'vitest';
import { parseCloudbuild } from './build-file.ts';
import { imagesPushed, type ImagesPushed } from './pushed-images.ts';

const docker = 'gcr.io/cloud-builders/docker';
const gcb = 'gcr.io/k8s-staging-test-infra/gcb-docker-gcloud:v20260729-0b834bafc6';
const amd = ['linux/amd64'];
const two = ['linux/amd64', 'linux/arm64'];

interface StepText {
  readonly name: string;
  readonly entrypoint?: string;
  readonly args?: readonly string[];
  readonly env?: readonly string[];
  readonly script?: string;
}

/** Writes a build as JSON, which is YAML, so that no quoting gets in the way. */
function run(steps: readonly StepText[], images: readonly string[] = []): ImagesPushed {
  const { build, problems } = parseCloudbuild(JSON.stringify({ steps, images }), 'f');
  expect(problems).toEqual([]);
  if (build === undefined) throw new Error('no build');
  return imagesPushed(build);
}

const bash = (script: string, env: readonly string[] = []): StepText => ({ name: gcb, entrypoint: 'bash', args: ['-c', script], env });

describe('images that can be known', () => {
  const table: readonly (readonly [what: string, steps: readonly StepText[], images: readonly string[], expected: readonly object[]])[] = [
    ['images: of a docker build', [{ name: docker, args: ['build', '-t', 'r/p/a:1', '.'] }], ['r/p/a:1'], [{ reference: 'r/p/a:1', platforms: amd }]],
    ['images: of another platform', [{ name: docker, args: ['build', '--platform=linux/arm64', '--tag=r/p/a:1', '.'] }], ['r/p/a:1'], [{ reference: 'r/p/a:1', platforms: ['linux/arm64'] }]],
    ['images: after docker tag', [{ name: docker, args: ['build', '-t', 'r/p/a:1', '.'] }, { name: docker, args: ['tag', 'r/p/a:1', 'r/p/a:latest'] }], ['r/p/a:1', 'r/p/a:latest'], [{ reference: 'r/p/a:1', platforms: amd }, { reference: 'r/p/a:latest', platforms: amd }]],
    ['images: nobody built', [{ name: 'busybox', args: ['true'] }], ['r/p/a:1'], [{ reference: 'r/p/a:1' }]],
    ['build without push', [{ name: docker, args: ['build', '-t', 'r/p/a:1', '.'] }], [], []],
    ['docker push', [{ name: docker, args: ['build', '-tr/p/a:1', '.'] }, { name: docker, args: ['push', 'r/p/a:1'] }], [], [{ reference: 'r/p/a:1', platforms: amd, step: 1 }]],
    ['docker image push of what is not known', [{ name: `${docker}:24@sha256:${'a'.repeat(64)}`, args: ['image', 'push', '-q', 'r/p/a:1'] }], [], [{ reference: 'r/p/a:1', step: 0 }]],
    ['buildx build --push', [{ name: docker, args: ['buildx', 'build', '--platform', 'linux/amd64,linux/arm64', '-t', 'r/p/a:1', '--tag', 'r/p/a:2', '--push', '.'] }], [], [{ reference: 'r/p/a:1', platforms: two, step: 0 }, { reference: 'r/p/a:2', platforms: two, step: 0 }]],
    ['buildx build without platform', [{ name: docker, args: ['buildx', 'build', '-t', 'r/p/a:1', '--push', '.'] }], [], [{ reference: 'r/p/a:1', platforms: amd, step: 0 }]],
    ['--push=false', [{ name: docker, args: ['buildx', 'build', '-t', 'r/p/a:1', '--push=false', '.'] }], [], []],
    ['output type=registry', [{ name: docker, args: ['buildx', 'build', '-t', 'r/p/a:1', '--output=type=registry,unpack=false', '.'] }], [], [{ reference: 'r/p/a:1', platforms: amd, step: 0 }]],
    ['output type=image with names', [{ name: docker, args: ['buildx', 'build', '-o', 'type=image,"name=r/p/a:1,r/p/b:1",push=true', '.'] }], [], [{ reference: 'r/p/a:1', platforms: amd, step: 0 }, { reference: 'r/p/b:1', platforms: amd, step: 0 }]],
    ['output type=oci', [{ name: docker, args: ['buildx', 'build', '-t', 'r/p/a:1', '--output', 'type=oci,dest=/tmp/x', '.'] }], [], []],
    ['a value that looks like a flag', [{ name: docker, args: ['build', '--build-arg', '--push', '-t', 'r/p/a:1', '.'] }], [], []],
    ['global flags of docker', [{ name: docker, args: ['--config', '/x', 'push', 'r/p/a:1'] }], [], [{ reference: 'r/p/a:1', step: 0 }]],
    ['imagetools create', [{ name: docker, args: ['buildx', 'imagetools', 'create', '-t', 'r/p/a:1', 'r/p/x:1', 'r/p/y:1'] }], [], [{ reference: 'r/p/a:1', step: 0 }]],
    ['manifest push', [{ name: docker, args: ['manifest', 'create', 'r/p/a:1', 'r/p/x:1'] }, { name: docker, args: ['manifest', 'push', '--purge', 'r/p/a:1'] }], [], [{ reference: 'r/p/a:1', step: 1 }]],
    ['/buildx-entrypoint', [{ name: gcb, entrypoint: '/buildx-entrypoint', args: ['build', '--tag=r/p/a:1', '--platform=linux/amd64,linux/arm64', '--push', '.'] }], [], [{ reference: 'r/p/a:1', platforms: two, step: 0 }]],
    ['gcloud add-tag keeps the platforms', [{ name: gcb, entrypoint: '/buildx-entrypoint', args: ['build', '--tag=r/p/a:1', '--platform=linux/amd64,linux/arm64', '--push', '.'] }, { name: gcb, entrypoint: 'gcloud', args: ['container', 'images', 'add-tag', '--quiet', 'r/p/a:1', 'r/p/a:latest'] }], [], [{ reference: 'r/p/a:1', platforms: two, step: 0 }, { reference: 'r/p/a:latest', platforms: two, step: 1 }]],
    ['gcloud artifacts docker tags add', [{ name: 'gcr.io/cloud-builders/gcloud', args: ['artifacts', 'docker', 'tags', 'add', 'r/p/a:1', 'r/p/a:2'] }], [], [{ reference: 'r/p/a:2', step: 0 }]],
    ['emulation first', [{ name: docker, args: ['run', '--privileged', 'multiarch/qemu-user-static', '--reset'] }, { name: docker, args: ['push', 'r/p/a:1'] }], [], [{ reference: 'r/p/a:1', step: 1 }]],
    ['steps that only read', [{ name: 'gcr.io/cloud-builders/git', args: ['clone', 'x'] }, { name: 'gcr.io/cloud-builders/go', args: ['test', './...'] }, { name: 'ubuntu', args: ['ls'] }, { name: docker, args: ['pull', 'x'] }, { name: 'gcr.io/cloud-builders/gcloud', args: ['auth', 'list'] }], [], []],
    ['a reference twice', [{ name: docker, args: ['push', 'r/p/a:1'] }, { name: docker, args: ['push', 'r/p/a:1'] }], ['r/p/a:1'], [{ reference: 'r/p/a:1', step: 0 }]],
    ['a simple shell script', [bash('set -ex\ngcloud auth configure-docker \\\n  && docker build -t r/p/a:1 . # now\ndocker push r/p/a:1; echo "done"')], [], [{ reference: 'r/p/a:1', platforms: amd, step: 0 }]],
    ['variables that are certain', [bash('IMAGE="r/p/$NAME"\nexport TAG=1\ndocker push ${IMAGE}:$TAG', ['NAME=a'])], [], [{ reference: 'r/p/a:1', step: 0 }]],
    ['a value that does not matter', [bash('docker build --build-arg=DATE=$(date) -t r/p/a:1 . && docker push r/p/a:1')], [], [{ reference: 'r/p/a:1', platforms: amd, step: 0 }]],
    ['a value that does not matter, apart', [bash('docker build --build-arg "$X" -t r/p/a:1 . && docker push r/p/a:1')], [], [{ reference: 'r/p/a:1', platforms: amd, step: 0 }]],
    ['bash as arguments', [{ name: gcb, args: ['bash', '-c', 'docker push r/p/a:1'] }], [], [{ reference: 'r/p/a:1', step: 0 }]],
    ['a script that only looks around', [bash('if [ -f x ]; then\n  cat x\nfi\nfor f in a b; do echo $f; done\nls > out 2>&1')], [], []],
  ];
  for (const [what, steps, images, expected] of table) test(what, () => expect(run(steps, images)).toEqual({ images: expected, opaque: [] }));
});

describe('steps that cannot be known are said to be so', () => {
  const table: readonly (readonly [what: string, step: StepText, why: string])[] = [
    ['make', { name: gcb, entrypoint: 'make', args: ['push-all'] }, 'It runs make push-all.'],
    ['make as arguments', { name: gcb, args: ['make', 'release'] }, 'It runs make release.'],
    ['make by path', { name: docker, entrypoint: '/usr/bin/make', args: ['push'] }, 'It runs make push.'],
    ['make in a shell', bash('gcloud auth configure-docker && make all-push'), 'It runs make all-push.'],
    ['python', { name: gcb, entrypoint: 'python3', args: ['./push'] }, 'It runs python3 ./push.'],
    ['a script file', { name: gcb, entrypoint: './.cloudbuild.sh' }, 'It runs the script ./.cloudbuild.sh.'],
    ['a script field', { name: 'ubuntu', script: 'docker push x' }, 'It runs a script.'],
    ['ko', { name: 'ghcr.io/ko-build/ko:1', entrypoint: '/bin/sh', args: ['-c', 'ko build --bare .'] }, 'It runs ko build --bare.'],
    ['a builder nobody knows', { name: 'example.com/tool:1', args: ['x'] }, 'What example.com/tool:1 does by itself cannot be known.'],
    ['a shell without -c', { name: gcb, entrypoint: 'bash', args: ['build.sh'] }, 'It runs bash build.sh.'],
    ['docker bake', { name: docker, args: ['buildx', 'bake', '--push'] }, 'What "docker buildx bake" pushes cannot be known.'],
    ['docker compose', { name: docker, args: ['compose', 'push'] }, 'What "docker compose push" pushes cannot be known.'],
    ['docker run', { name: docker, args: ['run', 'x'] }, 'What "docker run" pushes cannot be known.'],
    ['all tags', { name: docker, args: ['push', '--all-tags', 'r/p/a'] }, 'What "docker push --all-tags r/p/a" pushes cannot be known.'],
    ['an unknown flag', { name: docker, args: ['build', '--new-flag', '-t', 'r/p/a:1', '--push', '.'] }, 'A docker build has a flag that is not known here.'],
    ['a push without a tag', { name: docker, args: ['buildx', 'build', '--push', '.'] }, 'A docker build pushes without naming a tag.'],
    ['an empty tag', { name: docker, args: ['push', 'r/p/a:'] }, '"r/p/a:" is not a complete image name.'],
    ['a variable left over', { name: docker, args: ['push', 'r/$PROJECT_ID/a:1'] }, '"r/$PROJECT_ID/a:1" is not a complete image name.'],
    ['gcloud builds submit', { name: 'gcr.io/cloud-builders/gcloud', args: ['builds', 'submit', '--tag=x'] }, 'What "gcloud builds submit" pushes cannot be known.'],
    ['a variable in a script', bash('docker push $IMAGE'), 'A variable in "docker push $IMAGE" has no known value.'],
    ['arguments from a variable', bash('docker buildx build $ARGS -t r/p/a:1 .'), 'has no known value.'],
    ['a variable from a command', bash('T=$(git describe)\ndocker push r/p/a:$T'), 'has no known value.'],
    ['a variable set in a branch', bash('OUT=type=registry\nif [ -n "$X" ]; then OUT=type=oci; fi\ndocker buildx build -t r/p/a:1 --output=$OUT .'), 'has no known value.'],
    ['an output from a variable behind a build argument', bash('docker buildx build -t r/p/a:1 --build-arg=A=1 --output=$OUT .'), 'has no known value.'],
    ['a push in a branch', bash('if test -f x; then docker push r/p/a:1; fi'), 'may push an image.'],
    ['a push in a loop', bash('for t in 1 2; do\n  docker push r/p/a:1\ndone'), 'may push an image.'],
    ['a push behind a test', bash('[ -f x ] && docker push r/p/a:1'), 'depends on the command before it.'],
    ['a push after a failure', bash('docker pull x || docker push r/p/a:1'), 'depends on the command before it.'],
    ['a push behind an exit', bash('exit 0\ndocker push r/p/a:1'), 'may end early'],
    ['a push inside another command', bash('echo $(crane push x)'), 'It runs crane inside another command.'],
    ['a script from outside', bash('curl x | bash'), 'It runs bash.'],
    ['xargs', bash('echo a | xargs docker push'), 'It runs xargs docker push.'],
    ['a function', bash('p() {\n docker push r/p/a:1\n}\np'), 'may push an image.'],
    ['a quote that is not closed', bash('echo "a\ndocker push r/p/a:1'), 'not complete.'],
    ['process substitution', bash('cat <(docker push r/p/a:1)'), 'process substitution.'],
  ];
  for (const [what, step, why] of table) {
    test(what, () => {
      const { opaque } = run([step]);
      expect(opaque).toMatchObject([{ step: 0, name: step.name }]);
      expect(opaque[0]?.why).toContain(why);
    });
  }

  test('what is certain before an opaque step stays known', () => {
    expect(run([bash('docker push r/p/a:1 && make more')])).toMatchObject({ images: [{ reference: 'r/p/a:1' }], opaque: [{ step: 0 }] });
  });
});
