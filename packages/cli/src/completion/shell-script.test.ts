// The scripts in the shells they are for, with the built command behind them. A shell that is not installed is skipped.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callRunbook, launcher } from '../command-harness.ts';

let desk = '';
const has = (shell: string): boolean => spawnSync(shell, ['--version'], { stdio: 'ignore' }).status === 0;
const environment = (): Record<string, string> => ({ PATH: `${desk}/bin:${process.env['PATH'] ?? ''}`, HOME: desk, TERM: 'dumb', LC_ALL: 'C.UTF-8', INPUTRC: '/dev/null' });

const document = `---
inputs:
  version: { type: string, description: The tag }
  side: { type: choice, choices: [left, "right: $(touch owned) \`touch owned\` ;'\\"", "two words"] }
---
\`\`\`sh {name=look effect=read}
ls
\`\`\`
- [ ] Seen. <!-- {name=seen/it} -->
`;

beforeAll(() => {
  desk = mkdtempSync(join(tmpdir(), 'runbook-shells-'));
  mkdirSync(join(desk, 'bin'));
  mkdirSync(join(desk, 'some docs'));
  writeFileSync(join(desk, 'bin/runbook'), `#!/bin/sh\nexec '${process.execPath}' '${launcher}' "$@"\n`);
  chmodSync(join(desk, 'bin/runbook'), 0o755);
  writeFileSync(join(desk, 'release.md'), document);
  writeFileSync(join(desk, 'some docs/it\'s $(touch owned).md'), '# x\n');
  writeFileSync(join(desk, 'so me.md'), document);
  writeFileSync(join(desk, 'notes.txt'), '');
  for (const shell of ['bash', 'zsh', 'fish']) writeFileSync(join(desk, `completion.${shell}`), execFileSync(process.execPath, [launcher, 'completion', shell], { encoding: 'utf8' }));
});

afterAll(() => rmSync(desk, { recursive: true, force: true }));

/** Calls the bash function as readline would for a line with the cursor at its end; readline's own word cutting is bash's. */
function inBash(line: string): string[] {
  const script = `
    source completion.bash
    COMP_LINE=$1 COMP_POINT=\${#1} COMP_WORDS=() COMP_CWORD=0
    while IFS= read -r word; do COMP_WORDS+=("$word"); done <<<"$2"
    COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
    _runbook
    (( \${#COMPREPLY[@]} )) && printf '%s\\n' "\${COMPREPLY[@]}"
    exit 0`;
  const words = [...line.matchAll(/"[^"]*"?|'[^']*'?|(?:\\.|[^\s=:"'\\])+|[=:]+|(?<=\s)$/g)].map(([word]) => word);
  return execFileSync('bash', ['--norc', '--noprofile', '-c', script, 'bash', line, words.join('\n')], { cwd: desk, env: environment(), encoding: 'utf8' }).split('\n').filter((one) => one !== '');
}

describe.skipIf(!has('bash'))('bash', () => {
  test.each<readonly [string, readonly string[]]>([
    ['runbook ru', ['run', 'runs']],
    ['runbook run --rehe', ['--rehearse']],
    ['runbook run rel', ['release.md']],
    ['runbook run ', ['release.md', 'so\\ me.md', 'bin/', 'some\\ docs/']],
    ['runbook run so\\ me.md --input v', ['version=']],
    ['runbook run "so me.md" --input v', ['version=']],
    ['runbook run some\\ docs/', ["some\\ docs/it\\'s\\ \\$\\(touch\\ owned\\).md"]],
    ['runbook run release.md --input ', ['version=', 'side=']],
    ['runbook run release.md --input v', ['version=']],
    // What stands before the = is there already.
    ['runbook run release.md --input side=l', ['left']],
    ['runbook run release.md --input side=two', ['two\\ words']],
    ['runbook run release.md --input side=right', ['right:\\ \\$\\(touch\\ owned\\)\\ \\`touch\\ owned\\`\\ \\;\\\'\\"']],
    ['runbook run release.md --input="side=l', []],
    ['runbook run release.md --input "side=t', ['side=two words']],
    ['runbook run release.md --input "side=r', []],
    ['runbook completion ', ['bash', 'zsh', 'fish']],
    ['runbook nothing ', []],
  ])('%s', (line, expected) => {
    expect(inBash(line)).toEqual(expected);
  });

  test('it is registered, and bash finds no fault with it', () => {
    expect(execFileSync('bash', ['--norc', '-c', 'set -u; source completion.bash; complete -p runbook'], { cwd: desk, env: environment(), encoding: 'utf8' })).toBe('complete -F _runbook runbook\n');
  });
});

/** Types a line and a tab into a zsh on a terminal of its own, and gives the line as it is then. */
function inZsh(line: string): string {
  const script = `
    zmodload zsh/zpty
    zpty -b inner "env PS1= TERM=dumb zsh -f -i"
    zpty -w inner "cd $PWD; autoload -U compinit; compinit -C -d ./.zcompdump; source completion.zsh; zle -C one complete-word _generic; zstyle ':completion:*' completer _complete; unsetopt beep; stty -echo; show() { print -r -- \\"<<<\\$BUFFER>>>\\"; BUFFER=; zle accept-line }; zle -N show; bindkey '^G' show; print -r -- re''ady"
    zpty -r inner seen '*ready*' || exit 1
    zpty -w -n inner "$1"$'\\t\\a'
    zpty -r inner seen $'*<<<*>>>*' || exit 1
    print -r -- "$seen"
    zpty -d inner`;
  const seen = execFileSync('zsh', ['-f', '-c', script, 'zsh', line], { cwd: desk, env: environment(), encoding: 'utf8', timeout: 50_000 });
  return /<<<([\s\S]*?)>>>/.exec(seen)?.[1] ?? `not seen: ${seen}`;
}

describe.skipIf(!has('zsh'))('zsh', () => {
  // zsh looks at each of its thousand functions once, not for each line
  beforeAll(() => void execFileSync('zsh', ['-f', '-c', 'autoload -U compinit; compinit -u -d ./.zcompdump'], { cwd: desk, env: environment() }));

  test.each<readonly [string, string]>([
    ['runbook res', 'runbook resume '],
    ['runbook run --rehe', 'runbook run --rehearse '],
    ['runbook run rel', 'runbook run release.md '],
    ['runbook run some', 'runbook run some\\ docs/'],
    ['runbook run so\\ me.md --input v', 'runbook run so\\ me.md --input version='],
    ['runbook run "so me.md" --input v', 'runbook run "so me.md" --input version='],
    ['runbook run "some', 'runbook run "some docs/'],
    ['runbook run some\\ docs/', "runbook run some\\ docs/it\\'s\\ \\$\\(touch\\ owned\\).md "],
    ['runbook run release.md --input v', 'runbook run release.md --input version='],
    ['runbook run release.md --input side=l', 'runbook run release.md --input side=left '],
    ['runbook run release.md --input side=tw', 'runbook run release.md --input side=two\\ words '],
    ['runbook completion fi', 'runbook completion fish '],
  ])('%s', (line, expected) => {
    expect(inZsh(line)).toBe(expected);
  });
});

const inFish = (line: string): string[] =>
  execFileSync('fish', ['--no-config', '-c', 'source completion.fish; complete -C $argv[1]', line], { cwd: desk, env: environment(), encoding: 'utf8' }).split('\n').filter((one) => one !== '');

describe.skipIf(!has('fish'))('fish', () => {
  test.each<readonly [string, readonly string[]]>([
    ['runbook res', ['resume\tgo on where a run stopped']],
    ['runbook run rel', ['release.md']],
    ['runbook run some\\ docs/', ["some docs/it's $(touch owned).md"]],
    ['runbook run release.md --input v', ['version=\tstring: The tag']],
    ['runbook run release.md --input side=l', ['side=left']],
    ['runbook run "some docs/', ["some docs/it's $(touch owned).md"]],
    ["runbook run 'rele", ['release.md']],
    ['runbook run ./so\\ me.md --input v', ['version=\tstring: The tag']],
    ['runbook run "./so me.md" --input v', ['version=\tstring: The tag']],
    ['runbook run ', ['bin/\tfolder', 'release.md', 'so me.md', 'some docs/\tfolder']],
    ['runbook completion z', ['zsh']],
    ['runbook nothing ', []],
  ])('%s', (line, expected) => {
    expect(inFish(line)).toEqual(expected);
  });
});

test.skipIf(['bash', 'zsh', 'fish'].every(has))(`shells that are not installed here and not tested: ${['bash', 'zsh', 'fish'].filter((shell) => !has(shell)).join(', ')}`, () => undefined);

describe('what a key press costs', () => {
  /** The files of the bundle that a call loads, and their size in bytes. */
  function loadedBy(words: readonly string[]): { readonly bytes: number; readonly code: string } {
    const folder = mkdtempSync(join(tmpdir(), 'runbook-loaded-'));
    try {
      execFileSync(process.execPath, [launcher, 'complete', '--', ...words], { cwd: desk, env: { ...environment(), NODE_V8_COVERAGE: folder } });
      const urls = readdirSync(folder).flatMap((name) => (JSON.parse(readFileSync(join(folder, name), 'utf8')) as { result: readonly { url: string }[] }).result.map(({ url }) => url));
      const files = [...new Set(urls.filter((url) => url.includes('/packages/cli/bundle/')))].map((url) => (url.startsWith('file:') ? fileURLToPath(url) : url));
      expect(files.length).toBeGreaterThan(2);
      return { bytes: files.reduce((sum, file) => sum + statSync(file).size, 0), code: files.map((file) => readFileSync(file, 'utf8')).join('\n') };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  test('commands, files and runs come without the parser, steps without everything that runs', () => {
    for (const words of [['ru'], ['run', ''], ['resume', '']]) {
      const { bytes, code } = loadedBy(words);
      expect(bytes).toBeLessThan(250_000);
      expect(code).not.toContain('over-indented-fence');
    }
    const { bytes, code } = loadedBy(['run', 'release.md', '--input', '']);
    expect(code).toContain('over-indented-fence');
    expect(bytes).toBeLessThan(900_000);
    for (const heavy of ['git-upload-pack', 'octokit', 'publishDiagnostics', 'ProcessPromise']) expect(code).not.toContain(heavy);
  });
});

test('a run that was really made is completed, with its steps', async () => {
  const run = await callRunbook(['run', 'release.md', '--dry-run', '--input', 'version=v1', '--input', 'side=left', '--json'], { cwd: desk });
  const { run: id } = JSON.parse(run.stdout) as { run: string };
  const offers = async (...words: readonly string[]): Promise<string[]> => (await callRunbook(['complete', '--', ...words], { cwd: desk })).stdout.split('\n').map((line) => line.split('\t')[0] ?? '');
  expect(await offers('report', '')).toContain(id);
  expect(await offers('logs', id, '')).toEqual(['look', 'seen/it', '']);
  expect(await offers('approve', id, '')).toEqual(['seen/it', '']);
});

test('whatever a stranger\'s document offers, completing it runs nothing', () => {
  expect(readdirSync(desk)).not.toContain('owned');
});
