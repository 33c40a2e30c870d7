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
