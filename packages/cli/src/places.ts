// Where the parts of the built command lie, seen from the bundle.
import { fileURLToPath } from 'node:url';

/** The module that runs script blocks in a process of its own. */
export const scriptChild = new URL('./script-child.js', import.meta.url);

/** The toolkit that script blocks have in scope. */
export const toolkitModule = new URL('./toolkit.js', import.meta.url);

/** The files every rehearsal world starts from. */
export const defaultSeed = fileURLToPath(new URL('./seed', import.meta.url));

/** The command itself, for a world that goes on in the background. */
export const mainFile = fileURLToPath(new URL('./main.cjs', import.meta.url));

/** The page with a row for every problem. */
export const errorsPage = new URL('./errors.md', import.meta.url);

/** Types of what script blocks have in scope. */
export const globalsFile = new URL('./globals.d.ts', import.meta.url);
