// What a build log tells: images that were pushed, the Cloud Build behind it, and known reasons of failure. Pure.
// Each pattern has its source in domain §2.4–2.5; a line that fits none is no evidence of anything.
import type { CloudBuild, PushedImage } from './run.ts';

const digest = /sha256:[0-9a-f]{64}/.source;
const escapes = /\u001b\[[0-9;?]*[A-Za-z]/g;
/** Cloud Build puts the step in front of its lines. */
const stepPrefix = /^(Step #\d+(?: - "[^"]*")?:|Pulling image:)\s?/;

const pushTarget = /The push refers to (?:a )?repository \[([^\]\s]+)\]/;
const pushed = new RegExp(`^\\s*([\\w][\\w.-]{0,127}): digest: (${digest}) size: \\d+`);
const manifestPush = new RegExp(`pushing manifest for (\\S+?)@(${digest})`);
/** kaniko says Pushed, ko says Published. */
const otherPush = new RegExp(`\\b(?:Pushed|Published) (\\S+?)@(${digest})`);

/** Images in the order of their last push; a tag that was pushed twice counts with its last digest. */
export function readPushedImages(log: string): readonly PushedImage[] {
  const found = new Map<string, PushedImage>();
  const keep = (image: PushedImage): void => {
    const key = `${image.repository}:${image.tag ?? image.digest}`;
    found.delete(key);
    found.set(key, image);
  };
  // Steps run side by side, so each has a push of its own going on.
  const targets = new Map<string, string>();
  for (const { step, line } of lines(log)) {
    const target = pushTarget.exec(line)?.[1];
    if (target !== undefined) targets.set(step, target);
    const [, tag, tagDigest] = pushed.exec(line) ?? [];
    const repository = targets.get(step);
    if (tag !== undefined && tagDigest !== undefined && repository !== undefined) keep(makeImage(`${repository}:${tag}`, tagDigest));
    const [, reference, manifestDigest] = manifestPush.exec(line) ?? otherPush.exec(line) ?? [];
    if (reference !== undefined && manifestDigest !== undefined) keep(makeImage(reference, manifestDigest));
  }
  return [...found.values()];
}

function makeImage(reference: string, imageDigest: string): PushedImage {
  const slash = reference.lastIndexOf('/');
  const colon = reference.indexOf(':', slash + 1);
  const repository = colon === -1 ? reference : reference.slice(0, colon);
  const tag = colon === -1 ? undefined : reference.slice(colon + 1);
  return { reference: `${reference}@${imageDigest}`, repository, digest: imageDigest, ...(tag === undefined ? {} : { tag }) };
}

/** The first Cloud Build that a log names. */
export function readBuild(log: string): CloudBuild | undefined {
  const uuid = '[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}';
  const created = new RegExp(`projects/([a-z0-9.:-]+)/locations/[\\w-]+/builds/(${uuid})`).exec(log);
  const shown = new RegExp(`https://console\\.cloud\\.google\\.com/cloud-build/builds[^\\s\\]]*?(${uuid})[^\\s\\]]*`).exec(log);
  const started = new RegExp(`starting build "(${uuid})"`).exec(log);
  const id = created?.[2] ?? shown?.[1] ?? started?.[1];
  if (id === undefined) return undefined;
  const project = created?.[1];
  const url = shown?.[0] ?? `https://console.cloud.google.com/cloud-build/builds/${id}${project === undefined ? '' : `?project=${project}`}`;
  return { id, url, ...(project === undefined ? {} : { project }) };
}

const reasons: readonly (readonly [RegExp, string])[] = [
  [/the working copy is dirty/, 'The checkout was dirty when image-builder looked: a step before it generated or changed files. Commit them, or pass --allow-dirty in the job.'],
  [/failed to get current tag/, 'git describe failed in the build directory: no tag or commit could be named. Look at the clone in the log.'],
  [/Could not validate config directory|expected a config directory to be provided/, 'The job names a directory for cloudbuild.yaml that is not in the repository at this commit.'],
  [/no variants\.yaml found|is not present in variants\.yaml/, 'The job asks for a build variant that variants.yaml does not have.'],
  [/failed to find one or more images after execution of build steps: \[?([^\]\n]*)\]?/, 'cloudbuild.yaml lists images that the steps did not leave in the local docker: $1. With buildx --push, remove the images: list.'],
  [/key "(_[A-Z0-9_]+)" in the substitution data is not/, 'The job sends the substitution $1, which cloudbuild.yaml does not use: use it, remove it, or set options.substitution_option: ALLOW_LOOSE.'],
  [/key in the template "(_[A-Z0-9_]+)" is not matched/, 'cloudbuild.yaml uses the substitution $1, which neither the job nor the file sets.'],
  [/key in the template "([A-Z][A-Z0-9_]*)" is not a valid built-in/, 'cloudbuild.yaml uses $1, which Cloud Build does not know; own substitutions start with _.'],
  [/parsing \S+: unused: +(\S+)/, 'cloudbuild.yaml has the unknown field $1.'],
  [/INVALID_ARGUMENT:? ([^\n]{1,300})/, 'Cloud Build refused the build before it started: $1'],
  [/manifest for (\S+) not found|manifest unknown[^\n]*?(\S+)?/i, 'An image that the build starts from does not exist (any more): $1. Builder images in staging are pruned after 90 days; pin a newer one.'],
  [/PERMISSION_DENIED|does not have (?:permission|storage\.[\w.]+ access)|denied: Permission "[^"]*" denied/i, 'The build lacks a permission. Check that project, staging registry and service account belong together.'],
  [/RESOURCE_EXHAUSTED|Quota exceeded|toomanyrequests|429 Too Many Requests/i, 'A quota or rate limit was hit. Wait, then rerun the job.'],
  [/(?:build|step)[^\n]*(?:timed out|DEADLINE_EXCEEDED)|status "TIMEOUT"|context deadline exceeded/i, 'The build ran out of time. Raise timeout: in cloudbuild.yaml (10 minutes unless set) or the job\'s own timeout.'],
  [/no space left on device/, 'The build machine ran out of disk. Ask for a larger one with options.diskSizeGb or machineType.'],
  [/completed with status "(FAILURE|INTERNAL_ERROR|CANCELLED|EXPIRED)"/, 'Cloud Build ended with $1; the step that failed is above that line in artifacts/build.log.'],
  [/tag moves are not supported|tag move detected/, 'A promoted tag would move, and promoted tags never do: promote the digest under another tag.'],
  [/overlapping edges detected/, 'Two entries promote different digests to one tag, which stops every promotion: runbook promoter check names them.'],
  [/OOM ?killed/i, 'The job\'s pod ran out of memory.'],
  [/Pod (?:scheduling|pending) timeout/, 'No node took the job\'s pod in time. Rerun it.'],
  [/Pod running timeout|Process did not finish before (\S+) timeout/, 'The job ran out of its own time limit.'],
  [/^Lost: it began/, 'The run was lost: no end of it was ever written. Rerun it.'],
  [/pod was evicted|Pod got deleted unexpectedly/, 'The cluster took the job\'s pod away. Rerun it.'],
];

/** Known reasons in words, in the order of the list above; each once. */
export function explainLog(log: string): readonly string[] {
  const plain = log.replace(escapes, '');
  const found = reasons.flatMap(([pattern, words]) => {
    const match = pattern.exec(plain);
    return match === null ? [] : [words.replace('$1', (match[1] ?? match[2] ?? 'see the log').trim())];
  });
  return [...new Set(found)];
}

function* lines(log: string): Generator<{ readonly step: string; readonly line: string }> {
  for (const raw of log.split(/\r\n|\n|\r/)) {
    const plain = raw.replace(escapes, '');
    const step = stepPrefix.exec(plain)?.[1] ?? '';
    yield { step, line: step === '' ? plain : plain.replace(stepPrefix, '') };
  }
}
