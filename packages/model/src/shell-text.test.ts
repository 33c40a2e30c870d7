import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readShellNames } from './shell-text.ts';

const exportsOf = (source: string): string => readShellNames(source).exports.map(({ name }) => name).join();
const usesOf = (source: string): string => readShellNames(source).uses.map(({ name }) => name).join();
const assignsOf = (source: string): string => [...readShellNames(source).assigns].join();

describe('exports', () => {
  test.each([
    ['export X=1', 'X'],
    ['export X', 'X'],
    ['export X Y=2 Z', 'X,Y,Z'],
    ['export X="a b" Y', 'X,Y'],
    ['export "X=$a" Y', 'X,Y'],
    ['export X+=1', 'X'],
    ['a=1 export X', 'X'],
    ['true && export X=1', 'X'],
    ['if true; then export X=1; else export Y=1; fi', 'X,Y'],
    ['f() { export X=1; }', 'X'],
    ['f() {\n  export X=1\n}', 'X'],
    ['{ export X=1; }', 'X'],
    ['case $a in b) export X=1;; *) export Y=1;; esac', 'X,Y'],
    ['export \\\n  X=1', 'X'],
    ['export X=1 # Y', 'X'],
    ['export X=$(cat <<EOF\nexport Z=1\nEOF\n)\nexport Y', 'X,Y'],
    ['export X=1 2>/dev/null', 'X'],
    ['cat <<EOF; export X=1\nexport Y=1\nEOF\nexport Z=1', 'X,Z'],
    ['export -n X', ''],
    ['export -f X', ''],
    ['export -p', ''],
    ['# export X=1', ''],
    ['echo export X=1', ''],
    ['echo "export X=1"', ''],
    ["echo 'a\nexport X=1\n'", ''],
    ['cat <<EOF\nexport X=1\nEOF', ''],
    ["cat <<-'EOF'\n\texport X=1\n\tEOF\nexport Y=1", 'Y'],
    ['(export X=1)', ''],
    ['y=$(export X=1)', ''],
    ['y=`export X=1`; export Z=1', 'Z'],
    ['cat <(export X=1)', ''],
    ['a=(export X)', ''],
    ['x=a#b; export Y=1', 'Y'],
    ['echo $((1 + (2))); export Y=1', 'Y'],
    ['echo $(case a in a) echo;; esac); export Y=1', 'Y'],
    ['unset X; export 1X', ''],
    ['export $X', ''],
    ['>out export X=1', 'X'],
    ['cat <<< "export Y=1"; export X=1', 'X'],
  ])('%s', (source, expected) => expect(exportsOf(source)).toBe(expected));
});

describe('uses', () => {
  test.each([
    ['echo $x ${y} "${z:-$w}" "$v"', 'x,y,z,w,v'],
    ["echo '$x' \\$y $'a\\'$z'", ''],
    ['echo "\\$x $y"', 'y'],
    ['# $x', ''],
    ['echo ${#x} ${!y} ${z[1]} ${w//a/$v}', 'x,y,z,w,v'],
    ['echo $(cat $x) `cat $y` $((a + $b + 1))', 'x,y,a,b'],
    ['cat <<EOF\n$x ${y} \\$z $(w $v)\nEOF\necho $u', 'x,y,v,u'],
    ["cat <<'EOF'\n$x\nEOF\necho $u", 'u'],
    ['cat <<"EOF"\n$x\nEOF', ''],
    ['cat <<A <<B\n$x\nA\n$y\nB\necho $z', 'x,y,z'],
    ['echo $1 $@ $? $$ $!', ''],
    ['((x++)) && echo $z', 'x,z'],
    ['echo "${x}$(echo "$y")"', 'x,y'],
    ['a[$i]=1; b=${c[$j]}', 'i,c,j'],
    ['echo "it\'s $x"', 'x'],
    ['git ls-remote u "refs/tags/$version^{}"', 'version'],
    ['echo ${x', 'x'],
    // What a block has surely set itself is no use.
    ['x=1; echo $x', ''],
    ['echo $x; x=1; echo $x', 'x'],
    ['x=${x#v}; echo $x', 'x'],
    ['x=1 echo $x; echo $x', 'x,x'],
    ['x=1\necho $x', ''],
    ['x=1 && echo $x', ''],
    ['true && x=1; echo $x', 'x'],
    ['true || x=1\necho $x', 'x'],
    ['y=2 && x=1\necho $x $y', 'x'],
    ['true | x=1; echo $x', 'x'],
    ['(x=1); echo $x', 'x'],
    ['y=$(x=1); echo $x $y', 'x'],
    ['if true; then x=1; fi; echo $x', 'x'],
    ['if true; then echo; fi; x=1; echo $x', ''],
    ['while true; do x=1; done; y=1; echo $x $y', 'x'],
    ['case a in a) x=1;; esac; y=1; echo $x $y', 'x'],
    ['f() { x=1; }; echo $x', 'x'],
    ['for x in $y; do echo $x; done; echo $x', 'y'],
    ['if a; then for x in 1; do echo $x; done; fi', ''],
    ['f() { local x=1 z; echo $x $z; }; echo $x', 'x'],
    ['f() {\n  local x\n  x=1\n  echo $x\n}\ng() {\n  echo $x\n}', 'x'],
    ['read -r x y; echo $x $y', ''],
    ['a | while read -r x; do echo $x; done', ''],
    ['mapfile -t x < y; echo ${x[0]}', ''],
    ['readonly x=1; echo $x', ''],
    ['declare -A x; echo ${x[a]}', ''],
    ['export x=1; echo $x', ''],
    ['export x; echo $x', 'x'],
    ['x=1; cat <<EOF\n$x $y\nEOF', 'y'],
    ['x=1; echo "$(echo $x $y)"', 'y'],
    ['x+=1; echo $x', 'x'],
  ])('%s', (source, expected) => expect(usesOf(source)).toBe(expected));
});

test.each([
  ['x=1 y+=2 z[1]=3', 'x,y,z'],
  ['read -r x y', 'x,y'],
  ['local x=1 y', 'x,y'],
  ['for x in a b; do y=1; done', 'x,y'],
  ['echo x=1', ''],
  ['export X=1', 'X'],
  ['export X', ''],
])('assignments of %s', (source, expected) => expect(assignsOf(source)).toBe(expected));

test('offsets point at the names, and it never throws', () => {
  const piece = fc.constantFrom('export ', 'X', '=', '$X', '${X', '}', '$(', ')', '`', '"', "'", '\n', ' ', '<<EOF', 'EOF', '#', '((', '))', 'case X in', 'esac', ';', '\\', '&', '>', '|', '<(', "$'", '\u00a0', '\r');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')), (source) => {
      const names = readShellNames(source);
      for (const { name, offset } of names.uses) expect(source.startsWith(name, offset)).toBe(true);
      for (const [start, end] of names.comments) expect(source[start] === '#' && end <= source.length).toBe(true);
    }),
    { numRuns: 5000 },
  );
});
