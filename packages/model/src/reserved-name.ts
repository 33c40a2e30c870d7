// Names an input or output may not have, because JavaScript, the shell or the toolkit already uses them.

/** Every reserved name. Compared exactly. */
export const reservedNames: ReadonlySet<string> = new Set<string>();
