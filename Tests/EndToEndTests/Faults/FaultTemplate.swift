import Foundation
import Testing

/// A repository before a run that does much, made once and copied for every fault.
struct FaultTemplate: Sendable {
  /// What the run will do.
  enum Kind: String, CaseIterable, Sendable {
    /// The first run: every key is made, the branch is born.
    case first
    /// A later run: it issues, revokes, retires and publishes CRLs.
    case later
  }

  let kind: Kind
  private let folder: TemporaryFolder

  static func of(_ kind: Kind) throws -> FaultTemplate {
    switch kind {
    case .first: try first.get()
    case .later: try later.get()
    }
  }

  private static let first = Result { try FaultTemplate(.first) }
  private static let later = Result { try FaultTemplate(.later) }

  private init(_ kind: Kind) throws {
    self.kind = kind
    let world = try World()
    folder = world.folder
    guard kind == .later else { return }
    try world.commit(["more.yaml": Sample.clients(["app2", "app3"])])
    try world.apply().expect()
    try world.commit([
      "more.yaml": Sample.client("app3") + Sample.client("app4"),
      "revoked.yaml": Sample.revocation("identity: app1", "reason: keyCompromise"),
    ])
  }

  /// A copy to break.
  func copy() throws -> FaultCase {
    let place = try TemporaryFolder()
    try Program.run(["cp", "-a", folder.root.path + "/.", place.root.path], in: place.root).expect()
    for name in ["tmp", "home"] {
      try FileManager.default.createDirectory(
        at: place.url(name), withIntermediateDirectories: true)
    }
    return FaultCase(folder: place)
  }
}
