import { createHash } from 'node:crypto';
// Every case runs a real bash. Cases come from the traps that other executors of Markdown fall into.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createShellSession, type ShellBlock, type ShellResult, type ShellSession, type ShellSessionOptions } from './shell-session.ts';

let folder = '';
const open: ShellSession[] = [];

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'shell-session-test-')));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((session) => session.close()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: '/nonexistent', LANG: 'C.UTF-8' };

function start(options: Partial<ShellSessionOptions> = {}): ShellSession {
  const session = createShellSession({ name: 'runbooks/release.md', cwd: folder, env, graceMs: 300, ...options });
  open.push(session);
  return session;
}

interface Ran extends ShellResult {
  readonly stdout: string;
  readonly stderr: string;
}

async function run(session: ShellSession, code: string, more: Partial<ShellBlock> = {}, stateFile?: string): Promise<Ran> {
  const out: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  const result = await session.run({ code, line: 10, variables: {}, publishes: [], onOutput: (stream, chunk) => void out[stream].push(chunk), ...more }, stateFile);
  return { ...result, stdout: Buffer.concat(out.stdout).toString('latin1'), stderr: Buffer.concat(out.stderr).toString('utf8') };
}

/** Blocks run one after another in one session; the last one's stdout is compared. All must exit with 0. */
const persists: readonly (readonly [what: string, blocks: readonly string[], stdout: string])[] = [
  ['a variable', ['x=1', 'echo $x'], '1\n'],
  ['a variable after a block that failed', ['x=1', '!exit 3', 'echo $x'], '1\n'],
  ['a value with lines, quotes, dollars and backslashes', [`x=$'a\\n"b"\\t\\'c\\' $d \\\\e\\n'`, '!false', 'printf %s "$x"'], `a\n"b"\t'c' $d \\e\n`],
  ['a value that looks like a declaration', [`x=$'1\\ndeclare -- y="2"\\n'; y=0`, '!false', 'printf "%s%s" "$x" "$y"'], '1\ndeclare -- y="2"\n0'],
  ['bytes that are no text', [`x=$'\\377\\001\\200'`, '!false', 'printf %s "$x"'], '\xff\x01\x80'],
  ['an array with holes and blanks', ["a=('1 2' '' [5]=$'x\\ny')", '!false', 'printf "%s|" "${!a[@]}" "${a[@]}"'], '0|1|5|1 2||x\ny|'],
  ['an associative array', [`declare -A m=(['k" x']=1 [']']=$'\\t')`, '!false', `printf '%s' "\${m['k" x']}" "\${m[']']}"`], '1\t'],
  ['integer, readonly and lower-case attributes', ['declare -i n=4; readonly r=9; declare -l low=ABC', '!false', 'n+=1; low=XyZ; echo $n $r $low'], '5 9 xyz\n'],
  ['a nameref', ['t=1; declare -n ref=t', '!false', 'ref=2; echo $t'], '2\n'],
  ['a function', ['greet() { echo "hi $1"; }', '!false', 'greet you'], 'hi you\n'],
  ['a function named like a builtin', ['declare() { builtin echo mine; }; printf() { builtin echo p; }; read() { :; }; eval() { :; }; trap() { :; }', '!false', 'declare; printf', 'unset -f declare printf; echo ok'], 'ok\n'],
  ['an exported function', ['f() { echo from child; }; export -f f', '!false', 'bash -c f'], 'from child\n'],
  ['a function that needs extglob', ['shopt -s extglob', 'f() { case $1 in @(a|b)) echo yes;; esac; }', '!false', 'f a'], 'yes\n'],
  ['an alias with expand_aliases', ['shopt -s expand_aliases; alias say="echo said"', '!false', 'say'], 'said\n'],
  ['the folder', ['mkdir -p deep/er && cd deep/er', '!false', 'basename "$PWD"'], 'er\n'],
  ['a folder with odd characters', [`d=$'a "b" \\'c\\' $d é'; mkdir -p "$d" && cd "$d"`, '!false', '[ "$(basename "$PWD")" = "$d" ] && echo same'], 'same\n'],
  ['the umask', ['umask 027', '!false', 'umask'], '0027\n'],
  ['shell options of shopt', ['shopt -s nullglob', '!false', 'echo *.none'], '\n'],
  ['that a variable of the environment is unset', ['unset HOME', '!false', 'echo ${HOME-gone}'], 'gone\n'],
  ['an exported variable for children', ['export E="a b"', '!false', 'bash -c \'echo "$E"\''], 'a b\n'],
  ['that IFS was changed', ['IFS=,', '!false', 'x="a,b"; set -- $x; echo $#'], '2\n'],
  ['state over exit 0 in the middle', ['x=1; exit 0; x=2', 'echo $x'], '1\n'],
  ['state over exit 0 in a function, without its locals', ['x=glob; f() { local x=loc; y=2; exit 0; }; f', 'echo $x $y'], 'glob 2\n'],
  ['state over exit 0 under an EXIT trap of the block', ['x=1; trap "x=9; rm -f nothing" EXIT; exit 0', 'echo $x'], '1\n'],
  ['state at the end of a block with an EXIT trap', ['x=1; trap "echo bye" EXIT', 'echo $x'], '1\n'],
  ['a file descriptor, while bash lives', ['echo line >in.txt; exec 3<in.txt', 'read -r l <&3; echo $l'], 'line\n'],
  ['a background job, while bash lives', ['sleep 30 & job=$!', 'kill -0 $job && echo alive'], 'alive\n'],
  ['a background job over a failing block', ['sleep 30 & job=$!', '!false', 'kill -0 $job && echo alive'], 'alive\n'],
];

describe('keeps from block to block', () => {
  test.each(persists)('%s', async (_what, blocks, stdout) => {
    const session = start();
    let last: Ran | undefined;
    for (const block of blocks) {
      const fails = block.startsWith('!');
      last = await run(session, fails ? block.slice(1) : block);
      expect([last.kind, last.exitCode === 0, last.stderr]).toEqual(['exited', !fails, '']);
    }
    expect(last?.stdout).toBe(stdout);
  });
});

const forgets: readonly (readonly [what: string, blocks: readonly string[], stdout: string])[] = [
  ['set options', ['set +eu; set -f -C', 'echo $-; [[ -o pipefail ]] && echo p'], 'ehuB\np\n'],
  ['xtrace', ['set -x; : a', 'echo $-'], 'ehuB\n'],
  ['an ERR trap', ['trap "echo ERR" ERR', 'false || :; (exit 0); echo on'], 'on\n'],
  ['a DEBUG trap', ['trap ": " DEBUG', 'trap -p'], ''],
  ['a TERM trap', ['trap "echo no" TERM', 'trap -p TERM'], ''],
  ['positional parameters', ['set -- a b', 'echo $#'], '0\n'],
  ['a redirected stdout', ['exec >out.txt; echo hidden', 'echo seen; cat out.txt'], 'seen\nhidden\n'],
  ['a redirected stderr and stdin', ['exec 2>/dev/null </etc/passwd', 'read -r x || echo empty; echo x >/dev/stderr && echo pipe'], 'empty\npipe\n'],
  ['what a failed block did', ['x=1', '!x=2; cd /; f() { :; }; false', 'echo $x; [ "$PWD" != / ]; type -t f || echo none'], '1\nnone\n'],
  ['a stopped option -t', ['set -t', 'echo on'], 'on\n'],
  ['posix mode', ['set -o posix', '[[ -o posix ]] || echo off'], 'off\n'],
];

describe('does not keep', () => {
  test.each(forgets)('%s', async (_what, blocks, stdout) => {
    const session = start();
    let last: Ran | undefined;
    for (const block of blocks) last = await run(session, block.replace(/^!/, ''));
    expect([last?.exitCode, last?.stdout]).toEqual([0, stdout]);
  });
});

const ends: readonly (readonly [code: string, kind: ShellResult['kind'], exitCode: number | null, signal: string | null, stdout: string, stderr: string])[] = [
  ['exit 7', 'exited', 7, null, '', ''],
  ['echo a; false; echo b', 'exited', 1, null, 'a\n', ''],
  ['false | true; echo b', 'exited', 1, null, '', ''],
  ['echo "$nope"', 'exited', 1, null, '', 'runbooks/release.md: line 10: nope: unbound variable\n'],
  ['\n\n: "${nope?must be set}"', 'exited', 1, null, '', 'runbooks/release.md: line 12: nope: must be set\n'],
  ['echo a\nno-such-command', 'exited', 127, null, 'a\n', 'runbooks/release.md: line 11: no-such-command: command not found\n'],
  ['if true; then\n  echo (', 'exited', 2, null, '', "runbooks/release.md: eval: line 11: syntax error near unexpected token `newline'\n"],
  ['f() {\n  echo $LINENO\n  nope\n}\nf', 'exited', 127, null, '11\n', 'runbooks/release.md: line 12: nope: command not found\n'],
  ['kill -9 $$', 'killed', null, 'SIGKILL', '', ''],
  ['echo a; kill -TERM $$; sleep 5', 'killed', null, 'SIGTERM', 'a\n', ''],
  ['echo a; break; echo b', 'exited', 1, null, 'a\n', 'runbooks/release.md: break or continue outside of a loop: the rest of the block did not run\n'],
  ['echo a; continue 2; echo b', 'exited', 1, null, 'a\n', 'runbooks/release.md: break or continue outside of a loop: the rest of the block did not run\n'],
  ['for i in 1 2; do break; done; echo on', 'exited', 0, null, 'on\n', ''],
  ['return 3; echo b', 'exited', 2, null, '', "runbooks/release.md: line 10: return: can only `return' from a function or sourced script\n"],
  ['exec true', 'exited', 0, null, '', ''],
  ['exec bash -c "echo other; exit 4"', 'exited', 4, null, 'other\n', ''],
  ['(exit 5)', 'exited', 5, null, '', ''],
  ['set +e; false', 'exited', 1, null, '', ''],
  ['set +e; false; true', 'exited', 0, null, '', ''],
  ['( exit 0 ); x=$(exit 0); true | { exit 0; }; echo on', 'exited', 0, null, 'on\n', ''],
  ['( trap "echo sub" EXIT; exit 0 ); echo on', 'exited', 0, null, 'sub\non\n', ''],
  ['trap "echo bye" EXIT; echo a', 'exited', 0, null, 'a\nbye\n', ''],
  ['trap "echo bye" EXIT; echo a; exit 0; echo b', 'exited', 0, null, 'a\nbye\n', ''],
  ['trap "echo bye" EXIT; echo a; exit 3', 'exited', 3, null, 'a\nbye\n', ''],
  ['trap "echo bye" EXIT; echo a; false', 'exited', 1, null, 'a\nbye\n', ''],
  ['trap \'rc=$?; echo "rc $rc"; exit $rc\' EXIT; exit 4', 'exited', 4, null, 'rc 4\n', ''],
  ['trap \'rc=$?; echo "rc $rc"; exit $rc\' EXIT; true', 'exited', 0, null, 'rc 0\n', ''],
  ['trap "exit 6" EXIT; true', 'exited', 6, null, '', ''],
  ['trap "exit 0" EXIT; false', 'exited', 0, null, '', ''],
  ['trap "echo caught" ERR; false', 'exited', 1, null, 'caught\n', ''],
  ['exit', 'exited', 0, null, '', ''],
  ['set +e; false; exit', 'exited', 1, null, '', ''],
  ['exit nonsense', 'exited', 2, null, '', 'runbooks/release.md: line 10: exit: nonsense: numeric argument required\n'],
  ['printf "no newline"', 'exited', 0, null, 'no newline', ''],
  ['printf "a\\0b\\0"', 'exited', 0, null, 'a\0b\0', ''],
  ['cat; read -r x || echo none', 'exited', 0, null, 'none\n', ''],
  ['echo out; echo err >&2', 'exited', 0, null, 'out\n', 'err\n'],
  ['echo out >/dev/stdout; echo err >/dev/stderr; echo both | tee /dev/stderr', 'exited', 0, null, 'out\nboth\n', 'err\nboth\n'],
  ['cat <<\'E\'\n$x `y` "z"\nE\n# a comment at the end', 'exited', 0, null, '$x `y` "z"\n', ''],
  ['$HOME/nope', 'exited', 127, null, '', 'runbooks/release.md: line 10: /nonexistent/nope: No such file or directory\n'],
  ['', 'exited', 0, null, '', ''],
  ['# only a comment', 'exited', 0, null, '', ''],
  ['echo "$0"; echo "$#"', 'exited', 0, null, 'runbooks/release.md\n0\n', ''],
  ['echo a | tr a b &\nwait', 'exited', 0, null, 'b\n', ''],
  ['set -x; exit 0', 'exited', 0, null, '', '+ exit 0\n'],
];

describe('tells how a block ended', () => {
  test.each(ends)('%s', async (code, ...expected) => {
    const [kind, exitCode, signal, stdout, stderr] = expected;
    const session = start();
    await run(session, 'before=1');
    const ran = await run(session, code);
    expect([ran.kind, ran.exitCode, ran.signal, ran.stdout]).toEqual([kind, exitCode, signal, stdout]);
    expect(ran.stderr).toContain(stderr);
    if (stderr === '') expect(ran.stderr).toBe('');
    expect((await run(session, 'echo $before')).stdout).toBe('1\n');
  });
});

test('a function restored in a fresh bash still names the line of the document', async () => {
  const session = start();
  await run(session, 'first() { :; }\nbroken() {\n  nope\n}', { line: 100 });
  await run(session, 'false');
  const ran = await run(session, 'broken', { line: 200 });
  expect(ran.stderr).toBe('runbooks/release.md: line 102: nope: command not found\n');
  await run(session, 'other() { :; }', { line: 300 });
  await run(session, 'false');
  expect((await run(session, 'broken', { line: 200 })).stderr).toBe('runbooks/release.md: line 102: nope: command not found\n');
});

test('lines far down in a document are named as cheaply as the first', async () => {
  const ran = await run(start(), 'echo $LINENO\nnope', { line: 1_000_000 });
  expect([ran.stdout, ran.stderr]).toEqual(['1000000\n', 'runbooks/release.md: line 1000001: nope: command not found\n']);
});

test('an absolute or outward name is shortened, never followed', async () => {
  expect((await run(start({ name: '/etc/release.md' }), 'nope')).stderr).toBe('release.md: line 10: nope: command not found\n');
  expect((await run(start({ name: '../x/-r.md' }), 'nope')).stderr).toBe('-r.md: line 10: nope: command not found\n');
});

describe('publishes', () => {
  const values: readonly (readonly [what: string, code: string, value: string | null])[] = [
    ['plain text', 'export x=v1.2.3', 'v1.2.3'],
    ['several lines with a final one', `export x=$'a\\nb\\n\\n'`, 'a\nb\n\n'],
    ['quotes and control characters', `export x=$'"\\'\\\\ $x \\001\\033[0m\\r\\t'`, '"\'\\ $x \u0001\u001b[0m\r\t'],
    ['letters beyond ASCII', 'export x="é→😀"', 'é→😀'],
    ['an empty value', 'export x=', ''],
    ['nothing', ':', null],
    ['a declared name without a value', 'export x', null],
    ['a value set before exit 0', 'export x=1; exit 0', '1'],
    ['a value set before exit 0 under an EXIT trap', 'trap "echo bye" EXIT; export x=1; exit 0', '1'],
    ['a value of a block that ends with an EXIT trap', 'trap "x=2" EXIT; export x=1', '1'],
    ['a value assigned but not exported', 'x=5', '5'],
    ['an array is no value', 'x=(a b)', null],
    ['a readonly value', 'readonly x=1; export x', '1'],
  ];
  test.each(values)('%s', async (_what, code, value) => {
    expect((await run(start(), code, { publishes: ['x'] })).outputs).toEqual({ x: value });
  });

  test('a large value', async () => {
    const ran = await run(start(), `export x=$(head -c 300000 /dev/zero | tr '\\0' '"')`, { publishes: ['x'] });
    expect(ran.outputs['x']).toBe('"'.repeat(300_000));
  });

  test('bytes that are no text are named, not guessed', async () => {
    const ran = await run(start(), `export x=$'\\377'; export y=1`, { publishes: ['x', 'y'] });
    expect([ran.outputs, ran.notText]).toEqual([{ x: null, y: '1' }, ['x']]);
  });

  test('nothing after a failure', async () => {
    expect((await run(start(), 'export x=1; false', { publishes: ['x'] })).outputs).toEqual({});
  });
});

describe('variables', () => {
  const value = `v'1"$(touch pwned)\`x\`\\\n\n é\u0001`;

  test('are assigned as data and exported', async () => {
    const session = start();
    const ran = await run(session, 'printf %s "$v"; bash -c \'printf %s "$v"\'', { variables: { v: value } });
    expect(Buffer.from(ran.stdout, 'latin1').toString()).toBe(value + value);
    expect(readdirSync(folder)).not.toContain('pwned');
  });

  test('handed over once, they outlive a failure and reach copies', async () => {
    const session = start();
    expect((await run(session, 'false', { variables: { v: '1' } })).exitCode).toBe(1);
    const copy = session.fork();
    open.push(copy);
    expect((await run(copy, 'echo $v', { variables: { w: '2' } })).stdout).toBe('1\n');
    expect((await run(session, 'echo $v $w')).stdout).toBe('1 2\n');
  });

  test('can be unset', async () => {
    const session = start();
    await run(session, ':', { variables: { v: '1' } });
    expect((await run(session, 'echo ${v-none}', { unset: ['v'] })).stdout).toBe('none\n');
  });

  test('replace an array, an integer and a value of the same name whole', async () => {
    const session = start();
    await run(session, 'v=(a b c); declare -i w=1');
    expect((await run(session, 'echo "${v[*]} $w"', { variables: { v: 'x', w: '2+2' } })).stdout).toBe('x 2+2\n');
  });

  test('a readonly name with the same value is no error, with another one the block does not run', async () => {
    const session = start();
    await run(session, 'readonly v', { variables: { v: '1' } });
    expect((await run(session, 'echo $v', { variables: { v: '1' } })).stdout).toBe('1\n');
    const ran = await run(session, 'echo must not run', { variables: { v: '2' } });
    expect([ran.exitCode, ran.stdout, ran.stderr]).toEqual([126, '', 'runbooks/release.md: line 10: v: readonly variable\n']);
  });

  test('names and values that no shell can hold are refused', async () => {
    await expect(run(start(), ':', { variables: { 'a b': '1' } })).rejects.toThrow('not a shell variable name');
    await expect(run(start(), ':', { variables: { a: 'x\0y' } })).rejects.toThrow('NUL');
  });
});

describe('the environment', () => {
  test('is complete: nothing is inherited and no start-up file is read', async () => {
    const home = mkdtempSync(join(folder, 'home-'));
    for (const name of ['.bashrc', '.bash_profile', '.profile', 'env.sh']) writeFileSync(join(home, name), 'echo START-UP; export STARTED=1\n');
    const session = start({ env: { ...env, HOME: home, BASH_ENV: join(home, 'env.sh'), ENV: join(home, 'env.sh'), 'BASH_FUNC_git%%': '() { echo fake; }', SHELLOPTS: 'xtrace', POSIXLY_CORRECT: '1', TMOUT: '1', CDPATH: '/' } });
    const ran = await run(session, 'env | cut -d= -f1 | sort | tr "\\n" " "; type -t git || :; [[ -o posix ]] || echo bash');
    expect(ran.stderr).toBe('');
    expect(ran.stdout).toMatch(/^HOME LANG (OLDPWD )?PATH PWD SHLVL _ (file\n)?bash\n$/);
  });

  test('of the session is told to processes beside it', async () => {
    const session = start();
    expect((await session.environment()).cwd).toBe(folder);
    await run(session, 'mkdir -p beside; cd beside; export E=$\'1\\n2\'; unexported=3; unset HOME');
    const told = await session.environment();
    expect([told.cwd, told.env['E'], told.env['unexported'], told.env['HOME'], told.env['LANG']]).toEqual([join(folder, 'beside'), '1\n2', undefined, undefined, 'C.UTF-8']);
  });

  test('without bash on PATH the block fails in words', async () => {
    const ran = await run(start({ env: { PATH: '/nonexistent' } }), 'echo a');
    expect([ran.kind, ran.exitCode, ran.stderr]).toEqual(['exited', 127, 'runbooks/release.md: bash did not start: is it on PATH?\n']);
  });

  test('cwd is for one block', async () => {
    const session = start();
    mkdirSync(join(folder, 'once'), { recursive: true });
    expect((await run(session, 'basename "$PWD"', { cwd: 'once' })).stdout).toBe('once\n');
    expect((await run(session, 'echo "$PWD"')).stdout).toBe(`${folder}\n`);
    const ran = await run(session, 'echo must not run', { cwd: 'missing' });
    expect([ran.exitCode, ran.stdout, ran.stderr]).toEqual([126, '', `runbooks/release.md: line 10: ${folder}/missing is no folder that a block can start in: ENOENT\n`]);
  });
});

describe('output', () => {
  test('streams, and is complete, over many chunks and both streams', async () => {
    const session = start();
    let bytes = 0;
    const result = await session.run({ code: 'head -c 20000000 /dev/zero; head -c 1000000 /dev/zero >&2', line: 1, variables: {}, publishes: [], onOutput: (_stream, chunk) => void (bytes += chunk.length) });
    expect([result.exitCode, bytes]).toEqual([0, 21_000_000]);
  });

  test('is complete when bash dies while a background job holds its pipes', async () => {
    const session = start();
    const ran = await run(session, 'sleep 30 & head -c 3000000 /dev/zero; exit 3');
    expect([ran.exitCode, ran.stdout.length]).toEqual([3, 3_000_000]);
  });

  test('of a background job lands in the next block', async () => {
    const session = start();
    await run(session, 'mkfifo gate; { read -r _ <gate; echo late; } &');
    expect((await run(session, 'echo go >gate; wait')).stdout).toBe('late\n');
  });

  test('starts before the block ends', async () => {
    const session = start();
    const release = join(folder, 'release');
    const seen: string[] = [];
    const result = await session.run({
      code: 'echo first; until [ -e release ]; do sleep 0.01; done; echo second',
      line: 1,
      variables: {},
      publishes: [],
      onOutput: (_stream, chunk) => {
        seen.push(chunk.toString());
        writeFileSync(release, '');
      },
    });
    expect([result.exitCode, seen]).toEqual([0, ['first\n', 'second\n']]);
  });
});

describe('is stopped', () => {
  test('by its time limit, with everything it started', async () => {
    const session = start();
    await run(session, 'x=1');
    const ran = await run(session, 'sleep 60 & echo $! >pids; sleep 60 & echo $! >>pids; x=2; wait', { timeoutMs: 200 });
    expect([ran.kind, ran.exitCode, ran.signal]).toEqual(['timed-out', null, 'SIGTERM']);
    for (const pid of readFileSync(join(folder, 'pids'), 'utf8').trim().split('\n')) expect(isRunning(Number(pid))).toBe(false);
    expect((await run(session, 'echo $x')).stdout).toBe('1\n');
  });

  test('by KILL when it does not heed TERM', async () => {
    const session = start();
    const ran = await run(session, 'trap "" TERM; echo $BASHPID >stubborn; while :; do sleep 0.05; done', { timeoutMs: 200 });
    expect([ran.kind, ran.signal]).toEqual(['timed-out', 'SIGKILL']);
    expect(isRunning(Number(readFileSync(join(folder, 'stubborn'), 'utf8')))).toBe(false);
  });

  test('by an abort, its EXIT trap included', async () => {
    const session = start();
    const controller = new AbortController();
    const lines: string[] = [];
    const result = await session.run({
      code: 'trap "echo cleaned" EXIT; echo ready; sleep 60',
      line: 1,
      variables: {},
      publishes: [],
      signal: controller.signal,
      onOutput: (_stream, chunk) => {
        lines.push(chunk.toString());
        controller.abort();
      },
    });
    expect([result.kind, result.exitCode, lines.join('')]).toEqual(['aborted', null, 'ready\ncleaned\n']);
  });

  test('before it began when the abort was earlier', async () => {
    const ran = await run(start(), 'echo must not run', { signal: AbortSignal.abort() });
    expect([ran.kind, ran.stdout]).toEqual(['aborted', '']);
  });

  test('and background jobs end with the session', async () => {
    const session = start();
    await run(session, 'sleep 60 & echo $! >later');
    await run(session, 'false');
    await run(session, 'sleep 60 & echo $! >>later');
    await session.close();
    for (const pid of readFileSync(join(folder, 'later'), 'utf8').trim().split('\n')) expect(isRunning(Number(pid))).toBe(false);
  });
});

describe('copies', () => {
  test('start from the last state and leave no trace', async () => {
    const session = start();
    await run(session, 'x=1; f() { echo f; }');
    const copy = session.fork();
    open.push(copy);
    expect((await run(copy, 'f; echo $x; x=2; cd /')).stdout).toBe('f\n1\n');
    expect((await run(session, 'echo $x; [ "$PWD" != / ]')).stdout).toBe('1\n');
  });
});

describe('state files', () => {
  test('hold what differs from a fresh bash, readable by the owner alone', async () => {
    const file = join(folder, 'one.state');
    const ran = await run(start(), 'x=1; f() { echo f; }; cd /', {}, file);
    expect([ran.snapshot, statSync(file).mode & 0o777]).toEqual([{ path: file, sha256: createHash('sha256').update(readFileSync(file)).digest('hex') }, 0o600]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ format: 1, cwd: '/', variables: { x: 'declare -- x="1"' }, unset: [], omitted: [] });
    expect(readFileSync(file, 'utf8')).not.toContain(env.PATH);
  });

  test('a block that changed nothing names the file of the one before; one that did has its own', async () => {
    const session = start();
    const [one, two, three] = ['one', 'two', 'three'].map((name) => join(folder, `${name}.state`));
    const first = await run(session, 'x=1; f() { :; }', {}, one);
    const same = await run(session, 'true a b; f; [ "$x" = 1 ]', {}, two);
    expect([same.snapshot, existsSync(two ?? '')]).toEqual([first.snapshot, false]);
    const other = await run(session, 'x=2', {}, three);
    expect([other.snapshot?.path, JSON.parse(readFileSync(three ?? '', 'utf8'))]).toMatchObject([three, { variables: { x: 'declare -- x="2"' }, functions: [{ name: 'f' }] }]);
    const back = await run(session, 'x=1', {}, two);
    expect([back.snapshot?.path, back.snapshot?.sha256 === first.snapshot?.sha256]).toEqual([two, true]);
  });

  test('start another session, under another environment', async () => {
    const file = join(folder, 'two.state');
    await run(start(), `x=$'é\\n\\377'; a=(1 2); f() {\n  nope\n}; cd /; unset LANG; export PORT`, { line: 50 }, file);
    const session = start({ restore: file, env: { ...env, HOME: '/other', PORT: '2' } });
    const ran = await run(session, 'printf "%s|" "$x" "${a[@]}" "$PWD" "${LANG-none}" "$HOME" "$PORT"; f');
    expect(ran.stdout).toBe('\xc3\xa9\n\xff|1|2|/|none|/other|2|');
    expect(ran.stderr).toBe('runbooks/release.md: line 51: nope: command not found\n');
  });

  test('are not written for a block that failed', async () => {
    const file = join(folder, 'none.state');
    expect((await run(start(), 'false', {}, file)).snapshot).toBeUndefined();
    expect(readdirSync(folder)).not.toContain('none.state');
  });

  test('never hold a secret, neither by name nor by value, and a fresh bash gets it from memory', async () => {
    const secret = 'hunter2-hunter2\n"$quoted"';
    const file = join(folder, 'secret.state');
    const session = start({ secrets: new Set(['token']), holdsSecret: (text) => text.includes(secret) });
    const variables = { token: secret };
    const ran = await run(session, 'url="https://x:$token@host"; list=(a "$token"); eval "f() { echo \'$token\'; }"; alias a="echo \'$token\'"; plain=1', { variables }, file);
    expect([...ran.omitted].sort()).toEqual(['f', 'list', 'token', 'url']);
    expect(readFileSync(file, 'utf8')).not.toContain('hunter2');
    await run(session, 'false');
    expect((await run(session, 'echo "$url ${list[1]} $plain"')).stdout).toBe(`https://x:${secret}@host ${secret} 1\n`);
    const resumed = start({ restore: file });
    expect((await run(resumed, 'echo "${token-none} ${url-none} $plain"')).stdout).toBe('none none 1\n');
  });

  test('that are none, or newer, are refused', () => {
    for (const [text, message] of [['x', 'not JSON'], ['{"format":2}', 'format 2, expected 1'], ['{"format":1}', 'parts are missing'], ['[]', 'no format']] as const) {
      const file = join(folder, 'bad.state');
      writeFileSync(file, text);
      expect(() => createShellSession({ name: 'r.md', cwd: folder, env, restore: file })).toThrow(message);
    }
  });
});

test('no secret and no code is in the arguments of any process', async () => {
  const ran = await run(start(), 'cat /proc/$$/cmdline 2>/dev/null || ps -o args= -p $$', { variables: { token: 'hunter2-hunter2' } });
  expect(ran.stdout).not.toContain('hunter2');
});

test('two hundred blocks, half of them with a fresh bash, in one session', async () => {
  const session = start();
  for (let i = 0; i < 100; i += 1) {
    expect((await run(session, `n=${i}`)).exitCode).toBe(0);
    expect((await run(session, 'false')).exitCode).toBe(1);
  }
  expect((await run(session, 'echo $n')).stdout).toBe('99\n');
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // a process that has ended but was not collected yet counts as ended
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
