// What a job's container does in this world: chosen by the program it runs. A program the world does not know is an error in
// words, never a success.
import type { Services } from '../services.ts';
import type { ProwRun } from './run.ts';
import { runsImageBuilder } from './job-config.ts';
import { runImageBuilder } from '../build/image-builder.ts';
import { runPromoter } from '../promotion/promoter-job.ts';
import { runVerify } from '../promotion/verify-job.ts';

/** How a job's container ended. */
export interface WorkResult {
  readonly passed: boolean;
  /** `build-log.txt`. */
  readonly log: string;
  /** Files of `artifacts/`, by name. */
  readonly artifacts: Readonly<Record<string, string>>;
}

/** How long Prow's entrypoint lets a build run under the fault build-times-out. Seconds. */
export const buildLimitSeconds = 6000;

/** The entrypoint's own words (PROW:pkg/entrypoint/run.go); what the build had said until then is lost with it. */
function timedOut(): WorkResult {
  return { passed: false, artifacts: {}, log: `{"component":"entrypoint","level":"error","msg":"Process did not finish before ${buildLimitSeconds / 60}m0s timeout"}\n` };
}

/** Does the work of a run; undefined when the world does not know the program. */
export async function doWork(services: Services, run: ProwRun): Promise<WorkResult | undefined> {
  const { image, command, args } = run.container;
  const words = [...command, ...args];
  if (runsImageBuilder(image) && services.core.fault('build-times-out')) return timedOut();
  if (runsImageBuilder(image)) return runImageBuilder(services, run);
  if (words.some((word) => /(^|\/)kpromo$/.test(word)) && words.includes('cip')) return runPromoter(services, run, words);
  if (run.repo === 'kubernetes/k8s.io' && words.some((word) => word.includes('hack/verify.sh'))) return runVerify(services, run);
  return undefined;
}
