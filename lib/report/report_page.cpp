#include "report/report_page.h"

#include "base/strings.h"
#include "report/escape.h"
#include "report/report_curves.h"
#include "report/report_tables.h"

namespace finetune::report {
namespace {

/// Okabe and Ito's palette, which colour-blind readers can tell apart.
constexpr const char* kStyle = R"(
:root{--text:#1b1f24;--soft:#57606a;--line:#d0d7de;--page:#fff;--box:#f6f8fa;
--c0:#0072b2;--c1:#d55e00;--c2:#009e73;--c3:#cc79a7;--heat:0,114,178}
@media (prefers-color-scheme:dark){:root{--text:#e6edf3;--soft:#9aa4af;--line:#3a424c;--page:#0f1318;
--box:#171c23;--c0:#56b4e9;--c1:#e69f00;--c2:#2fc494;--c3:#e3a3c8;--heat:86,180,233}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--text);background:var(--page);max-width:1100px;
margin:0 auto;padding:24px}
h1{font-size:1.6em;margin:0}h2{margin:2em 0 .5em;font-size:1.2em;border-bottom:1px solid var(--line)}
h3{font-size:1em;margin:1em 0 .3em}.verdict{font-size:1.1em;color:var(--soft)}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(420px,100%),1fr));gap:16px}
figure{margin:0;background:var(--box);border-radius:6px;padding:8px 12px}figcaption{font-weight:600}
svg{width:100%;height:auto;display:block}svg text{fill:var(--soft);font:11px system-ui,sans-serif}
svg text.strong{fill:var(--text);font-weight:600}.grid{stroke:var(--line);stroke-width:1}
path{fill:none;stroke-width:1.7}path.s0{stroke:var(--c0)}path.s1{stroke:var(--c1);stroke-dasharray:6 3}
path.s2{stroke:var(--c2);stroke-dasharray:2 3}path.s3{stroke:var(--c3);stroke-dasharray:8 3 2 3}
circle.s0{fill:var(--c0)}circle.s1{fill:var(--c1)}circle.s2{fill:var(--c2)}circle.s3{fill:var(--c3)}
circle.mark{fill:none;stroke:var(--text);stroke-width:2}
.k0{color:var(--c0)}.k1{color:var(--c1)}.k2{color:var(--c2)}.k3{color:var(--c3)}
.legend{color:var(--soft);font-size:.9em;font-weight:400}.legend span{margin-left:.8em}
table{border-collapse:collapse;font-size:.93em}th,td{padding:3px 10px;text-align:right;
border-bottom:1px solid var(--line)}th:first-child,td:first-child{text-align:left}
th{color:var(--soft);font-weight:600}.texts th:nth-child(2){text-align:left}
td.text{text-align:left;overflow-wrap:anywhere;max-width:560px}
td.heat{background:rgba(var(--heat),calc(var(--share)*.6))}.heat .soft{color:inherit;opacity:.75}
.tables{display:flex;flex-wrap:wrap;gap:0 48px}.changed{font-weight:600}
.soft{color:var(--soft)}.wide{overflow-x:auto}
@media print{body{max-width:none;padding:0}figure,table{break-inside:avoid}}
)";

std::string header(const ReportData& data) {
  return "<header><h1>" + escape_html(data.title) + "</h1><p class=\"verdict\">" +
         escape_html(data.verdict) + "</p></header>\n";
}

/// Notable events that no curve shows.
std::string notes(const History& history) {
  std::string out;
  for (const ResumeEvent& event : history.resumes) {
    out += "<li>Resumed at step " + base::cat(event.step) + " from " +
           escape_html(event.checkpoint) + ".</li>";
  }
  for (const SkipEvent& event : history.skips) {
    out += "<li>Skipped the update after step " + base::cat(event.step) + ": " +
           escape_html(event.reason) + ".</li>";
  }
  for (const WarningEvent& event : history.warnings) {
    out += "<li>Warning at step " + base::cat(event.step) + ": " + escape_html(event.message) +
           ".</li>";
  }
  return out.empty() ? "" : "<h2>Notes</h2><ul>" + out + "</ul>\n";
}

}  // namespace

std::string render_report(const ReportData& data) {
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\"><head>"
      "<meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width\"/>"
      "<meta name=\"color-scheme\" content=\"light dark\"/><title>";
  out += escape_html(data.title) + "</title><style>" + kStyle + "</style></head>\n<body>";
  out += header(data);
  for (const SplitResult& split : data.splits) out += split_section(split);
  out += curves_section(data.history, data.metric);
  out += notes(data.history);
  out += data_section(data.data_summary);
  out += wrong_answers_section(data.wrong_answers);
  out += settings_section(data.settings);
  return out + "</body></html>\n";
}

}  // namespace finetune::report
