// The bash text of the shell session: the loop that one bash runs for a whole run, and the small commands it is sent.
// It keeps to bash 3.2 (macOS), uses builtins only, and defines nothing but `exit` and names that begin with `__rb_`.
import { cannotBegin } from './shell-block.ts';

/**
 * The loop, as the text of a script file. Bash reads commands from fd 198 (NUL-terminated) and answers there; 196 and 197
 * keep the first stdout and stderr. What a block has trapped on EXIT is written to a file (195): only so can bash itself see
 * without a fork whether there is anything, and end the block without being asked a second time. Bash writes each line that it
 * prints by itself: so options are told only when they have changed, and functions only when they are not our own. Blocks are evaluated outside of any function, so that `declare` stays global.
 * `exit` is a function because an EXIT trap of the block would else run instead of our collecting; in subshells it is the builtin.
 * After the loop: a block that says `break` or `continue` outside of a loop of its own leaves ours, and must not pass for done.
 * @param nonce hex digits that end every answer and every stream of a block.
 * @param trapFile where the block's EXIT trap is written.
 */
export function loopText(nonce: string, trapFile: string): string {
  return `exec 198<&3 196>&1 197>&2 3<&- 195>${quoteWord(trapFile)}
__rb_nonce=${nonce}
__rb_status=0
__rb_busy=0
__rb_left=0
__rb_options=
__rb_functions=()
__rb_state() {
  builtin printf '%s\\0' "$__rb_status" "$__rb_left" "\${FUNCNAME[*]}" "$PWD"
  builtin trap -p EXIT
  builtin printf '\\0'
  builtin umask -p
  builtin printf '\\0'
  if [[ -z \${BASHOPTS-} || $BASHOPTS != "$__rb_options" ]]; then
    builtin shopt -p || builtin :
    __rb_options=\${BASHOPTS-}
  fi
  builtin printf '\\0'
  builtin alias -p
  builtin printf '\\0'
  builtin declare -F
  builtin printf '\\0'
  if [[ \${#__rb_functions[@]} -gt 0 ]]; then builtin declare -f -- "\${__rb_functions[@]}" || builtin :; fi
  builtin printf '\\0'
  builtin declare -p
  builtin printf '\\0%s\\0' "$__rb_nonce"
} >&198
__rb_answer() { builtin printf '\\0%s\\0' "$__rb_nonce" >&198; }
__rb_end() {
  command exec 0</dev/null 1>&196 2>&197
  builtin trap - HUP INT QUIT PIPE ALRM TERM USR1 USR2 CHLD CONT TSTP TTIN TTOU WINCH
  builtin printf '\\0%s\\0' "$__rb_nonce" >&196
  builtin printf '\\0%s\\0' "$__rb_nonce" >&197
}
__rb_close() {
  __rb_state
  if [[ $__rb_left = 0 ]]; then
    builtin trap -p EXIT >&195
    if [[ ! -s ${quoteWord(trapFile)} ]]; then __rb_end; fi
  fi
}
exit() {
  { __rb_status=$?; } 2>/dev/null
  if [[ $BASH_SUBSHELL = 0 && $__rb_left = 0 && \${1-$__rb_status} = 0 ]]; then
    __rb_status=0
    __rb_left=1
    while [[ $__rb_left = 1 ]] && IFS= TMOUT=0 builtin read -r -d '' -u 198 __rb_command; do
      builtin eval "$__rb_command"
    done
  fi 2>/dev/null
  if [[ $# = 0 ]]; then builtin exit "$__rb_status"; fi 2>/dev/null
  builtin exit "$@" 2>&$((LINENO=BASH_LINENO[0],2))
}
__rb_state
while [[ $__rb_busy = 0 ]] && IFS= TMOUT=0 builtin read -r -d '' -u 198 __rb_command; do
  __rb_busy=1
  builtin eval "$__rb_command"
  { __rb_status=$?; builtin trap - DEBUG RETURN ERR; ${resetOptions}; __rb_busy=0; } 2>/dev/null
done
[[ $__rb_busy = 0 ]] && builtin exit 0
builtin printf '%s: break or continue outside of a loop: the rest of the block did not run\\n' "$0" >&197
builtin exit 1
`;
}

/** `set` options do not persist from block to block. */
const resetOptions = 'builtin set +abefkmnptuvxCEHPT -hB +o posix +o pipefail';

/** Names of the loop's own functions and variables, which are no part of the session's state. */
export const ownNames = /^(?:__rb_\w*|exit)$/;

/**
 * Asks for the state, right behind a block. A block that came to its end and has left no EXIT trap ends with it: its streams get
 * their mark, and what it may have redirected is given back.
 */
export const closeBlock = '__rb_close';

/** Ends bash so that an EXIT trap of the block runs as it does at the end of any shell. */
export function leave(status: number): string {
  return `__rb_left=2; builtin exit ${status}`;
}

/** Lets a bash go that waits inside its `exit`. */
export const letGo = '__rb_left=2';

/**
 * Sets the number of the next line. An assignment is undone by bash at the end of its simple command; inside the
 * redirection of a group it is not. So a block reports lines of the document without being padded with empty lines.
 * @param line 1-based number of the line that follows.
 */
export function atLine(line: number): string {
  return `{ builtin :; } 2>&$((LINENO=${line - 1},2))\n`;
}

/** What stands before the code of every block: strict options, no positional parameters, the document's line. */
export function blockPrefix(line: number, cwd: string | undefined): string {
  const enter = cwd === undefined ? '' : `${atLine(line)}${changeFolder(cwd)}\n`;
  return `${enter}builtin set -euo pipefail --; ${atLine(line)}`;
}

/** `cd` that neither searches CDPATH nor prints; bash ends when the folder is not there. */
export function changeFolder(folder: string): string {
  return `CDPATH= builtin cd -- ${quoteWord(folder)} >/dev/null || builtin exit ${cannotBegin}`;
}

/** Asks for the line and the text of each function, NUL-separated; from then on the text is part of the state. Needs `extdebug` for the line. */
export function askFunctions(names: readonly string[]): string {
  const each = names.map((name) => `builtin declare -F ${quoteWord(name)} >&198; builtin printf '\\0' >&198; builtin declare -f ${quoteWord(name)} >&198; builtin printf '\\0' >&198`);
  return `__rb_functions=(${names.map(quoteWord).join(' ')})\nbuiltin shopt -s extdebug\n${each.join('\n')}\nbuiltin shopt -u extdebug\n__rb_answer`;
}

/** Asks for the variables that local ones of running functions hide; nothing is unset but in a subshell. */
export function askHidden(names: readonly string[]): string {
  return `( builtin unset -v ${names.join(' ')}; builtin declare -p >&198 )\n__rb_answer`;
}

/** Assigns and exports strings, or unsets them. What is readonly with another value ends bash, so that no block runs on a wrong value. */
export function assign(line: number, variables: ReadonlyMap<string, string | null>): string {
  const lines: string[] = [];
  for (const [name, value] of variables) {
    lines.push(`builtin unset -v ${name} 2>/dev/null`);
    if (value !== null) lines.push(`builtin export ${name}=${quoteWord(value)} || builtin exit ${cannotBegin}`);
  }
  return lines.length === 0 ? '' : `${atLine(line)}${lines.join('; ')}`;
}

/** A word in single quotes: nothing in it is special to a shell. */
export function quoteWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
