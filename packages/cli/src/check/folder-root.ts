// How far a document may reach: the folder of its repository. What lies outside is neither read nor probed, because the
// document may be a stranger's.
import { existsSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';

/** The folder a document may refer into: that of its git repository, else the working folder when it lies below, else its own. */
export function findRoot(folder: string, cwd: string): string {
  const start = resolve(cwd, folder);
  for (let at = start; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at) return isInside(start, cwd) ? cwd : start;
  }
}

/** Whether a path lies in a folder, or is it. Both absolute. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (!isAbsolute(way) && way !== '..' && !way.startsWith('../') && !way.startsWith('..\\'));
}

/** Whether a path that exists really lies in a folder, symbolic links followed. */
export function isReallyInside(path: string, folder: string): boolean {
  return isInside(realpathSync(path), realpathSync(folder));
}
