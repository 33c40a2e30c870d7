// How the page of a run looks, over the style of every page: states, the table of steps, folded code and logs. A state is told by
// its word; colours only help. Its pairs of colours are those that style.ts keeps in contrast.
import { style } from './style.ts';

const states = `.state{display:inline-block;font-size:.75rem;font-weight:600;line-height:1.5;padding:.05em .6em;border-radius:2em;white-space:nowrap;border:1px solid;color:var(--faint);background:var(--paper)}
.state.passed,.state.skipped{color:var(--local);background:var(--local-sheet)}
.state.failed,.state.interrupted,.state.cancelled{color:var(--bad);background:var(--bad-sheet)}
.state.withheld,.state.declined,.state.undone{color:var(--warn);background:var(--warn-sheet)}
.state.waiting,.state.running{color:var(--read);background:var(--read-sheet)}
.state.unreachable{color:var(--person);background:var(--person-sheet)}
nav .state{font-size:.65rem;padding:0 .4em}
.verdict{margin:0 0 .5rem;padding:.8rem 1rem;border:1px solid var(--line);border-left:5px solid var(--faint);border-radius:8px;background:var(--sheet);font-size:1.1rem}
.verdict.passed,.verdict.rehearsed,.verdict.dry{border-left-color:var(--local)}
.verdict.failed,.verdict.interrupted,.verdict.cancelled{border-left-color:var(--bad)}
.verdict.waiting,.verdict.running{border-left-color:var(--read)}`;

const parts = `.page{grid-template-columns:minmax(15rem,18rem) minmax(0,64rem);max-width:92rem}
#document .scroll table{width:100%}
.scroll td code{overflow-wrap:anywhere}.scroll th code{overflow-wrap:break-word}
.scroll th[scope=row]{white-space:nowrap}
.scroll td{min-width:5.5rem}
.scroll td:nth-child(2){min-width:10rem}
.times td:nth-child(4),.times td:nth-child(5){white-space:nowrap}
.facts{list-style:none;padding:0}
.shown{margin:0 0 1rem;border:1px solid var(--line);border-radius:8px;overflow:clip}
.step .state{order:1}.step>header .badge{order:2}.step>header .tag{order:3}
.ties{flex-direction:column}
.ties div{flex-wrap:nowrap}
.ties dt{flex:none;min-width:6.5rem}
.ties dd{overflow-wrap:anywhere}
.fold{margin:0;border-top:1px solid var(--line)}
.fold summary{margin:0;padding:.4rem .9rem;font-size:.85rem;cursor:pointer}
.fold pre{max-height:32rem;overflow:auto}
.task{white-space:pre-wrap}
.cut{margin:0;padding:.4rem .9rem;border-top:1px solid var(--line);font-size:.85rem;background:var(--warn-sheet)}`;

const small = `@media(max-width:70rem){.page{grid-template-columns:minmax(0,64rem)}}
@media(max-width:40rem){
.scroll table{font-size:.8rem}
.scroll th,.scroll td{padding:.3rem .4rem}
.scroll th[scope=row]{white-space:normal;min-width:7rem}
}`;

const paper = `@media print{
.fold:not([open]){display:none}
.fold pre{max-height:none;overflow:visible}
.verdict,.state{print-color-adjust:exact}
.scroll table{font-size:7.5pt}
.scroll th[scope=row]{white-space:normal}
.scroll td,.scroll td:nth-child(2){min-width:0}
.times td:nth-child(4){white-space:normal}
}`;

/** The style sheet of the page of a run, exactly as its hash in the policy is taken. */
export const reportStyle = `${style}${[states, parts, small, paper].join('\n')}\n`;
