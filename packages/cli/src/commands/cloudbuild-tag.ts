// `runbook cloudbuild tag`: the image tag that image-builder would compute here, and what is odd about it.
import { cleanDescribe, describeArgs, gitTag, gitTagPattern } from '@runbook/cloudbuild';
import { oneLine } from '@runbook/render';
import { openGit, type LocalGit } from '@runbook/toolkit';
import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { print, say } from '../console.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { readBuilder, type JobFlags } from '../job-builder.ts';

/** The flags of `cloudbuild tag`. */
export interface TagFlags extends JobFlags {
  readonly versionTagFilter?: string;
  readonly component?: string;
  readonly allowDirty?: boolean;
  readonly json?: boolean;
}

/** `cloudbuild tag`: asks `git describe` as image-builder does. The date is today's in UTC, as on Prow's machines. */
export async function cloudbuildTag(folder: string | undefined, given: TagFlags): Promise<number> {
  const job = (await readBuilder(given))?.options;
  // what is said here wins over what the job says
  const flags: TagFlags = job === undefined ? given : { ...(job.versionTagFilter === undefined ? {} : { versionTagFilter: job.versionTagFilter }), ...(job.allowDirty ? { allowDirty: true } : {}), ...given };
  const named = folder ?? job?.buildDir ?? '.';
  const place = resolve(named);
  if (!existsSync(place)) throw new UsageError(`${named}: there is no such folder.${folder === undefined && job !== undefined ? ' The job builds there; run it at the root of the repository.' : ''}`, exitCodes.failed);
  const git = openGit(place);
  let describe: string;
  try {
    describe = await git.read(describeArgs({ versionTagFilter: flags.versionTagFilter }));
  } catch (cause) {
    throw new UsageError(`failed to get current tag: ${cause instanceof Error ? cause.message : String(cause)}. Run it in the build directory of a git clone.`, exitCodes.failed, { cause });
  }
  const tag = gitTag(describe, new Date().toISOString().slice(0, 10).replaceAll('-', ''));
  const warnings = await warningsOf(git, describe, { ...flags, folder: place });
  if (flags.json === true) print(JSON.stringify({ tag, pattern: gitTagPattern(describe).source, describe, warnings }, null, 2));
  else {
    print(oneLine(tag));
    for (const warning of warnings) say(`warning: ${oneLine(warning)}`);
  }
  return exitCodes.done;
}

async function warningsOf(git: LocalGit, describe: string, { folder, component, versionTagFilter, allowDirty }: TagFlags & { readonly folder: string }): Promise<readonly string[]> {
  const found: string[] = [];
  if (describe.endsWith('-dirty') && allowDirty !== true) found.push('the working copy is dirty, and image-builder then fails; commit the changes, or give the job --allow-dirty');
  const { tag, commits } = await nearestTag(git, versionTagFilter);
  if (tag === undefined) {
    const shallow = (await git.read(['rev-parse', '--is-shallow-repository'])) === 'true';
    found.push(`no tag ${versionTagFilter === undefined ? '' : `that matches ${versionTagFilter} `}is reachable from here, so the commit names the image${shallow ? '; this is a shallow clone, a whole one may give another answer' : ''}`);
    return found;
  }
  const lost = cleanDescribe(describe);
  if (lost !== describe) found.push(`characters that an image tag may not have vanish: ${describe} becomes ${lost}`);
  found.push(...(await componentWarnings(git, { tag, commits, ...(component === undefined ? {} : { component }), folder })));
  return found;
}

/** The tag that git describe took, and how many commits lie behind it. */
async function nearestTag(git: LocalGit, filter: string | undefined): Promise<{ readonly tag?: string; readonly commits: number }> {
  const args = describeArgs({ versionTagFilter: filter }).filter((arg) => arg !== '--dirty');
  const long = await git.read([...args, '--long']);
  const match = /^(.*)-(\d+)-g[0-9a-f]+$/s.exec(long);
  return match?.[1] === undefined ? { commits: 0 } : { tag: match[1], commits: Number(match[2]) };
}

/** `auditlogger-1.2.13` and `apps/snoopdb/v1` name a component, `v1.2.3` none. */
function componentOf(tag: string): string {
  return /^(.*?)[-/_.]?v?\d+(?:[.-].*)?$/s.exec(tag)?.[1] ?? tag;
}

/**
 * Pain 2 of domain facts §7: git takes the nearest tag whatever component it names. The wanted component is given, or is the
 * folder's name when tags are called after it.
 */
async function componentWarnings(git: LocalGit, { tag, commits, component, folder }: { readonly tag: string; readonly commits: number; readonly component?: string; readonly folder: string }): Promise<readonly string[]> {
  const tags = (await git.read(['tag', '--merged', 'HEAD'])).split('\n').filter((name) => name !== '');
  const components = [...new Set(tags.map(componentOf))];
  const found = componentOf(tag);
  const wanted = component ?? components.find((name) => name !== '' && name.split('/').at(-1) === basename(folder));
  const where = commits === 0 ? 'on this commit' : `${commits} ${commits === 1 ? 'commit' : 'commits'} back`;
  const cure = (name: string): string => `give the job --version-tag-filter=${name === '' ? "'v[0-9]*'" : `'${name}*'`}`;
  if (wanted !== undefined && found !== wanted && found.split('/').at(-1) !== wanted) {
    return [`git describe takes the nearest tag of any component: ${tag} (${where}) is not one of "${wanted}"; ${cure(wanted)}`];
  }
  if (wanted === undefined && found !== '') return [`${tag} (${where}) names the component "${found}"; if the image is another one, ${cure('NAME')}`];
  if (wanted === undefined && components.length > 1) return [`tags here name several components (${components.map((name) => (name === '' ? 'plain versions' : name)).join(', ')}), and git describe takes the nearest of any; ${cure('')}`];
  return [];
}
