// What a run of a Prow job is. Pure: build ids, states, addresses; nothing here reads anything.

/** A Prow build id: up to 20 digits, beyond what a JavaScript number can hold, so always a string. (domain §4.6) */
export type BuildId = string & { readonly brand: 'BuildId' };

/** Prow's states. The last four are final. (domain §4.4) */
export type RunState = 'scheduling' | 'triggered' | 'pending' | 'success' | 'failure' | 'aborted' | 'error';

/** What started a job. */
export type JobKind = 'presubmit' | 'postsubmit' | 'periodic' | 'batch';

/** One run of a job. Times are ISO 8601 in UTC. */
export interface Run {
  readonly job: string;
  readonly kind: JobKind;
  /** Absent while Prow has not given one (`scheduling`, `triggered`). */
  readonly id?: BuildId;
  readonly state: RunState;
  readonly finished: boolean;
  readonly succeeded: boolean;
  /** Finished, but not with success. */
  readonly failed: boolean;
  /** The public page of the run. */
  readonly url: string;
  readonly description?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** `owner/name`; absent for periodics without refs. */
  readonly repo?: string;
  /** The branch or tag name that was pushed, or the base of a pull request. */
  readonly baseRef?: string;
  /** The commit that ran: the pull request's head, else what the ref named. For an annotated tag that is the tag object. */
  readonly sha?: string;
  /** The checked-out commit, where the run recorded it; differs from `sha` for annotated tags. */
  readonly commit?: string;
  readonly pull?: number;
  readonly bucket: string;
  /** Folder of the run in the bucket, without a slash at its end. Absent until there is an id. */
  readonly prefix?: string;
}

/** Which run is meant. Everything given must match. */
export interface RunQuery {
  readonly job: string;
  /** A commit or a tag object. A run of an annotated tag is found by either. */
  readonly sha?: string;
  /** Branch or tag name, without `refs/…/`. */
  readonly baseRef?: string;
  /** `owner/name`. Needed to find presubmits in the bucket. */
  readonly repo?: string;
  readonly pull?: number;
  readonly kind?: JobKind;
}

/** An image that a build pushed, as its log says. */
export interface PushedImage {
  /** `repository:tag@digest`, or `repository@digest`. */
  readonly reference: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest: string;
  /** Only where the log says so beyond doubt. Ask the registry otherwise. */
  readonly platforms?: readonly string[];
}

/** The Cloud Build behind a run of image-builder. */
export interface CloudBuild {
  readonly id: string;
  readonly project?: string;
  /** The console page. */
  readonly url: string;
}
