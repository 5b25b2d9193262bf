import Crypto

/// The style sheet of a plan's page, and the policy that lets a browser use it and nothing else.
enum PlanStyle {
  /// No script, no image, no font, no address is loaded; the style is known by its hash, so that a
  /// text that slipped through could not even add style.
  static let policy: String = {
    var digest: [UInt8] = []
    Base64.appendLines(Array(SHA256.hash(data: Array(sheet.utf8))), to: &digest)
    let hash = String(decoding: digest.dropLast(), as: UTF8.self)
    return "default-src 'none'; style-src 'sha256-\(hash)'; base-uri 'none'; form-action 'none'"
  }()

  static let sheet = colours + layout + changes + filters + small + print

  private static let colours = """

    :root {
      color-scheme: light dark;
      --page: #f6f8fa; --card: #ffffff; --text: #1f2328; --muted: #57606a; --line: #d0d7de;
      --code: #eff2f5; --red: #b3261e; --amber: #835400; --green: #14682f; --blue: #0a55a5;
      --red-back: #fdeceb; --amber-back: #fff4dc;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --page: #0d1117; --card: #161b22; --text: #e6edf3; --muted: #9da7b1; --line: #30363d;
        --code: #22272e; --red: #ff938a; --amber: #e5b84f; --green: #62d17c; --blue: #7cc0ff;
        --red-back: #35191b; --amber-back: #33270e;
      }
    }

    """

  private static let layout = """
    * { box-sizing: border-box; }
    body {
      margin: 0; background: var(--page); color: var(--text);
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
    }
    header, main, footer { max-width: 66rem; margin: 0 auto; padding: 0 1.25rem; }
    header { padding-top: 2rem; }
    h1 { margin: 0; font-size: 1.75rem; line-height: 1.25; text-wrap: balance; }
    h2 { margin: 0; font-size: 1.125rem; display: inline; }
    .eyebrow { margin: 0 0 .25rem; color: var(--muted); font-size: .875rem; }
    .verdict { margin: .5rem 0 0; }
    .verdict.stop { color: var(--red); font-weight: 600; }
    code, .mono {
      font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
      font-size: .875em; overflow-wrap: anywhere;
    }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; margin: 1.25rem 0; }
    dt { color: var(--muted); }
    dd { margin: 0; min-width: 0; }
    .skip { position: absolute; left: -999rem; }
    .skip:focus { left: 1rem; top: 1rem; padding: .5rem; background: var(--card); }
    .card {
      margin: 1rem 0; padding: .875rem 1.25rem; background: var(--card);
      border: 1px solid var(--line); border-radius: .5rem;
    }
    .card.warnings { background: var(--amber-back); border-color: var(--amber); }
    .card ul { margin: .5rem 0 0; padding-left: 1.25rem; }
    footer { padding-top: .5rem; padding-bottom: 2.5rem; color: var(--muted); font-size: .875rem; }

    """

  private static let changes = """
    .group { --tone: var(--blue); border-left: .3rem solid var(--tone); padding: 0; }
    .group.danger { --tone: var(--red); }
    .group.care { --tone: var(--amber); }
    .group.new { --tone: var(--green); }
    summary { padding: .75rem 1.25rem; cursor: pointer; }
    summary:focus-visible, input:focus-visible { outline: 3px solid var(--blue); outline-offset: 2px; }
    .sign { color: var(--tone); font-weight: 700; white-space: pre; }
    .group h2 .sign { display: inline-block; min-width: 1.75rem; text-align: center; }
    .changes { list-style: none; margin: 0; padding: 0; }
    .changes > li {
      padding: .625rem 1.25rem; border-top: 1px solid var(--line);
      content-visibility: auto; contain-intrinsic-size: auto 6rem;
    }
    .what { margin: 0; }
    .what .kind { color: var(--muted); }
    .what code { font-weight: 600; font-size: .9375em; }
    .dates { margin: 0; color: var(--muted); font-size: .875rem; font-variant-numeric: tabular-nums; }
    .changes ul { margin: .25rem 0 0; padding-left: 1.1rem; font-size: .9375rem; }
    .changes li li { overflow-wrap: anywhere; }
    .changes ul.facts { color: var(--muted); list-style: none; padding-left: 0; }
    .changes ul.why { list-style: "\\2192\\00a0"; }
    .cause { color: var(--muted); font-size: .875rem; }
    .changes li li, .name, .cause { unicode-bidi: isolate; }
    .more { margin: 0; padding: .75rem 1.25rem; border-top: 1px solid var(--line); font-weight: 600; }

    """

  /// Hides a group whose box is not ticked; where a browser lacks `:has`, all are shown.
  private static let filters =
    """
    fieldset { margin: 1rem 0; padding: 0; border: 0; display: flex; flex-wrap: wrap; gap: .5rem; }
    legend { position: absolute; left: -999rem; }
    .chip {
      --tone: var(--blue); display: inline-flex; align-items: center; gap: .4rem;
      padding: .25rem .75rem; background: var(--card); border: 1px solid var(--line);
      border-radius: 1rem; cursor: pointer;
    }
    .chip.danger { --tone: var(--red); }
    .chip.care { --tone: var(--amber); }
    .chip.new { --tone: var(--green); }
    .chip input { margin: 0; accent-color: var(--tone); }

    """
    + (Change.Action.allCases.map(\.rawValue) + ["unknown"]).map {
      "body:has(#show-\($0):not(:checked)) #group-\($0) { display: none; }\n"
    }.joined()

  private static let small = """
    @media (max-width: 40rem) {
      header, main, footer { padding-left: .75rem; padding-right: .75rem; }
      header { padding-top: 1rem; }
      h1 { font-size: 1.375rem; }
      dl { grid-template-columns: 1fr; gap: 0; }
      dd { margin-bottom: .5rem; }
      summary, .changes > li, .more { padding-left: .75rem; padding-right: .75rem; }
    }

    """

  private static let print = """
    @media print {
      :root { --page: #fff; --card: #fff; --text: #000; --muted: #444; --line: #bbb;
        --red: #8c1d18; --amber: #6b4500; --green: #0f5126; --blue: #084482; }
      body { font-size: 10.5pt; }
      fieldset, .skip { display: none; }
      details::details-content { content-visibility: visible; block-size: auto; }
      .changes > li { break-inside: avoid; content-visibility: visible; }
      summary { break-after: avoid; }
    }

    """
}
