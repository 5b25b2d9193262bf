import Crypto

/// That nothing was left to do between two trees at a moment, and until when that holds if neither
/// changes: what a plan without changes leaves for the next one.
package struct SettledPlan: Hashable, Sendable {
  /// What made it: another program decides by other rules.
  package let maker: String
  /// The tree of desired state, which is also the one last applied.
  package let desired: ObjectID
  /// The published commit.
  package let published: ObjectID
  package let settledAt: Timestamp
  /// The first moment at which something may be due.
  package let quietUntil: Timestamp
  /// The published branch that the settings name.
  package let branch: String?
  package let warnings: [String]
  /// Whether the published branch was born with simulated time.
  package let isSimulated: Bool
  /// The SHA-256 of the index that lies beside it.
  package let indexDigest: String

  /// - Parameter index: the bytes of the ``SettledIndex``.
  package init(
    maker: String, desired: ObjectID, published: ObjectID, settledAt: Timestamp,
    quietUntil: Timestamp, branch: String?, warnings: [String], isSimulated: Bool,
    index: [UInt8]
  ) {
    self.isSimulated = isSimulated
    self.maker = maker
    self.desired = desired
    self.published = published
    self.settledAt = settledAt
    self.quietUntil = quietUntil
    self.branch = branch
    self.warnings = warnings
    indexDigest = Self.digest(index)
  }

  package func fits(index: [UInt8]) -> Bool { Self.digest(index) == indexDigest }

  package func isQuiet(at now: Timestamp) -> Bool { settledAt <= now && now < quietUntil }

  private static func digest(_ bytes: [UInt8]) -> String {
    Hex.encode(SHA256.hash(data: bytes))
  }

  // MARK: - The file

  package var json: JSON {
    .members([
      ("maker", .string(maker)), ("desired", .string(desired.hex)),
      ("published", .string(published.hex)), ("settled_at", .int(settledAt.seconds)),
      ("quiet_until", .int(quietUntil.seconds)), ("branch", branch.map { .string($0) }),
      ("warnings", .strings(warnings)), ("simulated", .bool(isSimulated)),
      ("index", .string(indexDigest)),
    ])
  }

  /// Reads what ``json`` wrote; nil for anything else.
  package init?(_ json: JSON) {
    guard let maker = json["maker"]?.text,
      let desired = json["desired"]?.text.flatMap({ ObjectID(hex: $0) }),
      let published = json["published"]?.text.flatMap({ ObjectID(hex: $0) }),
      let settledAt = json["settled_at"]?.number, let quietUntil = json["quiet_until"]?.number,
      let warnings = json["warnings"]?.texts, let digest = json["index"]?.text
    else { return nil }
    self.maker = maker
    self.desired = desired
    self.published = published
    self.settledAt = Timestamp(seconds: settledAt)
    self.quietUntil = Timestamp(seconds: quietUntil)
    branch = json["branch"]?.text
    isSimulated = json["simulated"]?.isTrue ?? false
    self.warnings = warnings
    indexDigest = digest
  }
}
