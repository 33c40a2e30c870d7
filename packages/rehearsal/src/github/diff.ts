// Changed files between two commits as GitHub lists them, read from git's own diff.
import type { ShapeAt } from './user-shape.ts';

const words: Readonly<Record<string, string>> = { A: 'added', D: 'removed', M: 'modified', R: 'renamed', C: 'copied', T: 'changed' };

/** The id of a tree without entries, which git knows everywhere. */
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

interface Changed {
  readonly status: string;
  readonly sha: string;
  readonly path: string;
  readonly from: string | undefined;
}

/** The files that differ. `base` undefined means: against nothing, as for a first commit. */
export async function changedFiles(at: ShapeAt, base: string | undefined, head: string): Promise<readonly Record<string, unknown>[]> {
  const { git } = at.hub.github;
  const from = base ?? emptyTree;
  const raw = parseRaw(await git.run(at.repo, ['diff-tree', '-r', '-M', '-z', '--raw', '--no-abbrev', from, head]));
  const patches = splitPatch(await git.run(at.repo, ['diff', '-M', '--no-color', '--no-ext-diff', '--full-index', from, head]));
  return raw.map((file, index) => shape(at, file, { patch: patches[index], head }));
}

function shape(at: ShapeAt, file: Changed, more: { readonly patch: string | undefined; readonly head: string }): Record<string, unknown> {
  const { places, repo } = at;
  const path = file.path.split('/').map(encodeURIComponent).join('/');
  const hunks = more.patch?.slice(more.patch.indexOf('\n@@') + 1) ?? '';
  const patch = hunks.startsWith('@@') ? hunks.replace(/\n$/, '') : undefined;
  const additions = patch?.match(/^\+/gm)?.length ?? 0;
  const deletions = patch?.match(/^-/gm)?.length ?? 0;
  return {
    sha: file.sha,
    filename: file.path,
    status: words[file.status] ?? 'modified',
    additions,
    deletions,
    changes: additions + deletions,
    blob_url: places.web(`/${repo}/blob/${more.head}/${path}`),
    raw_url: places.web(`/${repo}/raw/${more.head}/${path}`),
    contents_url: `${places.api(`/repos/${repo}/contents/${path}`)}?ref=${more.head}`,
    ...(patch === undefined ? {} : { patch }),
    ...(file.from === undefined ? {} : { previous_filename: file.from }),
  };
}

/** `:oldmode newmode oldsha newsha STATUS\0path\0[newpath\0]` */
function parseRaw(text: string): readonly Changed[] {
  const fields = text.split('\0');
  const files: Changed[] = [];
  for (let at = 0; at + 1 < fields.length; ) {
    const [, , oldSha = '', newSha = '', letters = ''] = (fields[at] ?? '').split(' ');
    const status = letters.slice(0, 1);
    const moved = status === 'R' || status === 'C';
    const path = fields[at + (moved ? 2 : 1)] ?? '';
    files.push({ status, sha: status === 'D' ? oldSha : newSha, path, from: moved ? fields[at + 1] : undefined });
    at += moved ? 3 : 2;
  }
  return files;
}

/** One patch a file, in git's order; content lines never begin with `diff`, they begin with a sign. */
function splitPatch(text: string): readonly string[] {
  return text.split(/^(?=diff --git )/m).filter((part) => part !== '');
}
