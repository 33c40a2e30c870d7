// Tide: says what a pull request still lacks, and merges it when nothing is lacking (domain facts §4.9). It looks when something
// changed, after its pace; it never polls.
import type { PullRequest, Services, StatusEvent } from './services.ts';
import { robot } from './prow/report.ts';
import { isUpstream, presubmitsOf } from './prow/trigger.ts';

const needed = ['approved', 'cncf-cla: yes', 'lgtm'];
const unwanted = [
  'do-not-merge', 'do-not-merge/blocked-paths', 'do-not-merge/contains-merge-commits', 'do-not-merge/hold', 'do-not-merge/invalid-commit-message',
  'do-not-merge/invalid-owners-file', 'do-not-merge/release-note-label-needed', 'do-not-merge/work-in-progress', 'needs-ok-to-test',
];

/** Registers tide's listeners and its sync. */
export function installTide(services: Services): void {
  const { core } = services;
  const state = core.state<{ waiting: boolean }>('tide', () => ({ waiting: false }));
  const look = (): void => {
    if (state.waiting) return;
    state.waiting = true;
    core.schedule(core.config.pace.tide * 1000, 'tide-sync', {});
  };
  for (const topic of ['pull-opened', 'pull-synchronized', 'pull-closed', 'labels-changed']) core.listen(topic, look);
  core.listen('status-created', ({ status }: StatusEvent) => {
    if (status.context !== 'tide') look();
  });
  core.on('tide-sync', async () => {
    state.waiting = false;
    for (const repo of services.git.repos()) if (isUpstream(services, repo)) await syncRepo(services, repo, look);
  });
}

async function syncRepo(services: Services, repo: string, look: () => void): Promise<void> {
  const open = services.github.pulls(repo).filter((pull) => pull.state === 'open' && !pull.draft);
  let merged = false;
  for (const pull of open) {
    const lacks = await lacking(services, pull);
    await say(services, pull, lacks);
    if (lacks !== undefined) continue;
    // One merge a sync: the others are judged again on the new base.
    if (merged) look();
    else await services.github.merge(repo, pull.number, robot);
    merged = true;
  }
}

/** What keeps a pull request from being merged, in tide's words; undefined when nothing does. */
async function lacking(services: Services, pull: PullRequest): Promise<string | undefined> {
  const missing = needed.filter((label) => !pull.labels.includes(label));
  if (missing.length > 0) return ` Needs ${missing.join(', ')} label${missing.length === 1 ? '' : 's'}.`;
  const blocking = unwanted.filter((label) => pull.labels.includes(label));
  if (blocking.length > 0) return ` Should not have ${blocking.join(', ')} label${blocking.length === 1 ? '' : 's'}.`;
  const red = await unmetContexts(services, pull);
  if (red.length > 0) return ` Job${red.length === 1 ? '' : 's'} ${red.join(', ')} ${red.length === 1 ? 'has' : 'have'} not succeeded.`;
  return (await services.github.mergeable(pull.repo, pull.number)) ? undefined : ' PR has a merge conflict.';
}

/** Required presubmits of a pull request whose newest status is not success. */
export async function unmetContexts(services: Services, pull: PullRequest): Promise<readonly string[]> {
  const required = (await presubmitsOf(services, pull)).filter((job) => !job.optional && !job.skipReport).map((job) => job.context);
  const statuses = services.github.statuses(pull.repo, pull.headSha);
  return required.filter((context) => statuses.find((status) => status.context === context)?.state !== 'success');
}

async function say(services: Services, pull: PullRequest, lacks: string | undefined): Promise<void> {
  const status = {
    context: 'tide',
    state: lacks === undefined ? ('success' as const) : ('pending' as const),
    description: lacks === undefined ? 'In merge pool.' : `Not mergeable.${lacks}`,
    targetUrl: `https://prow.k8s.io/pr?query=is%3Apr+repo%3A${encodeURIComponent(pull.repo)}+author%3A${encodeURIComponent(pull.author)}+head%3A${encodeURIComponent(pull.headRef)}`,
  };
  const now = services.github.statuses(pull.repo, pull.headSha).find((other) => other.context === 'tide');
  if (now?.state !== status.state || now.description !== status.description) await services.github.setStatus(pull.repo, pull.headSha, status);
}
