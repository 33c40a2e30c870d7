import { describe, expect, test } from 'vitest';
import { builderSubstitutions, parseBuilderArgs } from './builder.ts';

const defaults = {
  configDir: '.', buildDir: '.', gcbConfig: 'cloudbuild.yaml', allowDirty: false, noSource: false, envPassthrough: [], withGitDir: false,
  pollingInterval: 10, suppressLogs: false,
};

describe('flags as Go reads them', () => {
  const table: readonly (readonly [what: string, args: readonly string[], options: object])[] = [
    ['defaults', ['.'], {}],
    ['one trailing slash goes', ['images/krte/'], { configDir: 'images/krte', buildDir: 'images/krte' }],
    ['with =', ['--project=p', '.'], { project: 'p' }],
    ['with a space and one dash', ['-project', 'p', '.'], { project: 'p' }],
    ['a value with =', ['--scratch-bucket=gs://a=b', '.'], { scratchBucket: 'gs://a=b' }],
    ['the last one wins', ['--project=a', '--project=b', '.'], { project: 'b' }],
    ['a boolean takes no word', ['--with-git-dir', '.'], { withGitDir: true }],
    ['a boolean with =', ['--with-git-dir=true', '--allow-dirty=0', '--no-source=T', '--suppress-logs=false', '.'], { withGitDir: true, noSource: true }],
    ['build dir', ['--build-dir=.', 'apps/x/'], { configDir: 'apps/x', buildDir: '.' }],
    ['passed names are trimmed', ['--env-passthrough=A, B,,', '.'], { envPassthrough: ['A', 'B'] }],
    ['an empty value is none', ['--project=', '--gcb-config=', '.'], {}],
    ['a double dash ends the flags', ['--project=p', '--', '--odd'], { project: 'p', configDir: '--odd', buildDir: '--odd' }],
    ['the rest', ['--gcb-config=cb.yaml', '--log-dir=/l', '--variant=v', '--version-tag-filter=v*', '--region=us', '--machine-type=m', '--worker-pool=w', '--service-account=s', '--polling-interval=30', '.'],
      { gcbConfig: 'cb.yaml', logDir: '/l', variant: 'v', versionTagFilter: 'v*', region: 'us', machineType: 'm', workerPool: 'w', serviceAccount: 's', pollingInterval: 30 }],
  ];
  for (const [what, args, options] of table) {
    test(what, () => expect(parseBuilderArgs(args)).toEqual({ options: { ...defaults, ...options }, problems: [] }));
  }
});

describe('arguments image-builder refuses or ignores', () => {
  const table: readonly (readonly [args: readonly string[], code: string, severity: string, line: number, says: string])[] = [
    [[], 'no-config-dir', 'error', 1, 'expected a config directory to be provided'],
    [['--project=p'], 'no-config-dir', 'error', 1, 'config directory'],
    [['--projct=p', '.'], 'unknown-flag', 'error', 1, 'flag provided but not defined: -projct'],
    [['--with-git-dir', '--project'], 'bad-flag', 'error', 2, 'flag needs an argument: -project'],
    [['---x', '.'], 'bad-flag', 'error', 1, 'bad flag syntax: ---x'],
    [['--=x', '.'], 'bad-flag', 'error', 1, 'bad flag syntax'],
    [['--no-source=yes', '.'], 'bad-flag', 'error', 1, 'expected true or false'],
    [['--polling-interval=soon', '.'], 'bad-flag', 'error', 1, 'expected whole seconds'],
    [['.', '--with-git-dir'], 'flag-after-directory', 'warning', 2, '--with-git-dir stands behind'],
  ];
  for (const [args, code, severity, line, says] of table) {
    test(`${args.join(' ')}: ${code}`, () => {
      const found = parseBuilderArgs(args).problems.find((problem) => problem.code === code);
      expect(found).toMatchObject({ severity, line, file: 'image-builder' });
      expect(found?.message).toContain(says);
    });
  }

  test('a misspelt flag is answered with the meant one', () => {
    expect(parseBuilderArgs(['--projct=p', '.']).problems[0]?.hint).toBe('Did you mean --project?');
  });
});

describe('what image-builder passes to Cloud Build', () => {
  const { options } = parseBuilderArgs(['--env-passthrough=PULL_BASE_REF,UNSET,CONFIG', '.']);
  test('names get an underscore, unset ones are empty, the git tag is always there', () => {
    expect(builderSubstitutions({ options, env: { PULL_BASE_REF: 'v0.5.0', CONFIG: 'env', OTHER: 'x' }, gitTag: 'v20260822-v0.5.0' })).toEqual({ _PULL_BASE_REF: 'v0.5.0', _UNSET: '', _CONFIG: 'env', _GIT_TAG: 'v20260822-v0.5.0' });
  });
  test("a variant's values win over passed names, nothing wins over the git tag", () => {
    expect(builderSubstitutions({ options, env: { CONFIG: 'env' }, gitTag: 't', variant: { CONFIG: 'variant', K8S_BRANCH: 'master', GIT_TAG: 'mine' } })).toEqual({ _PULL_BASE_REF: '', _UNSET: '', _CONFIG: 'variant', _K8S_BRANCH: 'master', _GIT_TAG: 't' });
  });
});
