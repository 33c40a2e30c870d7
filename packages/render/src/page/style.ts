// How a page looks: on wide and small screens, light and dark, and on paper. Every pair of colours has a contrast of 4.5 or more
// (WCAG 2.2, 1.4.3); effects are told by words, colours only help.

const light = `--paper:#fff;--ink:#1f2328;--faint:#57606a;--sheet:#f6f8fa;--line:#d0d7de;--link:#0550ae;--focus:#0969da;
--read:#0a4a94;--read-sheet:#e4effc;--local:#0b5a4a;--local-sheet:#dcf4ec;--write:#8f2b00;--write-sheet:#fdeadc;--person:#5a2a9d;--person-sheet:#f0e8fd;
--bad:#a40e26;--bad-sheet:#ffebe9;--warn:#7a4d00;--warn-sheet:#fff5d6;
--keyword:#a40e26;--string:#0a3069;--number:#0550ae;--comment:#57606a;--name:#5a2a9d;--key:#0b5a2a;--variable:#8f2b00;`;

const dark = `--paper:#0d1117;--ink:#e6edf3;--faint:#9da7b3;--sheet:#161b22;--line:#3d444d;--link:#79b8ff;--focus:#58a6ff;
--read:#9ccaff;--read-sheet:#12294a;--local:#7fe3c6;--local-sheet:#0e3028;--write:#ffb48f;--write-sheet:#44210f;--person:#d6bbff;--person-sheet:#2f1d50;
--bad:#ffa198;--bad-sheet:#3c1518;--warn:#f0c674;--warn-sheet:#332701;
--keyword:#ff9a94;--string:#a5d6ff;--number:#79c0ff;--comment:#9da7b3;--name:#d2a8ff;--key:#7ee787;--variable:#ffb77c;`;

const page = `*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;overflow-wrap:break-word}
code,pre,.name{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
a{color:var(--link);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px;border-radius:3px}
main:focus{outline:none}
.skip{position:absolute;left:1rem;top:-10rem;z-index:2;padding:.5rem 1rem;background:var(--paper);border:2px solid var(--focus);border-radius:6px}
.skip:focus{top:1rem}
.unseen{position:absolute;width:1px;height:1px;margin:0;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.page{display:grid;grid-template-columns:minmax(15rem,20rem) minmax(0,52rem);gap:0 3rem;justify-content:center;max-width:80rem;margin:0 auto;padding:0 1.5rem}
.page.narrow{grid-template-columns:minmax(0,52rem)}
main{min-width:0;padding:2.5rem 0 3rem}
footer{max-width:80rem;margin:0 auto;padding:1rem 1.5rem 3rem;color:var(--faint);font-size:.85rem;text-align:center}
footer p{margin:.2rem 0}
.hash{overflow-wrap:anywhere}`;

const contents = `nav{position:sticky;top:0;align-self:start;max-height:100vh;overflow-y:auto;padding:2.5rem .25rem 2rem;font-size:.875rem;line-height:1.4}
nav details{margin:0}
nav summary{font-weight:600;cursor:pointer;margin:0;padding:.2rem 0}
nav ul{list-style:none;margin:0;padding:0}
nav ul ul{padding-left:.9rem}
nav .to-heading>a{display:block;padding:.28rem 0;color:var(--ink);text-decoration:none}
nav .to-step>a{display:flex;gap:.5rem;justify-content:space-between;align-items:baseline;padding:.12rem 0;color:var(--faint);text-decoration:none}
nav .to-step code{font-size:.78rem;padding:0;background:none}
nav a:hover{text-decoration:underline}
nav .badge{font-size:.65rem;padding:0 .4em}`;

const prose = `h1,h2,h3,h4,h5,h6{line-height:1.25;text-wrap:balance;margin:2.2rem 0 .8rem}
h1{font-size:2rem;margin:0 0 .6rem}
h2{font-size:1.5rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}
h3{font-size:1.2rem}
h4,h5,h6{font-size:1rem}
p,ul,ol,dl,blockquote,figure,table{margin:0 0 1rem}
ul,ol{padding-left:1.6rem}
li+li{margin-top:.2rem}
li:has(>.step:first-child){list-style:none;margin-left:-1.6rem}
details{margin:0 0 1rem}
summary{margin-bottom:.5rem}
blockquote{margin-left:0;padding:.1rem 1rem;border-left:4px solid var(--line)}
hr{border:0;border-top:1px solid var(--line);margin:2rem 0}
:not(pre)>code{font-size:.875em;padding:.12em .32em;border-radius:4px;background:var(--sheet);overflow-wrap:anywhere}
kbd{font:.85em ui-monospace,monospace;padding:.1em .4em;border:1px solid var(--line);border-bottom-width:2px;border-radius:4px}
.lead{margin-bottom:1.5rem}
.summary{font-size:1.1rem;margin:0 0 .5rem}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;list-style:none;margin:0 0 .5rem;padding:0;font-size:.875rem;color:var(--faint)}
.legend li+li{margin-top:0}
.fact{margin:.2rem 0;font-size:.875rem;color:var(--faint)}
.notice,.faults{margin:0 0 1.25rem;padding:.8rem 1rem;border:1px solid var(--warn);border-radius:8px;background:var(--warn-sheet)}
.faults.refused{border-color:var(--bad);background:var(--bad-sheet)}
.faults h2{margin:0 0 .5rem;border:0;padding:0;font-size:1.15rem}
.faults p:last-child,.faults ul:last-child{margin-bottom:0}
.faults .error{color:var(--bad)}.faults .warning{color:var(--warn)}
.faults code{background:var(--paper)}
.scroll{overflow-x:auto;margin:0 0 1rem}
table{border-collapse:collapse;font-size:.92rem;margin:0;min-width:50%}
.inputs table{width:100%}
.inputs td:last-child{min-width:12rem}
th,td{padding:.45rem .7rem;border:1px solid var(--line);text-align:left;vertical-align:top}
thead th{background:var(--sheet)}
tbody th{font-weight:400}
td code,th code{overflow-wrap:normal}
.right{text-align:right}.center{text-align:center}
.rule{display:block;margin-top:.2rem;font-size:.8rem;color:var(--faint);overflow-wrap:anywhere!important}
tr:target>*{background:var(--read-sheet)}`;

const steps = `.step,figure.data{margin:0 0 1.25rem;border:1px solid var(--line);border-radius:8px;overflow:clip}
.step{border-left-width:5px}
.step.read{border-left-color:var(--read)}.step.local{border-left-color:var(--local)}.step.write{border-left-color:var(--write)}.step.person{border-left-color:var(--person)}
.step:target{outline:3px solid var(--focus);outline-offset:2px}
.step>header{display:flex;flex-wrap:wrap;align-items:center;gap:.35rem .6rem;padding:.5rem .9rem}
.step .name{font-weight:600;font-size:.95rem;color:var(--ink);text-decoration:none;overflow-wrap:anywhere;margin-right:auto}
.step .name:hover{text-decoration:underline}
.badge,.tag{display:inline-block;font-size:.75rem;line-height:1.5;padding:.05em .6em;border-radius:2em;white-space:nowrap}
.badge{border:1px solid;font-weight:600}
.badge.read{color:var(--read);background:var(--read-sheet)}.badge.local{color:var(--local);background:var(--local-sheet)}
.badge.write{color:var(--write);background:var(--write-sheet)}.badge.person{color:var(--person);background:var(--person-sheet)}
.tag{color:var(--faint);border:1px solid var(--line)}
figcaption{display:flex;flex-wrap:wrap;align-items:center;gap:.2rem .5rem;padding:.4rem .9rem;font-size:.85rem;color:var(--faint)}
.from{overflow-wrap:anywhere}
.code{position:relative;border-top:1px solid var(--line);background:var(--sheet)}
.code:first-child{border-top:0}
main>.code{border:1px solid var(--line);border-radius:8px;margin-bottom:1rem}
pre{margin:0;padding:.8rem .9rem;overflow-x:auto;font-size:.85rem;line-height:1.5;tab-size:4;border-radius:6px}
pre:focus-visible{outline-offset:-3px}
.copy{position:absolute;top:.4rem;right:.4rem;z-index:1;font:600 .75rem/1.5 system-ui,sans-serif;padding:.15rem .6rem;color:var(--ink);background:var(--paper);border:1px solid var(--line);border-radius:6px;cursor:pointer;opacity:0}
.code:hover .copy,.code:focus-within .copy{opacity:1}
@media(hover:none){.copy{opacity:1}}
.task{display:flex;gap:.7rem;align-items:baseline;padding:.7rem .9rem;border-top:1px solid var(--line)}
.task input{flex:none;width:1rem;height:1rem;translate:0 .15rem}
.ties{display:flex;flex-wrap:wrap;gap:.2rem 1.4rem;margin:0;padding:.5rem .9rem;border-top:1px solid var(--line);font-size:.85rem}
.ties div{display:flex;flex-wrap:wrap;gap:0 .45rem}
.ties dt{color:var(--faint)}
.ties dd{margin:0;min-width:0}
.prompt{color:var(--comment);user-select:none}.answer{color:var(--faint)}
.hljs-keyword,.hljs-literal,.hljs-meta{color:var(--keyword)}
.hljs-string,.hljs-regexp,.hljs-symbol,.hljs-char{color:var(--string)}
.hljs-number,.hljs-attr,.hljs-property{color:var(--number)}
.hljs-comment,.hljs-quote{color:var(--comment);font-style:italic}
.hljs-built_in,.hljs-title,.hljs-type,.hljs-function{color:var(--name)}
.hljs-bullet,.hljs-tag,.hljs-name{color:var(--key)}
.hljs-variable,.hljs-subst,.hljs-template-variable,.hljs-params{color:var(--variable)}
.hljs-subst{color:var(--ink)}`;

const small = `@media(max-width:70rem){
.page{grid-template-columns:minmax(0,52rem)}
nav{position:static;max-height:none;margin-top:1rem;padding:.5rem .9rem;border:1px solid var(--line);border-radius:8px}
main{padding-top:1.5rem}
}
@media(max-width:40rem){
.page{padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.3rem}
.inputs table{font-size:.8rem}
.inputs th,.inputs td{padding:.3rem .4rem}
.inputs td:last-child{min-width:8rem}
}`;

const paper = `@page{margin:1.8cm 1.6cm}
@media print{
body{font-size:10pt;line-height:1.45}
nav,.skip,.copy,.unseen{display:none!important}
.page,.page.narrow{display:block;max-width:none;padding:0}
main{padding:0}
h1,h2,h3,h4,h5,h6{break-after:avoid}
.step>header,figcaption{break-after:avoid}
.step,figure.data{overflow:visible}
.ties,.task{break-inside:avoid}
tr{break-inside:avoid}
pre{white-space:pre-wrap;overflow:visible;overflow-wrap:anywhere;font-size:8.5pt}
.scroll{overflow:visible}
details:not([open])::details-content{content-visibility:visible;display:block;height:auto}
a{color:inherit}
main a[href^="http"]::after,main a[href^="mailto"]::after{content:" (" attr(href) ")";font-size:.85em;overflow-wrap:anywhere;color:var(--faint)}
main .from a[href]::after,.ties a[href]::after{content:none!important}
.badge,.tag,.step,.code,thead th{print-color-adjust:exact}
}`;

/** The style sheet, exactly as its hash in the policy was taken. */
export const style = [`:root{color-scheme:light dark;${light}}`, `@media screen and (prefers-color-scheme:dark){:root{${dark}}}`, page, contents, prose, steps, small, paper].join('\n').concat('\n');
