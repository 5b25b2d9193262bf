import Foundation
import PKI
import Testing

/// The forms in which a plan is shown for review.
@Suite struct PlanFormatTests {
  /// What a name, a file and an author may try.
  private static let evil = markup + " " + links
  private static let markup = "`` ```` </code></details><img src=x onerror=alert(1)> <!--"
  private static let links = "@octocat #1 [a](https://e.example) www.e.example a@e.example |"

  private func world() throws -> World {
    let world = try World()
    try world.converge(at: World.start)
    try world.write([
      "@octocat #1 <img src=x>.yaml":
        "---\nkind: Client\nname: evil\nissuer: issuing\nsubject: {commonName: '\(Self.markup)', organization: '\(Self.links)'}\n",
      "more.yaml": Sample.clients((0..<20).map { "more-\($0)" }),
      "revoked.yaml": Sample.revocation("identity: app1", "reason: keyCompromise"),
    ])
    try world.git("add", "-A")
    try world.git(
      "commit", "-q", "-m", "x", environment: ["GIT_AUTHOR_NAME": "@octocat `<b>` \(Self.evil)"])
    return world
  }

  @Test(arguments: ["text", "markdown", "json", "html", "gitlab"])
  func `a saved plan shows what the plan has shown`(format: String) throws {
    let world = try world()
    let file = world.folder.url("plan.json").path
    let arguments = ["--format", format, "--at", "\(World.start)"]
    let plan = try world.certwright(["plan", "--out", file] + arguments).expect()
    let shown = try world.certwright(["show", file, "--format", format]).expect()
    #expect(plan.output == shown.output)
    #expect(!shown.output.isEmpty)
    let saved = try String(contentsOfFile: file, encoding: .utf8)
    #expect(
      try world.certwright(["show", file], environment: ["CERTWRIGHT_FORMAT": format]).output
        == shown.output)
    if format == "json" { #expect(saved == shown.output) }
    try world.certwright(["show", file, "--format", "yaml"]).expect(64)
  }

  @Test func `nobody can write into the comment but certwright`() throws {
    let plan = try world().certwright(["plan", "--format", "markdown", "--at", "\(World.start)"])
      .expect().output
    #expect(plan.hasPrefix("<!-- certwright-plan -->\n### certwright plan: 1 to revoke, "))
    let page = try ReadPage.read(markdown: plan)
    #expect(
      Set(page.tags.keys).isSubset(of: [
        "h3", "h4", "p", "code", "pre", "details", "summary", "strong",
      ]), "\(page.tags)")
    #expect(page.attributes == ["code class"])
    #expect(page.problems == [])
    // Mentions are looked for outside of code.
    let prose = try ReadPage.read(markdown: plan.replacing(/````diff\n(?s).*?\n````\n/, with: ""))
    #expect(!prose.text.contains("octocat") && !prose.text.contains("e.example"))
    #expect(page.text.contains("@octocat `b`"))
    #expect(page.text.contains("-   revoke  client app1"))
    #expect(page.tags["details"] == 1)
    #expect(page.text.contains("+ 21 to issue"))
  }

  @Test func `what others say is listed before the changes, and is text`() throws {
    let world = try world()
    let file = world.folder.url("plan.json")
    try world.certwright(["plan", "--out", file.path, "--at", "\(World.start)"]).expect()
    try edit(
      file,
      [
        ("warnings", .strings(["- first: \(Self.evil)", "1. second"])),
        (
          "access",
          .array([
            .members([("sentence", .string("# app1 loses: \(Self.evil)"))]),
            .members([("identity", .string("no sentence"))]),
          ])
        ),
      ])
    let markdown = try world.certwright(["show", file.path, "--format", "markdown"]).expect().output
    let page = try ReadPage.read(markdown: markdown)
    #expect(
      Set(page.tags.keys).isSubset(of: [
        "h3", "h4", "p", "code", "pre", "details", "summary", "strong", "blockquote", "ul", "li",
      ]), "\(page.tags)")
    #expect(page.attributes == ["code class"])
    #expect(page.tags["li"] == 3)
    // What a forge would take for a mention or an address after rendering is broken up.
    for sigil in ["@octocat #1", "://e.example w", "www.e", "a@e.example ~"] {
      let parts = page.text.components(separatedBy: sigil).count - 1
      let inCode = markdown.components(separatedBy: sigil).count - 1
      #expect(parts == inCode, "\(sigil)")
    }
    let html = try ReadPage.read(
      world.certwright(["show", file.path, "--format", "html"]).expect().output)
    for text in [page.text, html.text] {
      let access = try #require(text.range(of: "app1 loses: "))
      let change = try #require(text.range(of: "1 to revoke", options: .backwards))
      let warning = try #require(text.range(of: "- first: "))
      #expect(warning.lowerBound < access.lowerBound && access.lowerBound < change.lowerBound)
    }
  }

  /// Sets members of a saved plan, and its checksum, as somebody would who means harm.
  private func edit(_ file: URL, _ members: [(String, JSON)]) throws {
    let plan = try JSONDecoder().decode(JSON.self, from: Data(contentsOf: file))
    guard case .object(let old) = plan.without(Set(members.map(\.0)).union(["checksum"])) else {
      throw ToolFailure(description: "no object")
    }
    let edited = JSON.object(old + members.map { JSON.Member($0.0, $0.1) }).sorted
    let hash = try Tool.check(["sha256sum"], input: edited.compact).prefix(64)
    guard case .object(let all) = edited else { return }
    let signed = JSON.object(all + [JSON.Member("checksum", .string("sha256:\(hash)"))])
    try Data(signed.pretty.utf8).write(to: file)
  }

  @Test func `the page is whole, loads nothing, and holds nobody's markup`() throws {
    let plan = try world().certwright(["plan", "--format", "html", "--at", "\(World.start)"])
      .expect().output
    let page = try ReadPage.read(plan)
    #expect(page.problems == [])
    for tag in ["script", "img", "link", "iframe", "form", "object", "base", "b"] {
      #expect(page.tags[tag] == nil, "\(tag)")
    }
    for tag in ["html", "head", "title", "style", "h1", "header", "main", "footer", "legend"] {
      #expect(page.tags[tag] == 1, "\(tag)")
    }
    for attribute in page.attributes {
      #expect(!attribute.contains(" on") && !attribute.contains(" style"), "\(attribute)")
      #expect(!attribute.contains(" src"), "\(attribute)")
    }
    #expect(page.attributes.filter { $0.contains(" href") } == ["a href=#changes"])
    #expect(page.text.contains("onerror=alert(1)"))
    #expect(plan.contains("prefers-color-scheme: dark") && plan.contains("@media print"))
  }
}
