// A run as the ProwJob that Deck shows and the bucket keeps (PROW:pkg/apis/prowjobs/v1/types.go).
import { runUrl } from './run.ts';
import type { ProwRun } from './run.ts';

/** Kubernetes cuts label values at 63 characters; Prow trims what then stands at the end. */
function label(value: string): string {
  return value.slice(0, 63).replace(/[._-]+$/, '');
}

const iso = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** The ProwJob of a run, as JSON data. */
export function prowJobOf(run: ProwRun): Record<string, unknown> {
  const [org = '', repo = ''] = run.repo.split('/');
  const page = `https://github.com/${run.repo}`;
  const pull = run.pull;
  const pulls = pull === undefined ? {} : {
    pulls: [{
      number: pull.number, author: pull.author, sha: pull.sha, title: pull.title, head_ref: pull.headRef,
      link: `${page}/pull/${pull.number}`, commit_link: `${page}/pull/${pull.number}/commits/${pull.sha}`, author_link: `https://github.com/${pull.author}`,
    }],
  };
  const labels = {
    'created-by-prow': 'true',
    'prow.k8s.io/job': label(run.job), 'prow.k8s.io/type': run.type, 'prow.k8s.io/id': run.id, 'prow.k8s.io/context': label(run.context),
    'prow.k8s.io/refs.org': label(org), 'prow.k8s.io/refs.repo': label(repo), 'prow.k8s.io/refs.base_ref': label(run.baseRef),
    ...(run.buildId === undefined ? {} : { 'prow.k8s.io/build-id': run.buildId }),
    ...(pull === undefined ? {} : { 'prow.k8s.io/refs.pull': String(pull.number), 'prow.k8s.io/is-optional': String(run.optional) }),
  };
  return {
    apiVersion: 'prow.k8s.io/v1',
    kind: 'ProwJob',
    metadata: { name: run.id, namespace: 'default', creationTimestamp: iso(run.created), labels, annotations: { 'prow.k8s.io/job': run.job, 'prow.k8s.io/context': run.context } },
    spec: {
      type: run.type, agent: 'kubernetes', cluster: run.cluster, namespace: 'test-pods', job: run.job,
      refs: { org, repo, repo_link: page, base_ref: run.baseRef, base_sha: run.baseSha, base_link: `${page}/commit/${run.baseSha}`, ...pulls },
      report: run.report, context: run.context,
      ...(run.rerunCommand === undefined ? {} : { rerun_command: run.rerunCommand }),
      ...(run.maxConcurrency === undefined ? {} : { max_concurrency: run.maxConcurrency }),
      ...(run.queue === undefined ? {} : { job_queue_name: run.queue }),
      pod_spec: run.podSpec,
      decoration_config: { timeout: '2h0m0s', grace_period: '15m0s', gcs_configuration: { bucket: 'gs://kubernetes-ci-logs', path_strategy: 'legacy', default_org: 'kubernetes', default_repo: 'kubernetes' } },
    },
    status: {
      startTime: iso(run.created),
      ...(run.pending === undefined ? {} : { pendingTime: iso(run.pending) }),
      ...(run.completed === undefined ? {} : { completionTime: iso(run.completed) }),
      state: run.state, description: run.description,
      ...(run.buildId === undefined ? {} : { url: runUrl(run), pod_name: run.id, build_id: run.buildId }),
    },
  };
}
