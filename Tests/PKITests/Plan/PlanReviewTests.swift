import Crypto
import Foundation
import Testing

@testable import PKI

/// What reviewers are shown of a plan, whatever the plan holds.
struct PlanReviewTests {
  private func plan(
    _ changes: [JSON], _ more: [(String, JSON)] = []
  ) throws -> PlanDocument {
    try PlanDocument(
      reading: PlanDocument(
        changes: .array(changes),
        [
          ("time", .string("2026-01-01T00:00:00Z"))
        ] + more
      ).json)
  }

  private func change(_ action: String, _ name: String, _ more: [(String, JSON)] = []) -> JSON {
    .members(
      [
        ("action", .string(action)), ("sign", .string("+")), ("kind", .string("client")),
        ("name", .string(name)),
      ] + more)
  }

  @Test func `what can hurt stands first, and what is not known counts as dangerous`() throws {
    let actions = Change.Action.allCases.map(\.rawValue) + ["explode"]
    let plan = try plan(actions.map { change($0, "x") })
    let expected = [
      "blocked", "unknown", "revoke", "replace", "retire", "issue", "renew", "rename", "import",
      "publish",
    ]
    #expect(ChangeGroup.groups(of: plan).map(\.word) == expected)
    let markdown = PlanMarkdown().render(plan)
    let html = PlanHTML().render(plan)
    for (first, second) in zip(expected, expected.dropFirst()) {
      let titles = [first, second].map { "id=\"group-\($0)\"" }
      let places = try titles.map { try #require(html.range(of: $0)).lowerBound }
      #expect(places[0] < places[1])
    }
    #expect(
      plan.headline
        == "1 blocked, 1 unknown to this version, 1 to revoke, 1 to replace, 1 to retire, "
        + "1 to issue, 1 to renew, 1 to rename, 1 to import, 1 to publish")
    #expect(markdown.contains("?   explode client x\n"))
  }

  @Test func `a comment has room for any plan, and says how many changes it leaves out`() throws {
    let issues = (0..<100_000).map { change("issue", "name-\($0)") }
    let revocations = (0..<50).map { change("revoke", "lost-\($0)") }
    let blocked = change("blocked", "stuck", [("paths", .strings(Array(repeating: "p", count: 9)))])
    let plan = try plan(issues + revocations + [blocked])
    let text = PlanMarkdown().render(plan)
    #expect(text.utf8.count <= PlanMarkdown.limit)
    #expect(text.utf8.count > PlanMarkdown.limit - 1_000)
    let shown = text.matches(of: /\n\+ {3}issue {3}client name-/).count
    #expect(shown > 500)
    #expect(text.contains("**\(100_000 - shown) more** have no room here"))
    #expect(text.contains("\n+   revoke") == false)
    #expect(text.matches(of: /\n-   revoke  client lost-/).count == 50)
    #expect(text.contains("1 blocked, 50 to revoke, 100000 to issue"))
    #expect(text.contains(plan.digest))
  }

  @Test func `long names, lists and reasons cost a comment no more than their share`() throws {
    let long = String(repeating: "`é\u{202e}\n", count: 20_000)
    let reason = JSON.members([("code", .string("missing")), ("message", .string(long))])
    let actions = Change.Action.allCases.map(\.rawValue)
    let changes = actions.flatMap { action in
      (0..<30).map { number in
        change(
          action, "\(number)\(long.prefix(3_000))",
          [("reasons", .array(Array(repeating: reason, count: 3)))])
      }
    }
    let sentence = JSON.members([("sentence", .string(long))])
    let plan = try plan(
      changes,
      [
        ("warnings", .strings(Array(repeating: long, count: 30))),
        ("access", .array(Array(repeating: sentence, count: 90))),
        ("desired_path", .string(long)), ("desired_commit", .string(long)),
      ])
    let text = PlanMarkdown().render(plan)
    #expect(text.utf8.count <= PlanMarkdown.limit)
    for action in actions where action != "blocked" { #expect(text.contains("30 to \(action)")) }
    #expect(text.contains("20 more; certwright show prints all of them"))
    #expect(!text.contains("\u{202e}"))
  }

  @Test func `plans of several folders or branches have comments of their own`() throws {
    func marker(_ path: String, _ branch: String) throws -> String {
      let plan = try plan(
        [], [("desired_path", .string(path)), ("published_branch", .string(branch))])
      return String(PlanMarkdown().render(plan).prefix { $0 != "\n" })
    }
    #expect(try marker("desired-state", "published") == "<!-- certwright-plan -->")
    #expect(try marker("pki/lab", "published") == "<!-- certwright-plan path=pki/lab -->")
    #expect(try marker("desired-state", "lab") == "<!-- certwright-plan branch=lab -->")
    #expect(
      try marker("--> <b>", "published") == "<!-- certwright-plan path=%2d%2d%3e%20%3cb%3e -->")
  }

  @Test func `the widget counts what is made, changed and ended`() throws {
    let plan = try plan(Change.Action.allCases.map { change($0.rawValue, "x") })
    #expect(
      PlanWidget().render(plan) == "{\n  \"create\": 2,\n  \"update\": 4,\n  \"delete\": 2\n}\n")
  }

  @Test func `no control character of a plan reaches a reader`() throws {
    let evil = "a\u{1b}[2Jb\u{202e}c\u{7f}\u{9b}d\r\ne"
    let commit = JSON.members([
      ("id", .string(evil)), ("author", .string(evil)), ("time", .string(evil)),
    ])
    let reason = JSON.members([
      ("code", .string(evil)), ("message", .string(evil)), ("commit", commit),
      ("place", .members([("file", .string(evil)), ("line", .int(1)), ("column", .int(1))])),
    ])
    let guarded = JSON.members([
      ("code", .string(evil)), ("message", .string(evil)), ("hint", .string(evil)),
    ])
    let plan = try plan(
      [change("blocked", evil, [("guard", guarded), ("reasons", .array([reason]))])],
      [
        ("warnings", .strings([evil])), ("desired_commit", .string(evil)),
        ("access", .array([.members([("sentence", .string(evil))])])),
      ])
    for text in [
      PlanText().render(plan), PlanMarkdown().render(plan), PlanHTML().render(plan),
    ] {
      for scalar in text.unicodeScalars where scalar != "\n" {
        #expect(!["\u{1b}", "\u{202e}", "\u{7f}", "\u{9b}", "\r"].contains(scalar))
      }
      #expect(text.contains("a\\u{1b}[2Jb\\u{202e}c\\u{7f}\\u{9b}d\\u{d}\\u{a}e"))
    }
  }

  @Test func `an author's name is cleaned before it is saved`() throws {
    let id = try #require(ObjectID(hex: String(repeating: "ab", count: 20)))
    let time = Timestamp(seconds: 0)
    #expect(
      CausingCommit(id: id, author: "  A\u{1b}da\u{2066}  B ", time: time).author
        == "A\\u{1b}da\\u{2066} B")
    let long = CausingCommit(id: id, author: String(repeating: "é", count: 999), time: time)
    #expect(long.author.utf8.count <= 80)
    #expect(long.author.hasSuffix("é…"))
  }

  @Test func `a page trusts its own style and nothing else`() throws {
    let page = PlanHTML().render(try plan([change("issue", "<script>alert(1)</script>")]))
    let style = try #require(page.firstMatch(of: /<style>((?s).*?)<\/style>/)).1
    let hash = Data(SHA256.hash(data: Array(style.utf8))).base64EncodedString()
    #expect(
      page.contains(
        "content=\"default-src 'none'; style-src 'sha256-\(hash)'; base-uri 'none'; "
          + "form-action 'none'\""))
    #expect(!page.contains("<script"))
    #expect(!style.contains("url(") && !style.contains("@import"))
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
  }

  @Test func `a page counts what it leaves out, too`() throws {
    let page = PlanHTML().render(try plan((0..<10_007).map { change("issue", "n\($0)") }))
    #expect(page.contains(">7 more are not shown here"))
    #expect(page.matches(of: /<code class="name">/).count == 10_000)
  }

  @Test func `no saved plan traps, whatever its members are`() throws {
    var random = Random(state: 42)
    let real = Plan(
      source: .init(desiredCommit: nil, publishedCommit: nil, publishedBranch: "published"),
      now: start, changes: try everything()
    ).document
    let pool: [JSON] = [
      .null, .bool(true), .int(-1), .int(.max), .string(""), .string("```\n"), .array([]),
      .object([]), .array([.null, .int(1)]), .members([("file", .int(1)), ("sentence", .null)]),
    ]
    for _ in 0..<400 {
      var damaged = real.json
      for _ in 0..<4 { damaged = damaged.damaged(with: pool, &random) }
      let document = try plan(
        damaged["changes"]?.elements ?? [],
        [
          ("warnings", damaged["warnings"] ?? .null),
          ("access", pool.randomElement(using: &random) ?? .null),
          ("desired_commit", damaged["desired_commit"] ?? .null),
        ])
      #expect(!PlanText(isColored: true).render(document).isEmpty)
      #expect(PlanMarkdown().render(document).utf8.count <= PlanMarkdown.limit)
      #expect(PlanHTML().render(document).hasSuffix("</html>\n"))
      #expect(PlanWidget().render(document).hasPrefix("{"))
    }
  }

  /// Changes of many kinds.
  private func everything() throws -> [Change] {
    let clients = "---\nkind: Client\nnames: [a, b, c]\nissuer: edge\n"
    var authority = UnsignedAuthority()
    let first = authority.plan(try desired(twoAuthorities + clients), at: start)
    try authority.apply(try desired(twoAuthorities + clients), at: start)
    let later =
      twoAuthorities + "---\nkind: Client\nname: a\nissuer: edge\ndnsNames: [a.example.com]\n"
      + "---\nkind: Revocation\nidentity: b\nreason: keyCompromise\n"
    return first + authority.plan(try desired(later), at: after(20))
  }
}

/// The same numbers in every run.
private struct Random: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
}

extension JSON {
  /// The value with one of its parts replaced or taken away.
  fileprivate func damaged(with pool: [JSON], _ random: inout some RandomNumberGenerator) -> JSON {
    switch self {
    case .object(var members) where !members.isEmpty && Int.random(in: 0..<6, using: &random) > 0:
      let index = Int.random(in: 0..<members.count, using: &random)
      if Int.random(in: 0..<6, using: &random) == 0 {
        members.remove(at: index)
      } else {
        members[index] = Member(
          members[index].name, members[index].value.damaged(with: pool, &random))
      }
      return .object(members)
    case .array(var values) where !values.isEmpty && Int.random(in: 0..<6, using: &random) > 0:
      let index = Int.random(in: 0..<values.count, using: &random)
      values[index] = values[index].damaged(with: pool, &random)
      return .array(values)
    default: return pool.randomElement(using: &random) ?? .null
    }
  }
}
