// The little shell programs that a world lays down: the refusing shims and the stand-in signer.
// They need a POSIX shell and git, nothing else, and they never speak to a network.

/** Tools that would reach past the world, or into a person's credentials. */
export const shimmedTools: readonly string[] = ['curl', 'wget', 'gh', 'docker', 'podman', 'kubectl', 'gcloud', 'gsutil', 'ssh', 'scp', 'skopeo', 'crane', 'cosign', 'helm'];

/** A program that refuses in the tool's name, with exit code 126. */
export function shimScript(tool: string): string {
  const text = `\`${tool}\` is refused in a rehearsal: the rehearsal world serves git and runbook's own clients, not this tool. Use a script block with the clients, or declare the step so that a rehearsal leaves it out.`;
  return `#!/bin/sh\nprintf '%s\\n' '${text.replaceAll("'", `'\\''`)}' >&2\nexit 126\n`;
}

/**
 * Speaks the part of gpg's command line that git uses (`-bsau KEY` and `--verify FILE -`, status lines as in gpg's
 * doc/DETAILS). A signature names itself a rehearsal and holds the git hash of what was signed, so that a changed
 * text does not verify. It proves nothing outside the world.
 */
export const signerScript = `#!/bin/sh
# Signs and verifies for git inside a rehearsal. It knows no key, and its signatures prove nothing outside.
status=2 verify= signature= key=
while [ $# -gt 0 ]; do
  case $1 in
    --status-fd=*) status=\${1#--status-fd=} ;;
    --status-fd) status=$2; shift ;;
    --verify) verify=yes; signature=$2; shift ;;
    -u|--local-user|-*u) key=$2; shift ;;
  esac
  shift
done
tell() { printf '[GNUPG:] %s\\n' "$1" >&"$status"; }
fingerprint=52454845415253414C0000000000000000000000
id=4C00000000000000
sum=$(git hash-object --stdin) || exit 2
if [ -n "$verify" ]; then
  who=$(sed -n 's/^Comment: rehearsal signature of //p' "$signature" | head -n 1)
  tell NEWSIG
  if grep -q "^rehearsal $sum$" "$signature"; then
    tell "GOODSIG $id $who"
    tell "VALIDSIG $fingerprint 1970-01-01 0 0 4 0 1 8 00 $fingerprint"
    tell "TRUST_ULTIMATE 0 pgp"
    echo "rehearsal: good stand-in signature of $who" >&2
    exit 0
  fi
  tell "BADSIG $id $who"
  echo "rehearsal: this stand-in signature belongs to another text" >&2
  exit 1
fi
tell "BEGIN_SIGNING H8"
tell "SIG_CREATED D 1 8 00 0 $fingerprint"
printf '%s\\n' '-----BEGIN PGP SIGNATURE-----' "Comment: rehearsal signature of $key" '' "rehearsal $sum" '-----END PGP SIGNATURE-----'
`;
