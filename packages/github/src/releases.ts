// Releases and their assets.
import { OutsideError } from '@runbook/http';
import { listOf, orAbsent, split, withFields, type Session } from './session.ts';
import type { Github, Release } from './github.ts';

type Part = Pick<Github, 'findRelease' | 'createRelease' | 'generateNotes' | 'uploadAsset'>;

interface WireRelease {
  readonly id: number;
  readonly html_url: string;
  readonly tag_name: string;
  readonly name: string | null;
  readonly body?: string | null;
  readonly draft: boolean;
  readonly prerelease: boolean;
  readonly assets: readonly { readonly id: number; readonly name: string; readonly browser_download_url: string }[];
}

const releaseFields = ['id:number', 'html_url:text', 'tag_name:text', 'name?:text', 'body?:text', 'draft:flag', 'prerelease:flag', 'assets:list'] as const;
const assetFields = ['id:number', 'name:text', 'browser_download_url:text'] as const;

/** The part of the client that knows releases. */
export function releases(session: Session, findRef: Github['findRef']): Part {
  return {
    async findRelease(repo, tag) {
      const { rest } = await session.octokit();
      const found = await orAbsent(rest.repos.getReleaseByTag({ ...split(repo), tag }));
      return found === undefined ? undefined : readRelease(session, `repos/${repo}/releases/tags/${tag}`, found.data);
    },
    async createRelease(repo, { tag, title, notes, prerelease }) {
      const { rest } = await session.octokit();
      // GitHub would make a missing tag by itself, at the head of the default branch. Asked after the write lock, so that a
      // dry run, whose tag was withheld too, still shows the release.
      const guard = async (): Promise<void> => {
        if ((await findRef(repo, `tags/${tag}`)) === undefined) throw tagMissing(session, repo, tag);
      };
      const { data } = await rest.repos.createRelease({ ...split(repo), tag_name: tag, name: title, body: notes, prerelease, draft: false, request: { guard } });
      return readRelease(session, `POST repos/${repo}/releases`, data);
    },
    async generateNotes(repo, { tag, previousTag, target }) {
      const { rest } = await session.octokit();
      const more = { ...(previousTag === undefined ? {} : { previous_tag_name: previousTag }), ...(target === undefined ? {} : { target_commitish: target }) };
      // a POST that changes nothing: it may be asked in a dry run, too
      const { data } = await rest.repos.generateReleaseNotes({ ...split(repo), tag_name: tag, ...more, request: { isRead: true } });
      const { name, body } = withFields(session, `repos/${repo}/releases/generate-notes`, data, ['name:text', 'body:text']);
      return { title: name, notes: body };
    },
    async uploadAsset(repo, releaseId, { name, contentType, text }) {
      const { rest } = await session.octokit();
      const { data } = await rest.repos.uploadReleaseAsset({
        ...split(repo),
        release_id: releaseId,
        name,
        data: text,
        baseUrl: session.uploadUrl,
        headers: { 'content-type': contentType },
      });
      const { id, name: stored, browser_download_url: url } = withFields(session, `POST repos/${repo}/releases/${releaseId}/assets`, data, assetFields);
      return { id, name: stored, url };
    },
  };
}

function tagMissing(session: Session, repo: string, tag: string): OutsideError {
  return new OutsideError({ code: 'absent', service: 'github', request: `GET ${session.baseUrl}/repos/${repo}/git/ref/tags/${tag}`, status: 404, detail: `the tag ${tag} is not there, and a release must not make it; push the tag first` });
}

function readRelease(session: Session, what: string, answer: WireRelease): Release {
  const release = withFields(session, what, answer, releaseFields);
  listOf(session, what, release.assets, assetFields);
  return {
    id: release.id,
    url: release.html_url,
    tag: release.tag_name,
    name: release.name ?? '',
    body: release.body ?? '',
    draft: release.draft,
    prerelease: release.prerelease,
    assets: release.assets.map(({ id, name, browser_download_url: url }) => ({ id, name, url })),
  };
}
