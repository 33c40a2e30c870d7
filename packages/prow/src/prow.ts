// What a release asks of Prow, in the words of the domain. `client.ts` makes it.
import type { Http } from '@runbook/http';
import type { CloudBuild, PushedImage, Run, RunQuery } from './run.ts';

/** What `createProw` is made of. Addresses fall back to `RUNBOOK_PROW_URL` and `RUNBOOK_LOGS_URL`, then to prow.k8s.io's. */
export interface ProwOptions {
  readonly http: Http;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** https://prow.k8s.io unless given. */
  readonly deckUrl?: string;
  /** https://storage.googleapis.com unless given. */
  readonly logsUrl?: string;
  /** `kubernetes-ci-logs` unless given. */
  readonly bucket?: string;
  /** The clock that tells a lost run from one that is on its way; the real one unless given. */
  readonly now?: () => number;
}

/** The client. All errors of the outside are `OutsideError`. */
export interface Prow {
  /** The newest run that matches, or undefined when neither Deck nor the newest 200 runs of the bucket hold one. */
  findRun(query: RunQuery): Promise<Run | undefined>;
  /** Every matching run that Deck or the newest `limit` (50) runs of the bucket hold, newest first. */
  listRuns(query: RunQuery & { readonly limit?: number }): Promise<readonly Run[]>;
  /** The run of a page such as `https://prow.k8s.io/view/gs/BUCKET/logs/JOB/ID`, however old, in any bucket. @throws AddressError when it is no such page */
  findRunAt(url: string): Promise<Run | undefined>;
  /** The run as it is now; itself where nothing more is known. */
  refreshRun(run: Run): Promise<Run>;
  /** Text of a file of the run, such as `artifacts/build.log`. @throws OutsideError `absent` */
  readArtifact(run: Run, path: string): Promise<string>;
  findArtifact(run: Run, path: string): Promise<string | undefined>;
  /** Paths below `artifacts/`. */
  listArtifacts(run: Run): Promise<readonly string[]>;
  /** The run's build log; while it runs, what Deck shows of it. `tailBytes` gives only the end. */
  log(run: Run, options?: { readonly tailBytes?: number }): Promise<string>;
  /**
   * The same log from a byte on, piece by piece, for logs of any length and for following. Gives how many bytes it has so far:
   * where to go on. @throws OutsideError `absent` where there is none
   */
  streamLog(run: Run, from: number, onPiece: (piece: Uint8Array) => void): Promise<number>;
  /** Images that the run's build log says it pushed. Empty means: the log names none. (domain §2.4) */
  pushedImages(run: Run): Promise<readonly PushedImage[]>;
  /** The Cloud Build of an image-builder run, or undefined when its logs name none. */
  buildOf(run: Run): Promise<CloudBuild | undefined>;
  /** Known reasons in words; empty when none of the known ones fits. */
  explainFailure(run: Run): Promise<readonly string[]>;
  /** What a run of the promoter left out although it is green: lost digests, a change in which it saw none. Empty for other jobs. (domain §7, row 6) */
  explainPromotion(run: Run): Promise<readonly string[]>;
}
