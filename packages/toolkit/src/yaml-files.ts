// Every YAML file below a folder, in a stable order.
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** The `.yaml` and `.yml` files below a folder, sorted by path; `name` is the path below the folder. */
export async function listYamlFiles(folder: string): Promise<readonly { readonly path: string; readonly name: string }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => !relative(folder, path).startsWith('.git/'))
    .sort()
    .map((path) => ({ path, name: relative(folder, path) }));
}
