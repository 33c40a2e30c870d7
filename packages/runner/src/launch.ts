// How a block's process is started: as it is, or through a program that closes it in. Who closes it in is not the runner's business.

/** What to start in place of a program, so that it runs in a folder. */
export type Launch = (program: string, args: readonly string[], cwd: string) => { readonly program: string; readonly args: readonly string[] };

/** Starts programs as they are. */
export const launchPlainly: Launch = (program, args) => ({ program, args });
