// What is said on issues and pull requests: comments, labels, reviews. Each is told to whoever listens.
import type { Core, GitHub, RepoName } from '../services.ts';
import type { CommentRecord, ReviewRecord, ThreadRecord } from './record.ts';

/** The talk of all threads. */
export interface Talk extends Pick<GitHub, 'comment' | 'addLabels' | 'removeLabel' | 'review'> {
  say(repo: RepoName, number: number, comment: { readonly author: string; readonly body: string }): Promise<CommentRecord>;
  judge(repo: RepoName, number: number, review: Pick<ReviewRecord, 'author' | 'state' | 'body'>): Promise<ReviewRecord>;
}

/** Makes the talk. `get` gives a thread or throws. */
export function createTalk(core: Core, get: (repo: RepoName, number: number) => ThreadRecord): Talk {
  const touch = (record: ThreadRecord): void => void (record.updatedAt = core.now());
  const talk: Talk = {
    comment: async (repo, number, author, body) => void (await talk.say(repo, number, { author, body })),
    say: async (repo, number, { author, body }) => {
      const record = get(repo, number);
      const comment = { id: core.id('comment'), author, body, createdAt: core.now(), updatedAt: core.now() };
      record.comments.push(comment);
      touch(record);
      await core.tell('comment-created', { repo, number, author, body });
      return comment;
    },
    addLabels: async (repo, number, labels) => {
      const record = get(repo, number);
      const added = labels.filter((label, at) => !record.labels.includes(label) && labels.indexOf(label) === at);
      if (added.length === 0) return;
      record.labels.push(...added);
      touch(record);
      await core.tell('labels-changed', { repo, number });
    },
    removeLabel: async (repo, number, label) => {
      const record = get(repo, number);
      if (!record.labels.includes(label)) return;
      record.labels = record.labels.filter((other) => other !== label);
      touch(record);
      await core.tell('labels-changed', { repo, number });
    },
    review: async (repo, number, author, state, body) => void (await talk.judge(repo, number, { author, state, body })),
    judge: async (repo, number, review) => {
      const record = get(repo, number);
      const made = { id: core.id('review'), ...review, sha: record.pull?.headSha ?? '', submittedAt: core.now() };
      record.reviews.push(made);
      touch(record);
      await core.tell('review-submitted', { repo, number, author: review.author, state: review.state });
      return made;
    },
  };
  return talk;
}
