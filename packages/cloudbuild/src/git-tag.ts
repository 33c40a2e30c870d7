// The image tag image-builder computes from `git describe`: `_GIT_TAG`. Pure: the caller runs git and knows the date.
// Source: TI:images/builder/main.go, domain facts §2.2.

import { matchEnds, parseGlob } from './glob-pattern.ts';

/** Arguments after `git`, to run in the build directory. */
export function describeArgs(options: { readonly versionTagFilter?: string | undefined }): string[] {
  const filter = options.versionTagFilter ?? '';
  return ['describe', '--tags', '--always', '--dirty', ...(filter === '' ? [] : ['--match', filter])];
}

/** What `git describe` printed, without the characters a tag may not have: `/`, `+`, `~`, the newline and others vanish. */
export function cleanDescribe(text: string): string {
  return text.replace(/[^-_.a-zA-Z0-9]+/g, '');
}

/**
 * The tag of a build. `describe` is the raw output of git; `date` is the UTC date on which the build starts, `YYYYMMDD`:
 * the same commit gets another tag tomorrow.
 */
export function gitTag(describe: string, date: string): string {
  return `v${date}-${cleanDescribe(describe)}`;
}

/** Matches the tags this `git describe` output gives on any day, and nothing else. */
export function gitTagPattern(describe: string): RegExp {
  return new RegExp(`^v[0-9]{8}-${cleanDescribe(describe).replace(/[.-]/g, '\\$&')}$`);
}

/**
 * Whether `git describe` looks at a tag under a `--version-tag-filter`. git matches the whole name, and `*` also goes over
 * slashes. Without a filter every tag passes.
 */
export function passesTagFilter(tag: string, filter: string | undefined): boolean {
  return filter === undefined || filter === '' || matchEnds(parseGlob(filter), tag, 0).includes(tag.length);
}
