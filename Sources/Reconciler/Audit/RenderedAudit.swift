import Git
import PKI

/// Compares every file outside the ledger with what the state renders to.
struct RenderedAudit {
  private static let fileLimit = 1 << 28
  private static let hint = "certwright apply renders it again"

  /// Path to content, outside `ledger/` and `desired/`.
  let files: [String: ObjectID]

  func problems(
    desired: DesiredState, state: PublishedState, at: Timestamp
  ) throws(ReconcileError) -> [AuditProblem] {
    let rendered = try PublishedTree(desired: desired, published: state, at: at).files()
    var problems: [AuditProblem] = []
    for (path, content) in rendered {
      guard let published = files[path] else {
        problems.append(AuditProblem(path, "is missing", hint: Self.hint))
        continue
      }
      if published != content.id {
        problems.append(
          AuditProblem(path, "is not what the published state renders to", hint: Self.hint))
      }
    }
    for path in files.keys where rendered[path] == nil {
      problems.append(
        AuditProblem(path, "belongs to nothing that is published", hint: Self.hint))
    }
    return problems
  }

  /// PEM and DER of one object stand beside each other and must be the same object.
  func copyProblems(
    in repository: borrowing Repository, _ blobs: inout BlobScan
  ) throws(ReconcileError) -> [AuditProblem] {
    var problems: [AuditProblem] = []
    for (path, id) in files.sorted(by: { $0.key < $1.key })
    where path.hasPrefix("authorities/") && path.hasSuffix(".der") {
      let pemPath = String(path.dropLast(4)) + ".pem"
      guard let pemID = files[pemPath],
        let der = try blobs.read(id, at: path, limit: Self.fileLimit, in: repository),
        let pem = try blobs.read(pemID, at: pemPath, limit: Self.fileLimit, in: repository)
      else { continue }
      let label = path.hasSuffix("/crl.der") ? PEM.revocationList : PEM.certificate
      do throws(DERError) {
        guard try PEM.single(label, in: pem) != der else { continue }
        problems.append(
          AuditProblem(pemPath, "holds something else than \"\(path)\"", hint: Self.hint))
      } catch {
        problems.append(AuditProblem(pemPath, "is no PEM file: \(error)", hint: Self.hint))
      }
    }
    return problems
  }
}
