// What a docker step of a cloudbuild.yaml does, read from its arguments after substitution. Knows build, buildx build, push and
// tag; anything else is `other`, and the build says in words that it cannot know what such a step pushes.
import type { BuildStep } from '@runbook/cloudbuild';

/** One docker command. */
export type DockerCommand =
  | { readonly kind: 'build'; readonly buildx: boolean; readonly tags: readonly string[]; readonly platforms: readonly string[]; readonly push: boolean; readonly dockerfile?: string; readonly context: string }
  | { readonly kind: 'push'; readonly references: readonly string[] }
  | { readonly kind: 'tag'; readonly from: string; readonly to: string }
  | { readonly kind: 'other' };

/** Flags of `docker build` and `docker buildx build` that take no value. */
const bare = new Set(['--push', '--load', '--pull', '--no-cache', '--quiet', '-q', '--squash', '--rm', '--force-rm', '--compress', '--debug', '-D']);

/** Reads a step's command. */
export function dockerCommand(step: BuildStep): DockerCommand {
  const words = commandWords(step);
  if (words === undefined) return { kind: 'other' };
  const [verb, ...rest] = words;
  if (verb === 'build') return buildCommand(rest, step.entrypoint?.includes('buildx') === true);
  if (verb === 'buildx' && rest[0] === 'build') return buildCommand(rest.slice(1), true);
  if (verb === 'push') return { kind: 'push', references: rest.filter((word) => !word.startsWith('-')) };
  const [from, to] = rest;
  if (verb === 'tag' && from !== undefined && to !== undefined && rest.length === 2) return { kind: 'tag', from, to };
  return { kind: 'other' };
}

/** The words after `docker`, or undefined when the step does not run docker directly. */
function commandWords(step: BuildStep): readonly string[] | undefined {
  if (step.script !== undefined) return undefined;
  const entrypoint = step.entrypoint?.split('/').at(-1);
  if (entrypoint === undefined) return /(^|\/)docker(:|@|$)/.test(step.name) ? step.args : step.args[0] === 'docker' && /gcb-docker-gcloud/.test(step.name) ? step.args.slice(1) : undefined;
  return entrypoint === 'docker' || entrypoint === 'buildx-entrypoint' ? step.args : undefined;
}

function buildCommand(words: readonly string[], buildx: boolean): DockerCommand {
  const tags: string[] = [];
  const platforms: string[] = [];
  let push = false;
  let dockerfile: string | undefined;
  let context = '.';
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (!word.startsWith('-') || word === '-') {
      context = word;
      continue;
    }
    const equals = word.startsWith('--') ? word.indexOf('=') : -1;
    const flag = equals === -1 ? word : word.slice(0, equals);
    if (flag === '--push' && word !== '--push=false') push = true;
    if (bare.has(flag)) continue;
    const value = equals === -1 ? (words[(at += 1)] ?? '') : word.slice(equals + 1);
    if (flag === '-t' || flag === '--tag') tags.push(value);
    else if (flag === '--platform') platforms.push(...value.split(',').filter((platform) => platform !== ''));
    else if (flag === '-f' || flag === '--file') dockerfile = value;
    else if (flag === '-o' || flag === '--output') push ||= /(^|,)(type=registry|push=true)(,|$)/.test(value);
  }
  return { kind: 'build', buildx, tags, platforms, push, context, ...(dockerfile === undefined ? {} : { dockerfile }) };
}
