import Foundation
import PKI
import Testing

struct PlanDocumentTests {
  private static let app = "---\nkind: Client\nname: app\nissuer: edge\n"

  private func document(
    _ authority: UnsignedAuthority, _ text: String, at now: Timestamp
  ) throws -> PlanDocument {
    Plan(
      source: .init(desiredCommit: nil, publishedCommit: nil, publishedBranch: "published"),
      now: now, changes: authority.plan(try desired(twoAuthorities + text), at: now)
    ).document
  }

  private func compare(
    _ reviewed: PlanDocument, _ authority: UnsignedAuthority, _ text: String, at now: Timestamp
  ) throws -> PlanComparison {
    PlanComparison(
      reviewed: reviewed, fresh: try document(authority, text, at: now),
      settled: PlanComparison.settled(
        reviewed, desired: try desired(twoAuthorities + text), lastApplied: .empty,
        published: authority.published))
  }

  @Test func `a saved plan is read back as it was and shows the same`() throws {
    let saved = try document(UnsignedAuthority(), Self.app, at: start)
    let json = try JSONDecoder().decode(JSON.self, from: Data(saved.json.pretty.utf8))
    let read = try PlanDocument(reading: json)
    #expect(read == saved)
    #expect(PlanText().render(read) == PlanText().render(saved))
    #expect(PlanText().render(read).contains("+   issue   client app  2025-12-31T23:55:00Z"))
  }

  @Test(arguments: [
    ("\"client\"", "\"server\""), ("\"90d\"", "\"91d\""), ("CN=app", "CN=apx"),
    ("\"issue\"", "\"renew\""),
  ])
  func `a saved plan that was changed is refused`(old: String, new: String) throws {
    let text = try document(UnsignedAuthority(), Self.app, at: start).json.pretty
    try #require(text.contains(old))
    let json = try JSONDecoder().decode(
      JSON.self, from: Data(text.replacing(old, with: new).utf8))
    #expect(throws: PlanDocumentError.changed) { try PlanDocument(reading: json) }
  }

  @Test func `what is no plan or of another version is refused`() throws {
    #expect(throws: PlanDocumentError.notAPlan) { try PlanDocument(reading: .array([])) }
    #expect(throws: PlanDocumentError.otherVersion(9)) {
      try PlanDocument(reading: .members([("format_version", .int(9))]))
    }
  }

  @Test func `the same changes a day later are the same plan`() throws {
    let authority = UnsignedAuthority()
    let reviewed = try document(authority, Self.app, at: start)
    #expect(try compare(reviewed, authority, Self.app, at: after(1)).isSame)
  }

  @Test func `a change that nobody reviewed is named`() throws {
    let authority = UnsignedAuthority()
    let reviewed = try document(authority, Self.app, at: start)
    let more = Self.app + Self.app.replacing("app", with: "more")
    let comparison = try compare(reviewed, authority, more, at: start)
    #expect(comparison.added == ["+ client more"])
    #expect(comparison.vanished.isEmpty)
  }

  @Test func `another lifetime under the same name is both new and gone`() throws {
    let authority = UnsignedAuthority()
    let reviewed = try document(authority, Self.app, at: start)
    let comparison = try compare(reviewed, authority, Self.app + "lifetime: 30d\n", at: start)
    #expect(comparison.added == ["+ client app"])
    #expect(comparison.vanished == ["+ client app"])
  }

  @Test func `what another run has made meanwhile is no difference`() throws {
    var authority = UnsignedAuthority()
    let reviewed = try document(authority, Self.app, at: start)
    try authority.apply(try desired(twoAuthorities + Self.app), at: after(1))
    let comparison = try compare(reviewed, authority, Self.app, at: after(1))
    #expect(comparison.isSame)
    #expect(comparison.alreadyMade == reviewed.changes.count)
  }

  @Test func `an intent that was withdrawn meanwhile is a difference`() throws {
    var authority = UnsignedAuthority()
    try authority.apply(try desired(twoAuthorities), at: start)
    let reviewed = try document(authority, Self.app, at: start)
    let comparison = try compare(reviewed, authority, "", at: after(1))
    #expect(comparison.vanished == ["+ client app"])
  }

  @Test func `a renewal that became due meanwhile is no difference`() throws {
    var authority = UnsignedAuthority()
    try authority.apply(try desired(twoAuthorities + Self.app), at: start)
    let more = Self.app + Self.app.replacing("app", with: "more")
    let reviewed = try document(authority, more, at: after(1))
    let comparison = try compare(reviewed, authority, more, at: after(75))
    #expect(comparison.isSame)
  }
}
