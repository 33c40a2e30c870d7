// Names an input or output may not have, because JavaScript, the shell or the toolkit already uses them.
// Names that the toolkit gains later are added here in the same change.

const javascript = `
  abstract any arguments as async await boolean break case catch class const constructor continue debugger declare default delete do
  else enum eval export extends false finally for from function get hasOwnProperty if implements import in infer instanceof
  interface is isPrototypeOf keyof let module namespace never new null number object of package private
  propertyIsEnumerable protected prototype public readonly require return satisfies set static string super switch symbol this
  throw toLocaleString toString true try type typeof undefined unique unknown valueOf var void while with yield
  __proto__ __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ __dirname __filename
  AbortController AbortSignal Array ArrayBuffer BigInt Blob Boolean Buffer Date Error Event EventTarget Function Headers Infinity
  Intl JSON Map Math NaN Number Object Promise Proxy Reflect RegExp Request Response Set String Symbol TextDecoder TextEncoder URL
  URLSearchParams WeakMap WeakSet WebAssembly atob btoa clearInterval clearTimeout crypto exports global globalThis isFinite isNaN
  parseFloat parseInt performance queueMicrotask setImmediate setInterval setTimeout structuredClone
`;

const shell = `
  _ BASH BASHOPTS BASHPID BASH_ALIASES BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS BASH_COMMAND BASH_ENV BASH_EXECUTION_STRING
  BASH_LINENO BASH_REMATCH BASH_SOURCE BASH_SUBSHELL BASH_VERSINFO BASH_VERSION BASH_XTRACEFD CDPATH COLUMNS COMP_CWORD COMP_LINE
  COMP_POINT COMP_TYPE COMP_WORDS COPROC DIRSTACK ENV EPOCHREALTIME EPOCHSECONDS EUID EXECIGNORE FCEDIT FIGNORE FUNCNAME FUNCNEST
  GLOBIGNORE GROUPS HISTCMD HISTCONTROL HISTFILE HISTFILESIZE HISTIGNORE HISTSIZE HISTTIMEFORMAT HOME HOSTFILE HOSTNAME HOSTTYPE
  IFS IGNOREEOF INPUTRC INSIDE_EMACS LANG LC_ALL LC_COLLATE LC_CTYPE LC_MESSAGES LC_NUMERIC LC_TIME LD_LIBRARY_PATH LD_PRELOAD
  LINENO LINES LOGNAME MACHTYPE MAIL MAILCHECK MAILPATH MAPFILE NODE_OPTIONS NODE_PATH OLDPWD OPTARG OPTERR OPTIND OSTYPE PATH
  PIPESTATUS POSIXLY_CORRECT PPID PROMPT_COMMAND PROMPT_DIRTRIM PS0 PS1 PS2 PS3 PS4 PWD RANDOM READLINE_LINE READLINE_POINT REPLY
  SECONDS SHELL SHELLOPTS SHLVL SRANDOM TERM TIMEFORMAT TMOUT TMPDIR UID USER XDG_CONFIG_HOME XDG_RUNTIME_DIR
  done elif esac fi select then time until coproc
`;

const toolkit = `
  $ access argv cd chalk cloudbuild console cwd echo env explain fetch fs git github glob http inputs journal os outputs path
  preflight process promoter prow prowConfig quote registry release report retry run runbook sh sleep status step stdin stdout stderr spinner
  tmpdir tmpfile toolkit within world which
`;

const words = (text: string): string[] => text.trim().split(/\s+/);

/**
 * Variables that belong to the shell itself. An `export PATH=…` changes the session and is not an output, so it is no
 * problem; an input of that name is.
 */
export const shellVariables: ReadonlySet<string> = new Set(words(shell));

/** Every name an input or output may not have. Compared exactly. (DESIGN §3, inputs and outputs.) */
export const reservedNames: ReadonlySet<string> = new Set([...words(javascript), ...words(shell), ...words(toolkit)]);
