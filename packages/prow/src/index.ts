export { createProw } from './client.ts';
export type { Prow, ProwOptions } from './prow.ts';
export { adviseRerun } from './rerun.ts';
export { parseRunUrl, type RunPlace } from './run-url.ts';
export type { BuildId, CloudBuild, JobKind, PushedImage, Run, RunQuery, RunState } from './run.ts';
