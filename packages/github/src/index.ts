export { BadLoginError, type AppLogin } from './app-token.ts';
export { createGithub, type GithubOptions } from './client.ts';
export type {
  ChangedFile,
  CheckRun,
  Comment,
  CommitSummary,
  Comparison,
  FolderEntry,
  Github,
  PullRequest,
  Ref,
  Release,
  ReleaseAsset,
  Repository,
  RepositoryFile,
  Status,
} from './github.ts';
