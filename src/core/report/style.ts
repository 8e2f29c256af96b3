/** The looks of the report: one column, made for a telephone first; light, dark and print. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#fbfaf7;--card:#fff;--ink:#1d1c1a;--soft:#5c5953;--line:#dedad2;--accent:#7a4a00;
--bad:#a3221b;--good:#226b35;--link:#0b4f9e;
--work:#3f7d58;--checks:#b8860b;--review:#5b5fc7;--wait:#c2603a;--idle:#b9b3a7;--sleep:#6d7f99;--stopped:#3a3733;--loop:#8c8577}
@media(prefers-color-scheme:dark){:root{--bg:#14161a;--card:#1c1f25;--ink:#e9e6df;--soft:#a9a59c;--line:#343842;--accent:#e6b566;
--bad:#ff8f85;--good:#86d29a;--link:#8fc0ff;
--work:#6bb58a;--checks:#d9ac3f;--review:#8f94f2;--wait:#e58a64;--idle:#6f6b63;--sleep:#8496b3;--stopped:#000;--loop:#a19a8b}}
*{box-sizing:border-box}
html{font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--ink)}
header,main,footer{max-width:46rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.5rem}
h1{font-size:1.35rem;margin:0;overflow-wrap:anywhere}
h2{font-size:1.1rem;margin:2.2rem 0 .6rem}
h2 .count{color:var(--soft);font-weight:400}
h3{font-size:1rem;margin:0;overflow-wrap:anywhere}
p{margin:.4rem 0}
a{color:var(--link);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--card);padding:.5rem}
.soft,small,figcaption,.meta{color:var(--soft);font-size:.875rem}
.sum{display:grid;grid-template-columns:repeat(auto-fit,minmax(6.2rem,1fr));gap:.5rem;margin:1rem 0;padding:0;list-style:none}
.sum li{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.5rem .7rem}
.sum b{display:block;font-size:1.5rem;line-height:1.2;font-variant-numeric:tabular-nums}
nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1rem;padding:0;margin:.5rem 0;list-style:none}
nav a{display:inline-block;padding:.35rem 0}
article{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.8rem .9rem;margin:.6rem 0}
.long article{content-visibility:auto;contain-intrinsic-size:auto 7rem}
article.needs{border-left:5px solid var(--accent)}
article.odd{border-left:5px solid var(--wait)}
.alert{border-left:5px solid var(--bad);background:var(--card);padding:.6rem .9rem;margin:.5rem 0;overflow-wrap:anywhere}
ul.plain{padding-left:1.1rem;margin:.4rem 0}
ul.plain li{overflow-wrap:anywhere}
details{margin:.4rem 0}
summary{cursor:pointer;padding:.35rem 0;color:var(--link)}
pre,code{font:.8125rem/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
pre{margin:.3rem 0;padding:.6rem;background:var(--bg);border:1px solid var(--line);border-radius:.4rem;overflow-x:auto;
white-space:pre-wrap;overflow-wrap:anywhere}
code{overflow-wrap:anywhere}
.do{font-weight:600}
.plus{color:var(--good)}.minus{color:var(--bad)}
table{border-collapse:collapse;width:100%;font-size:.9375rem;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.3rem 0 .3rem .6rem;border-bottom:1px solid var(--line);vertical-align:top;white-space:nowrap}
td,thead th:not(:first-child){text-align:right}
th:first-child{padding-left:0;white-space:normal;overflow-wrap:anywhere}
tbody th{font-weight:400}
figure{margin:.5rem 0}
figcaption{display:flex;justify-content:space-between}
svg{display:block;width:100%}
svg.bar{height:2.6rem;border-radius:.3rem}
svg.line{height:7rem}
polyline{fill:none;stroke:var(--review);stroke-width:2;vector-effect:non-scaling-stroke}
.key{display:inline-block;width:.8rem;height:.8rem;border-radius:.2rem;margin-right:.4rem}
.work{fill:var(--work);background:var(--work)}.checks{fill:var(--checks);background:var(--checks)}
.review{fill:var(--review);background:var(--review)}.wait{fill:var(--wait);background:var(--wait)}
.idle{fill:var(--idle);background:var(--idle)}.sleep{fill:var(--sleep);background:var(--sleep)}
.stopped{fill:var(--stopped);background:var(--stopped)}.loop{fill:var(--loop);background:var(--loop)}
footer{padding:2rem 1rem 3rem}
@media print{html{font-size:11px}body{background:#fff;color:#000}article,.sum li{break-inside:avoid;border-color:#999}.long article{content-visibility:visible}nav,.skip{display:none}pre{background:#fff}.key,rect{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
