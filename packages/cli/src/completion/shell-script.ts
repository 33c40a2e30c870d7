// The scripts that teach a shell to complete `runbook`. They hold no commands and no flags: they hand the words over and take
// the offers, so they never grow old. What is offered may come from a stranger's document, so each script inserts it quoted.

/** The shells there is a script for. */
export type CompletingShell = 'bash' | 'zsh' | 'fish';

/** The script for a shell. */
export function completionScript(shell: CompletingShell): string {
  return { bash, zsh, fish }[shell];
}

// bash cuts words at = and : too; they are put together again, and what stands before the cut is taken off the offers.
const bash = String.raw`# bash completion for runbook. In ~/.bashrc: source <(runbook completion bash)
_runbook() {
  local IFS=$' \t\n' line="$COMP_LINE" rest words=() word piece index
  local lead offer value cut quote
  rest="\${line:0:COMP_POINT}"
  for ((index = 0; index <= COMP_CWORD; index++)); do
    piece="\${COMP_WORDS[index]}"
    word="\${rest%%[! ]*}"
    if [[ $index -eq 0 || -n "$word" || \${#words[@]} -eq 0 ]]; then
      words+=("$piece")
    else
      words[\${#words[@]}-1]+="$piece"
    fi
    rest="\${rest#"$word"}"
    if [[ -n "$piece" ]]; then rest="\${rest#"$piece"}"; fi
  done
  word="\${words[\${#words[@]}-1]}"
  quote=
  case "$word" in
    \"* | \'*) quote="\${word:0:1}" ;;
  esac
  for index in "\${!words[@]}"; do
    piece="\${words[index]}"
    case "$piece" in
      \"*\" | \'*\') [[ \${#piece} -gt 1 ]] && piece="\${piece:1:\${#piece}-2}" ;;
      \"* | \'*) piece="\${piece:1}" ;;
      *) piece="\${piece//\\/}" ;;
    esac
    words[index]="$piece"
  done
  lead="\${words[\${#words[@]}-1]}"
  cut=
  case "$COMP_WORDBREAKS" in *=*) case "$lead" in *=*) cut="\${lead%=*}=" ;; esac ;; esac
  case "$COMP_WORDBREAKS" in *:*) case "\${lead#"$cut"}" in *:*) cut="\${lead%:*}:" ;; esac ;; esac
  if [[ -n "$quote" ]]; then cut=; fi
  COMPREPLY=()
  while IFS=$'\t' read -r value offer; do
    case "$value" in
      */ | *=) compopt -o nospace 2>/dev/null ;;
    esac
    value="\${value#"$cut"}"
    if [[ -n "$quote" ]]; then
      case "$value" in
        *[!A-Za-z0-9_.,:=@%+/\ -]*) continue ;;
      esac
      COMPREPLY+=("$value")
    else
      printf -v value '%q' "$value"
      COMPREPLY+=("$value")
    fi
  done < <(runbook complete -- "\${words[@]:1}" 2>/dev/null)
}
complete -F _runbook runbook
`.replaceAll('\\$', '$');

const zsh = String.raw`#compdef runbook
# zsh completion for runbook. In ~/.zshrc, behind compinit: source <(runbook completion zsh)
_runbook() {
  local line value about
  local -a given ended endedAbout open openAbout
  given=("\${(@Q)words[2,CURRENT-1]}")
  (( CURRENT > 2 )) || given=()
  given+=("\${(Q)PREFIX}")
  while IFS= read -r line; do
    value="\${line%%$'\t'*}"
    about="$value"
    [[ "$line" == *$'\t'* ]] && about="$value  -- \${line#*$'\t'}"
    if [[ "$value" == */ || "$value" == *= ]]; then
      open+=("$value")
      openAbout+=("$about")
    else
      ended+=("$value")
      endedAbout+=("$about")
    fi
  done < <(runbook complete -- "\${given[@]}" 2>/dev/null)
  (( $#ended )) && compadd -l -d endedAbout -- "\${ended[@]}"
  (( $#open )) && compadd -S '' -l -d openAbout -- "\${open[@]}"
  return 0
}
if [[ "$funcstack[1]" == _runbook ]]; then
  _runbook "$@"
else
  compdef _runbook runbook
fi
`.replaceAll('\\$', '$');

const fish = String.raw`# fish completion for runbook. In ~/.config/fish/config.fish: runbook completion fish | source
function __runbook_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l current (string unescape -- "$typed")
    or set current (string replace -r '^["\']' '' -- "$typed")
    runbook complete -- $words[2..-1] "$current" 2>/dev/null
end
complete -c runbook -f -a '(__runbook_complete)'
`;
