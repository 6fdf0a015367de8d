import Foundation
import NegativeSpacePipelines

/// The report's style sheet, and the few lines of script in it.
enum ReportStyle {
  static let sheet: HTML = """
    :root{color-scheme:light dark;--ground:#f6f5f2;--card:#fff;--ink:#1e1d1b;--quiet:#66625b;--line:#e0dcd4;--better:#137a48;\
    --worse:#b23a26;--a0:#7a766e;--a1:#2f6fb3;--a2:#c07a12;--a3:#7b4fb0;--a4:#1b8a86;--a5:#b8476f}
    @media(prefers-color-scheme:dark){:root{--ground:#161615;--card:#201f1e;--ink:#ecebe8;--quiet:#a5a19a;--line:#3a3835;\
    --better:#55c78d;--worse:#f0836c;--a0:#a39f97;--a1:#6ea8e6;--a2:#e3a649;--a3:#b590e6;--a4:#4fc2bd;--a5:#e687ab}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif;-webkit-text-size-adjust:100%}
    header,main,footer{max-width:1180px;margin:0 auto;padding:0 16px}
    h1{font-size:clamp(1.5rem,4vw,2.1rem);line-height:1.2;margin:28px 0 8px;overflow-wrap:anywhere}
    h2{font-size:1.3rem;margin:36px 0 8px;overflow-wrap:anywhere}
    h3{font-size:1.05rem;margin:24px 0 8px}
    h4{font-size:1rem;margin:0;unicode-bidi:isolate;overflow-wrap:anywhere}
    .card h2,.card h3{margin-top:0}
    p{margin:0 0 12px;max-width:75ch}
    .verdict{font-size:1.15rem;font-weight:600;overflow-wrap:anywhere}
    code{overflow-wrap:anywhere;unicode-bidi:isolate}
    .quiet{color:var(--quiet);font-weight:400;font-size:.9em}
    nav a{display:inline-block;margin:0 12px 8px 0}
    a{color:var(--a1)}
    .card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px;margin:0 0 16px}
    dl{display:grid;grid-template-columns:auto 1fr;gap:6px 18px;margin:0}
    dt{font-weight:600;overflow-wrap:anywhere}
    dd{margin:0;overflow-wrap:anywhere;unicode-bidi:isolate}
    .settings{display:flex;flex-wrap:wrap;gap:2px 18px;color:var(--quiet);font-size:.9em;max-width:none;overflow-wrap:anywhere}
    .settings b{font-weight:600}
    .scores{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,460px),1fr));gap:16px}
    .scores .card{margin:0;min-width:0}
    table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
    th,td{text-align:right;padding:6px 0 6px 10px;border-top:1px solid var(--line);vertical-align:top}
    thead th{border-top:0;color:var(--quiet);font-weight:500;font-size:.85em}
    th:first-child{text-align:left;padding-left:0;font-weight:600;overflow-wrap:anywhere}
    td b{font-weight:600;white-space:nowrap}
    td small{display:block;color:var(--quiet);font-size:.82em;white-space:nowrap}
    td.better b{color:var(--better)}
    td.worse b{color:var(--worse)}
    .wide{overflow-x:auto}
    @media(max-width:600px){
    .scores thead th:first-child{display:none}
    .scores tr{display:grid;grid-template-columns:1fr 1.15fr 1.25fr;border-top:1px solid var(--line);padding:6px 0}
    .scores thead tr{border-top:0;padding:0}
    .scores th,.scores td{border-top:0;padding:2px 0 2px 8px}
    .scores th[scope=row]{grid-column:1/-1;padding-left:0}
    .scores td:nth-child(2){padding-left:0}
    .scores td small{white-space:normal}
    }
    table.prompts th[scope=row]{font-weight:400;min-width:12em;unicode-bidi:isolate}
    .dot{display:inline-block;width:.65em;height:.65em;border-radius:50%;margin-right:.45em;background:var(--arm)}
    .arm-0{--arm:var(--a0)}.arm-1{--arm:var(--a1)}.arm-2{--arm:var(--a2)}.arm-3{--arm:var(--a3)}.arm-4{--arm:var(--a4)}\
    .arm-5{--arm:var(--a5)}
    .plots{margin-top:14px;display:grid;gap:14px}
    figure{margin:0;min-width:0}
    .plot figcaption{font-size:.82rem;color:var(--quiet)}
    .plot svg{display:block;width:100%;height:auto;max-width:520px}
    svg text{font:11px system-ui,sans-serif;fill:var(--ink)}
    svg .tick{fill:var(--quiet);font-size:10px}
    svg .label{font-weight:600}
    svg .grid{stroke:var(--line)}
    svg .zero{stroke:var(--quiet);stroke-dasharray:3 3}
    svg .shape{fill:var(--arm);fill-opacity:.35}
    svg .whisker{stroke:var(--arm);stroke-width:3}
    svg .mean{fill:var(--arm);stroke:var(--card);stroke-width:1.5}
    .shown{display:grid;gap:16px;grid-template-columns:repeat(auto-fit,minmax(min(100%,max(340px,var(--count)*170px)),1fr))}
    .shown .card{margin:0;min-width:0}
    .shown+details{margin-top:16px}
    .prompt p{margin:0 0 10px}
    .arms{display:grid;gap:10px;margin-top:10px;\
    grid-template-columns:repeat(auto-fill,minmax(max(66px,min(260px,100%/var(--count) - 10px)),1fr))}
    @media(max-width:600px){.arms{gap:6px;grid-template-columns:repeat(auto-fill,minmax(max(66px,100%/var(--count) - 6px),1fr))}}
    .arms figure{max-width:320px}
    .arms img,.arms video{display:block;width:100%;height:auto;border-radius:6px;background:var(--line)}
    .arms figcaption{font-size:.8rem;line-height:1.3;margin-top:4px;overflow-wrap:anywhere}
    summary{cursor:pointer;font-weight:600}
    details p{margin-top:10px}
    footer{color:var(--quiet);font-size:.85rem;padding-top:12px;padding-bottom:40px}
    """

  /// Clips play while they can be seen, unless their reader wants things to keep still.
  static let script: HTML = """
    if(!matchMedia("(prefers-reduced-motion: reduce)").matches){
    const seen=new IntersectionObserver(entries=>{for(const {target,isIntersecting} of entries)
    isIntersecting?target.play().catch(()=>{}):target.pause()});
    for(const clip of document.querySelectorAll("video")){clip.controls=false;seen.observe(clip);
    clip.onclick=()=>{clip.controls=true}}}
    """

  /// SHA-256 of the script in base64, by which the page's policy knows it.
  static var scriptHash: String {
    let digits = Array(SHA256.hexadecimal(of: script.text.utf8))
    let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
    return Data(bytes).base64EncodedString()
  }
}
