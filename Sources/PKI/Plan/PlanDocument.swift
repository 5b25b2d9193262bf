import Crypto

/// A plan as it is saved, shown and reviewed: public data only, in JSON.
///
/// Text, Markdown and HTML are rendered from this document alone, so that a saved plan shows the
/// same as the plan that it was saved from.
package struct PlanDocument: Hashable, Sendable {
  /// The version of the form. Members may be added without changing it.
  package static let formatVersion = 1

  package let json: JSON

  package init(_ plan: Plan) {
    self.init(
      changes: .array(plan.changes.map { $0.document(plan.causes).sorted }),
      [
        ("time", .string(plan.now.description)),
        ("desired_commit", plan.source.desiredCommit.map { .string($0.hex) } ?? .null),
        ("desired_path", .string(plan.source.path)),
        ("published_commit", plan.source.publishedCommit.map { .string($0.hex) } ?? .null),
        ("published_branch", .string(plan.source.publishedBranch)),
        ("warnings", .strings(plan.warnings)),
        ("access", .array(plan.access.map(\.json))),
      ])
  }

  /// The document with a digest of what is agreed to, and with a checksum of all its members: a
  /// saved plan that somebody edited must not show what nobody planned.
  init(changes: JSON, _ more: [(String, JSON)]) {
    let members =
      [
        ("format_version", .int(Self.formatVersion)),
        ("digest", .string(Self.digest(of: changes))), ("changes", changes),
      ] + more
    let checksum = Self.checksum(.members(members))
    json = JSON.members(members + [("checksum", .string(checksum))]).sorted
  }

  private static func checksum(_ json: JSON) -> String {
    hash(json.without(["checksum"]).sorted)
  }

  /// Reads a saved plan.
  ///
  /// - Throws: when it is of another version, or is not what its checksum says.
  package init(reading json: JSON) throws(PlanDocumentError) {
    guard let version = json["format_version"]?.number else { throw .notAPlan }
    guard version == Self.formatVersion else { throw .otherVersion(version) }
    guard let changes = json["changes"], let digest = json["digest"]?.text,
      json["time"]?.text.flatMap({ Timestamp($0) }) != nil, let checksum = json["checksum"]?.text
    else { throw .notAPlan }
    guard checksum == Self.checksum(json), digest == Self.digest(of: changes) else {
      throw .changed
    }
    self.json = json.sorted
  }

  package var digest: String { json["digest"]?.text ?? "" }
  package var changes: [JSON] { json["changes"]?.elements ?? [] }
  package var time: Timestamp? { json["time"]?.text.flatMap { Timestamp($0) } }

  /// What is not reviewed: dates follow from the moment of signing, reasons and paths from the
  /// change, and the number of a CRL from what is signed in between.
  private static let unreviewed: Set<String> = ["reasons", "paths", "crl_number"]
  private static let undated: Set<String> = [
    "not_before", "not_after", "renew_at", "this_update", "next_update", "number", "replaces",
    "message", "hint",
  ]

  /// The part of a change that a reviewer agrees to.
  package static func reviewed(_ change: JSON) -> JSON {
    guard case .object(let members) = change.without(unreviewed) else { return change }
    return .object(
      members.map { JSON.Member($0.name, $0.value.without(undated)) }
    ).sorted
  }

  /// Whether somebody asked for a change, rather than time: only such changes are agreed to. A
  /// renewal, a CRL that is due and a bundle that follows them happen all the same, and may happen
  /// between review and apply; what is blocked does not happen.
  package static func isIntent(_ change: JSON) -> Bool {
    switch change["action"]?.text.flatMap({ Change.Action(rawValue: $0) }) {
    case .renew, .blocked: false
    case .publish: change["declaration"] != nil
    default: true
    }
  }

  private static func digest(of changes: JSON) -> String {
    hash(.array(changes.elements.filter(isIntent).map { reviewed($0) }))
  }

  private static func hash(_ json: JSON) -> String {
    "sha256:" + Hex.encode(SHA256.hash(data: json.compactBytes))
  }
}

/// Why a file is not a saved plan that can be used.
package enum PlanDocumentError: Error, Hashable, Sendable, CustomStringConvertible {
  case notAPlan
  case otherVersion(Int)
  case changed

  package var description: String {
    switch self {
    case .notAPlan: "is not a saved plan"
    case .otherVersion(let version):
      "is a plan of format \(version); this version reads \(PlanDocument.formatVersion)"
    case .changed: "was changed after it was saved: its digest does not fit"
    }
  }
}
