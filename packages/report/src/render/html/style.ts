/** The style sheet of the page: light and dark, wide and narrow, screen and paper. No fonts, no images, no requests. */
export const style = `
:root {
  color-scheme: light dark;
  --ink: light-dark(#1b2129, #e8ebef);
  --muted: light-dark(#57616d, #a4adb8);
  --line: light-dark(#e4e8ec, #2c323a);
  --surface: light-dark(#fefefe, #14171c);
  --raised: light-dark(#f5f7f9, #1c2027);
  --link: light-dark(#1a5fb4, #74b3f7);
  --good: light-dark(#0b7768, #4ecbb5);
  --caution: light-dark(#8a5a00, #f0b849);
  --bad: light-dark(#b4430b, #f49355);
  --credence-surface: var(--surface);
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body {
  margin: 0 auto; max-width: 60rem; padding: 0 1.25rem 4rem;
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, Inter, sans-serif;
  color: var(--ink); background: var(--surface); overflow-wrap: break-word;
}
a { color: var(--link); text-underline-offset: .15em; }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
header { padding: 2.25rem 0 0; }
.eyebrow { margin: 0; font-size: .875rem; color: var(--muted); }
h1 { margin: .35rem 0 .5rem; font-size: clamp(1.6rem, 1.1rem + 2.4vw, 2.35rem); line-height: 1.2; letter-spacing: -.015em; text-wrap: balance; }
h2 { margin: 3.25rem 0 .75rem; font-size: 1.35rem; line-height: 1.3; letter-spacing: -.01em; scroll-margin-top: 1rem; }
h3 { margin: 1.75rem 0 .5rem; font-size: 1rem; }
p { margin: .5rem 0 1rem; max-width: 44rem; }
.status { display: inline-block; padding: .1rem .65rem; border: 1.5px solid currentColor; border-radius: 99rem; font-size: .875rem; font-weight: 600; }
.good { color: var(--good); } .caution { color: var(--caution); } .bad { color: var(--bad); } .unknown { color: var(--muted); }
nav { margin: 1.25rem 0 0; padding: .65rem 0; border-block: 1px solid var(--line); font-size: .9rem; }
nav ol { display: flex; flex-wrap: wrap; gap: .3rem 1.25rem; margin: 0; padding: 0; list-style: none; }
.alarm, .note { margin: 1.25rem 0; padding: .8rem 1rem; border-left: 4px solid var(--bad); background: var(--raised); border-radius: 0 .4rem .4rem 0; }
.alarm strong { color: var(--bad); }
.note { border-left-color: var(--line); margin: .5rem 0; font-size: .925rem; color: var(--muted); }
.alarm p, .note p { margin: 0; max-width: none; }
.answers { display: grid; gap: 1rem; margin: 1.5rem 0 0; grid-template-columns: repeat(auto-fit, minmax(min(100%, 23rem), 1fr)); }
.answers section { padding: 1rem 1.15rem 1.1rem; background: var(--raised); border-radius: .6rem; }
.answers h2 { margin: 0 0 .3rem; font-size: 1rem; letter-spacing: 0; }
.answers p { margin: 0; }
.answers + .note { margin-top: 1.5rem; }
.tiles { display: grid; gap: .75rem 1.5rem; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); margin: 1.75rem 0 0; padding: 0; }
.tiles div { border-top: 2px solid var(--line); padding-top: .5rem; }
.tiles dt { font-size: .85rem; color: var(--muted); }
.tiles dd { margin: 0; font-variant-numeric: tabular-nums; }
.tiles .big { font-size: 1.55rem; font-weight: 650; letter-spacing: -.02em; line-height: 1.25; }
.tiles .small { font-size: .85rem; color: var(--muted); }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .925rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--muted); font-size: .9rem; padding-bottom: .4rem; }
th, td { padding: .4rem .9rem .4rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { font-weight: 600; }
thead th { color: var(--muted); font-size: .85rem; white-space: nowrap; }
td.number, th.number { text-align: right; white-space: nowrap; }
td.quiet { color: var(--muted); min-width: 13rem; }
tbody th { min-width: 7.5rem; }
tr.chosen th, tr.chosen td { font-weight: 650; }
main ul { margin: .5rem 0 1rem; padding-left: 1.25rem; max-width: 44rem; }
main ul li { margin: .35rem 0; }
figure { margin: 1.5rem 0; }
figure svg { display: block; }
figure .narrow { display: none; }
@media (max-width: 44rem) { figure .wide { display: none; } figure .narrow { display: block; } body { padding-inline: 1rem; } }
sup a { text-decoration: none; padding: 0 .15rem; font-size: .8em; }
ol.methods { padding-left: 1.5rem; font-size: .925rem; }
ol.methods li { margin: .65rem 0; scroll-margin-top: 1rem; max-width: 46rem; }
ol.methods li:target { background: var(--raised); outline: .4rem solid var(--raised); }
ol.methods .source { color: var(--muted); }
details { margin: 1rem 0; } summary { cursor: pointer; color: var(--link); }
code { font: .9em ui-monospace, "SF Mono", Menlo, Consolas, monospace; background: var(--raised); padding: .1em .3em; border-radius: .25em; }
pre { overflow-x: auto; padding: .8rem 1rem; background: var(--raised); border-radius: .4rem; font-size: .9rem; }
pre code { padding: 0; background: none; }
footer { margin-top: 4rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: .875rem; color: var(--muted); }
@media print {
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav { display: none; } h2, h3 { break-after: avoid; } figure, tr, .answers section { break-inside: avoid; }
  a { color: inherit; text-decoration: none; }
  .scroll { overflow: visible; }
}
`;
